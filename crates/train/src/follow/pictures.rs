//! The stages that learn from pictures alone: the autoencoder and the judge.

use weft_models::{
    Network,
    autoencoder::Autoencoder,
    judge::{self, Judge},
    parameters::Numbers,
};
use weft_tensor::Precision;

use super::{Course, FollowError};
use crate::{
    lessons::{Gallery, Pictures, Recognise, Reconstruct, accuracy, psnr, scale},
    training::{Audience, Pace, train},
};

impl Course<'_> {
    /// Teaches an autoencoder, or its decoder alone.
    pub(super) fn reconstruct(
        &self,
        (net, pace): (Autoencoder, &Pace),
        decoder_alone: bool,
        audience: &mut dyn Audience,
    ) -> Result<Vec<String>, FollowError> {
        let source = Pictures::new(self.data, pace.seed);
        let mut lesson = Reconstruct {
            source: &source,
            device: self.device.clone().autodiff(),
            batch: pace.batch,
            seed: pace.seed,
            decoder_alone,
        };
        let mut net = train(&mut lesson, net, pace, self.folder, audience)?;
        if !decoder_alone {
            let (mean, deviation) = scale(&net, &source, (16, pace.batch), self.device);
            net = net.with_scale(mean, deviation);
        }
        let path = self.folder.join("autoencoder.safetensors");
        net.write(&path, Numbers::F16)?;
        let decibels = psnr(&net, &source, 128, self.device);
        Ok(vec![format!(
            "wrote {} ({decibels:.1} dB on held-out concepts)",
            path.display()
        )])
    }

    /// Teaches a judge.
    pub(super) fn recognise(
        &self,
        (sizes, halved, pace): (&judge::Sizes, u64, &Pace),
        audience: &mut dyn Audience,
    ) -> Result<Vec<String>, FollowError> {
        let (side, whole) = (sizes.side, self.data.side());
        if side == 0 || !whole.is_multiple_of(side) {
            return Err(FollowError::Net(format!(
                "a side of {side} does not divide the {whole} pixels of the data set"
            )));
        }
        let levels = sizes.widths.len() as u32;
        if halved > 0 && side.trailing_zeros() <= levels {
            return Err(FollowError::Net(format!(
                "half of a side of {side} cannot be halved {levels} times; set `halved` to 0"
            )));
        }
        let gallery = Gallery::new(self.data, side)?;
        let config = judge::Config {
            sizes: sizes.clone(),
            styles: gallery.styles().to_vec(),
            concepts: gallery.concepts().to_vec(),
        };
        let device = self.device.clone().autodiff();
        let net =
            Judge::new(&config, pace.seed, &device, Precision::Bf16).map_err(FollowError::Net)?;
        let mut lesson = Recognise {
            gallery: &gallery,
            device,
            batch: pace.batch,
            halved,
            seed: pace.seed,
        };
        let net = train(&mut lesson, net, pace, self.folder, audience)?;
        let path = self.folder.join("judge.safetensors");
        net.write(&path, Numbers::F16)?;
        let right = accuracy(&net, &gallery, self.device);
        Ok(vec![format!("wrote {} ({right})", path.display())])
    }
}
