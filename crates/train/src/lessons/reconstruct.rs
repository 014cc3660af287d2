//! The autoencoder's lesson: give back the picture through few numbers.

use burn::{
    module::Module,
    tensor::{Device, Tensor, TensorData},
};
use image::RgbImage;
use weft_models::{
    Network,
    autoencoder::{Autoencoder, Moments},
};
use weft_vision::noise::normal;

use super::sheet;
use crate::training::Lesson;

/// Where pictures come from.
pub trait Source {
    /// Pixels along a side.
    fn side(&self) -> usize;

    /// Fills `[batch, 3, side, side]`, sRGB-encoded, -1..=1, with the training pictures of a step.
    fn batch(&self, step: u64, batch: usize, out: &mut [f32]);

    /// The same with pictures that are never learnt from, always the same ones.
    fn unseen(&self, count: usize, out: &mut [f32]);
}

/// Learns to give pictures back: absolute error of the pixels, half that of their differences to the next pixel,
/// and a little of the divergence, so that latents stay near 0.
pub struct Reconstruct<'a, S> {
    /// The pictures.
    pub source: &'a S,
    /// Where it computes, with autodiff.
    pub device: Device,
    /// Pictures a step.
    pub batch: usize,
    /// Where randomness starts.
    pub seed: u64,
    /// Whether the encoder stays as it is.
    pub decoder_alone: bool,
}

/// Weight of the differences between neighbours: edges are what the eye sees first.
const NEIGHBOURS: f64 = 0.5;
/// Weight of the divergence.
const DIVERGENCE: f64 = 1e-4;

impl<S: Source> Lesson for Reconstruct<'_, S> {
    type Net = Autoencoder;

    fn loss(&mut self, net: &Autoencoder, step: u64) -> Tensor<1> {
        let pictures = filled(self.source.side(), self.batch, &self.device, |out| {
            self.source.batch(step, self.batch, out);
        });
        let moments = if self.decoder_alone {
            // Without autodiff: what it remembers of an encoder that nothing is asked of is never freed.
            let Moments { mean, log_variance } = net.valid().encode(pictures.clone().inner());
            Moments {
                mean: Tensor::from_inner(mean),
                log_variance: Tensor::from_inner(log_variance),
            }
        } else {
            net.encode(pictures.clone())
        };
        let noise = normal(
            moments.mean.dims(),
            self.seed.wrapping_add(step),
            &self.device,
        );
        let difference = net.decode(moments.sample(noise)) - pictures;
        let neighbours = beside(&difference, 2).abs().mean() + beside(&difference, 3).abs().mean();
        difference.abs().mean() + neighbours * NEIGHBOURS + moments.divergence() * DIVERGENCE
    }

    fn sample(&mut self, net: &Autoencoder) -> RgbImage {
        let pictures = unseen(self.source, 24, &net.devices()[0]);
        let back = net.decode(net.encode(pictures.clone()).mean);
        let rows = |x: Tensor<4>| x.split(8, 0);
        let pairs = rows(pictures).into_iter().zip(rows(back.clamp(-1.0, 1.0)));
        sheet(
            &pairs
                .flat_map(|(before, after)| [before, after])
                .collect::<Vec<_>>(),
            8,
        )
    }

    fn config(&self) -> String {
        format!("autoencoder, batch {}, seed {}", self.batch, self.seed)
    }
}

/// Each pixel less the one before it along an axis.
fn beside(x: &Tensor<4>, axis: usize) -> Tensor<4> {
    let last = x.dims()[axis] - 1;
    x.clone().narrow(axis, 1, last) - x.clone().narrow(axis, 0, last)
}

fn filled(side: usize, batch: usize, device: &Device, fill: impl FnOnce(&mut [f32])) -> Tensor<4> {
    let mut numbers = vec![0.0; batch * 3 * side * side];
    fill(&mut numbers);
    Tensor::from_data(TensorData::new(numbers, [batch, 3, side, side]), device)
}

fn unseen(source: &impl Source, count: usize, device: &Device) -> Tensor<4> {
    filled(source.side(), count, device, |out| {
        source.unseen(count, out)
    })
}

/// Mean peak signal-to-noise ratio of `count` unseen pictures, in decibels, of pictures in 0..=1.
pub fn psnr(net: &Autoencoder, source: &impl Source, count: usize, device: &Device) -> f64 {
    let pictures = unseen(source, count, device);
    let mut sum = 0.0;
    for picture in pictures.split(1, 0) {
        let back = net
            .decode(net.encode(picture.clone()).mean)
            .clamp(-1.0, 1.0);
        let error = f64::from(
            ((back - picture) * 0.5)
                .powi_scalar(2)
                .mean()
                .into_scalar::<f32>(),
        );
        sum += -10.0 * error.max(1e-10).log10();
    }
    sum / count as f64
}

/// Mean and deviation of each channel of the latents, over `batches` batches of training pictures.
pub fn scale(
    net: &Autoencoder,
    source: &impl Source,
    (batches, batch): (u64, usize),
    device: &Device,
) -> (Vec<f32>, Vec<f32>) {
    let channels = net.config().channels;
    let mut sums = vec![[0.0f64; 2]; channels];
    let mut count = 0;
    for step in 0..batches {
        let pictures = filled(source.side(), batch, device, |out| {
            source.batch(step, batch, out)
        });
        let latents = net.encode(pictures).mean;
        let [batch, _, height, width] = latents.dims();
        count += batch * height * width;
        let values = latents
            .into_data()
            .try_into_vec::<f32>()
            .unwrap_or_default();
        for (plane, values) in values.chunks_exact(height * width).enumerate() {
            let sum = &mut sums[plane % channels];
            for value in values.iter().copied().map(f64::from) {
                *sum = [sum[0] + value, sum[1] + value * value];
            }
        }
    }
    let mean = |sum: &[f64; 2]| sum[0] / count as f64;
    let deviation = |sum: &[f64; 2]| {
        (sum[1] / count as f64 - mean(sum).powi(2))
            .max(1e-12)
            .sqrt()
    };
    (
        sums.iter().map(|sum| mean(sum) as f32).collect(),
        sums.iter().map(|sum| deviation(sum) as f32).collect(),
    )
}
