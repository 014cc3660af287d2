//! Lessons on tiny networks and drawn pictures.

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use weft_models::{Network, autoencoder};
use weft_tensor::Precision;
use weft_testing::{assert_close, max_error};

use super::{Reconstruct, Source, Told, psnr, scale, sheet};
use crate::{
    data::Dice,
    training::{Pace, train},
};

/// Discs of many sizes and colours.
struct Discs;

impl Discs {
    fn draw(which: u64, out: &mut [f32]) {
        let part = |i: u64| {
            (which.wrapping_mul(2_654_435_761).wrapping_add(i * 40_503) % 97) as f32 / 97.0
        };
        let [x, y, radius] = [
            8.0 + 16.0 * part(1),
            8.0 + 16.0 * part(2),
            3.0 + 6.0 * part(3),
        ];
        for (place, value) in out.iter_mut().enumerate() {
            let (channel, pixel) = (place / 1024, place % 1024);
            let [dx, dy] = [(pixel % 32) as f32 - x, (pixel / 32) as f32 - y];
            let inside = (radius + 0.5 - dx.hypot(dy)).clamp(0.0, 1.0);
            *value = 1.0 - 2.0 * inside * part(4 + channel as u64);
        }
    }
}

impl Source for Discs {
    fn side(&self) -> usize {
        32
    }

    fn batch(&self, step: u64, batch: usize, out: &mut [f32]) {
        let discs = out.chunks_exact_mut(3072).enumerate();
        discs.for_each(|(i, out)| Self::draw(1000 + step * batch as u64 + i as u64, out));
    }

    fn unseen(&self, _: usize, out: &mut [f32]) {
        out.chunks_exact_mut(3072)
            .enumerate()
            .for_each(|(i, out)| Self::draw(i as u64, out));
    }
}

fn lesson<'a>(device: &Device, pace: &Pace, decoder_alone: bool) -> Reconstruct<'a, Discs> {
    Reconstruct {
        source: &Discs,
        device: device.clone(),
        batch: pace.batch,
        seed: 0,
        decoder_alone,
    }
}

#[test]
fn an_autoencoder_learns_discs_it_has_not_seen() {
    let device = Device::flex().autodiff();
    let config = autoencoder::Config {
        channels: 4,
        widths: vec![16, 16],
        blocks: vec![1, 1],
        groups: 4,
    };
    let net = autoencoder::Autoencoder::new(&config, 1, &device, Precision::F32).unwrap();
    let before = psnr(&net.clone(), &Discs, 8, &device);
    let pace = Pace {
        steps: 60,
        batch: 8,
        rate: 4e-3,
        warmup: 5,
        sample_every: 60,
        average: 0.9,
        ..Pace::default()
    };
    let mut lesson = lesson(&device, &pace, false);
    let folder = tempfile::tempdir().unwrap();
    let net = train(&mut lesson, net, &pace, folder.path(), &mut ()).unwrap();
    let plain = Device::flex();
    let after = psnr(&net, &Discs, 8, &plain);
    assert!(
        after > before + 8.0 && after > 15.0,
        "{before} dB became {after} dB"
    );
    let picture = image::open(folder.path().join("samples-000060.png")).unwrap();
    assert_eq!(picture.width(), 8 * 34 + 2);

    let (mean, deviation) = scale(&net, &Discs, (4, 8), &plain);
    let net = net.with_scale(mean, deviation);
    let mut drawn = vec![0.0; 32 * 3072];
    Discs.batch(1, 32, &mut drawn);
    let pictures = Tensor::<1>::from_data(drawn.as_slice(), &plain).reshape([32, 3, 32, 32]);
    let latents = net.latents(pictures);
    let spread = latents.clone().powi_scalar(2).mean().into_scalar::<f32>();
    assert!((spread - 1.0).abs() < 0.15, "latents spread by {spread}");
}

#[test]
fn a_sheet_shows_each_picture_in_its_place() {
    let device = Device::flex();
    let grey = |level: f64| Tensor::<4>::full([1, 3, 4, 6], level, &device);
    let sheet = sheet(&[grey(-1.0), grey(1.0), grey(0.0)], 2);
    assert_eq!(sheet.dimensions(), (2 * 8 + 2, 2 * 6 + 2));
    let at = |x, y| sheet.get_pixel(x, y).0[0];
    assert_eq!(
        [at(3, 3), at(11, 3), at(3, 9), at(11, 9), at(0, 0)],
        [0, 255, 128, 128, 128]
    );
}

#[test]
fn a_tenth_is_told_nothing_and_another_tenth_the_text_alone() {
    let mut dice = Dice::new(1, 2);
    let mut counts = [0.0f64; 3];
    let drawn = 50_000;
    for _ in 0..drawn {
        counts[Told::of(dice.unit()) as usize] += 1.0 / f64::from(drawn);
    }
    for (found, wanted) in counts.into_iter().zip([0.8, 0.1, 0.1]) {
        assert!((found - wanted).abs() < 0.01, "{counts:?}");
    }
}

#[test]
fn a_decoder_that_learns_alone_leaves_latents_as_they_were() {
    let device = Device::flex().autodiff();
    let config = autoencoder::Config {
        channels: 2,
        widths: vec![8],
        blocks: vec![1],
        groups: 4,
    };
    let net = autoencoder::Autoencoder::new(&config, 1, &device, Precision::F32).unwrap();
    let pace = Pace {
        steps: 4,
        batch: 2,
        warmup: 1,
        ..Pace::default()
    };
    let mut lesson = lesson(&device, &pace, true);
    let folder = tempfile::tempdir().unwrap();
    let learnt = train(&mut lesson, net.clone(), &pace, folder.path(), &mut ()).unwrap();
    let mut pixels = vec![0.0; 3072];
    Discs.unseen(1, &mut pixels);
    let before = net.valid();
    let disc = Tensor::<1>::from_data(pixels.as_slice(), &Device::flex()).reshape([1, 3, 32, 32]);
    let latents = before.latents(disc.clone());
    assert_close(&learnt.latents(disc), &latents, 0.0);
    assert!(max_error(&learnt.picture(latents.clone()), &before.picture(latents)) > 1e-4);
}
