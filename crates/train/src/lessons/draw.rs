//! The U-Net's lesson: tell clean from noise as a text and reference pictures say.

use burn::tensor::{Device, Tensor, TensorData};
use image::RgbImage;
use weft_diffusion::{Prediction, VpPoint};
use weft_models::{
    instruct::{Instruct, Place, References},
    text::{LENGTH, Text, TextEncoder},
};
use weft_vision::noise::{normal, uniform};

use super::Remembered;
use crate::training::Lesson;

/// One thing to draw.
#[derive(Clone, Debug)]
pub struct Example {
    /// What it should become, `[channels, height, width]` of mean 0 and deviation 1.
    pub latents: Vec<f32>,
    /// The instruction.
    pub text: String,
    /// The pictures that its markers name.
    pub references: Vec<Shown>,
}

/// One reference of an example.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The number of its marker.
    pub marker: u8,
    /// Its short text, marker included.
    pub text: String,
    /// The picture as latents, like those of the example.
    pub latents: Vec<f32>,
}

/// Where examples come from.
pub trait Examples {
    /// Sizes of latents: channels, height, width.
    fn shape(&self) -> [usize; 3];

    /// The example of a step and a place in its batch; the same whenever it is asked for.
    fn example(&self, step: u64, place: usize) -> Example;

    /// A sheet of what the network draws of examples that it does not learn from.
    fn sheet(&self, net: &Instruct, encoder: &TextEncoder) -> RgbImage;
}

/// Learns the velocity at a random time (Salimans and Ho 2022), with what it is told left out now and then, so that
/// there is something to guide away from.
pub struct Draw<'a, E> {
    /// What to draw.
    pub examples: &'a E,
    /// Reads the texts; does not learn.
    pub encoder: Remembered<'a>,
    /// Where it computes, with autodiff.
    pub device: Device,
    /// Examples a step.
    pub batch: usize,
    /// Where randomness starts.
    pub seed: u64,
}

/// How often text and context are left out together, and the context alone (arXiv 2401.01952, section 3.2).
const LEFT_OUT: [f32; 2] = [0.1, 0.1];

/// What an example is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Text and context.
    All,
    /// The text.
    TextAlone,
    /// Nothing.
    Nothing,
}

impl Told {
    /// What a number drawn evenly from 0..1 stands for.
    pub fn of(drawn: f32) -> Self {
        match drawn {
            drawn if drawn < LEFT_OUT[0] => Self::Nothing,
            drawn if drawn < LEFT_OUT[0] + LEFT_OUT[1] => Self::TextAlone,
            _ => Self::All,
        }
    }
}

impl<E: Examples> Lesson for Draw<'_, E> {
    type Net = Instruct;

    fn loss(&mut self, net: &Instruct, step: u64) -> Tensor<1> {
        let batch = self.batch;
        let seed = self.seed.wrapping_mul(0x9E37_79B9).wrapping_add(step);
        let draws = uniform([2, batch, 1, 1], seed, &Device::flex());
        let draws = draws.into_data().try_into_vec::<f32>().unwrap_or_default();
        let (drawn, times) = draws.split_at(batch);
        let told: Vec<Told> = drawn.iter().map(|&drawn| Told::of(drawn)).collect();
        let examples: Vec<Example> = (0..batch)
            .map(|place| self.examples.example(step, place))
            .collect();

        let clean = self.latents(examples.iter().map(|example| &example.latents));
        let noise = normal(clean.dims(), seed ^ 0x5EED, &self.device);
        let shares = [0, 1].map(|part| {
            let share = |time: &f32| {
                let at = VpPoint::of_cosine_time((*time).into());
                [at.alpha, at.spread][part] as f32
            };
            let shares: Vec<f32> = times.iter().map(share).collect();
            Tensor::<4>::from_data(TensorData::new(shares, [batch, 1, 1, 1]), &self.device)
        });
        let noisy = clean.clone() * shares[0].clone() + noise.clone() * shares[1].clone();
        let wanted = Prediction::V.target(clean, noise, shares);

        let times = Tensor::<1>::from_data(TensorData::new(times.to_vec(), [batch]), &self.device);
        let text = self.text(&examples, &told);
        let context = net.encode_context(&self.references(&examples, &told), batch);
        let velocity = net.forward(noisy, times, &text, &context);
        (velocity - wanted).powi_scalar(2).mean()
    }

    fn sample(&mut self, net: &Instruct) -> RgbImage {
        self.examples.sheet(net, self.encoder.encoder())
    }

    fn config(&self) -> String {
        format!("instruct, batch {}, seed {}", self.batch, self.seed)
    }
}

impl<E: Examples> Draw<'_, E> {
    fn latents<'b>(&self, each: impl Iterator<Item = &'b Vec<f32>>) -> Tensor<4> {
        let [channels, height, width] = self.examples.shape();
        let numbers: Vec<f32> = each.flatten().copied().collect();
        let count = numbers.len() / (channels * height * width);
        Tensor::from_data(
            TensorData::new(numbers, [count, channels, height, width]),
            &self.device,
        )
    }

    fn text(&self, examples: &[Example], told: &[Told]) -> Text {
        let texts: Vec<&str> = examples
            .iter()
            .map(|example| example.text.as_str())
            .collect();
        let text = self.encoded(&texts);
        let kept: Vec<f32> = told
            .iter()
            .map(|told| f32::from(u8::from(*told != Told::Nothing)))
            .collect();
        let kept = Tensor::<2>::from_data(TensorData::new(kept, [examples.len(), 1]), &self.device);
        Text {
            mask: text.mask * kept,
            ..text
        }
    }

    /// The references of the examples that are told of them.
    fn references(&self, examples: &[Example], told: &[Told]) -> References {
        let shown = |row: usize| (told[row] == Told::All).then(|| examples[row].references.iter());
        let shown: Vec<(usize, &Shown)> = (0..examples.len())
            .flat_map(|row| {
                shown(row)
                    .into_iter()
                    .flatten()
                    .map(move |shown| (row, shown))
            })
            .collect();
        let texts: Vec<&str> = shown.iter().map(|(_, shown)| shown.text.as_str()).collect();
        let place = |&(row, shown): &(usize, &Shown)| Place {
            row,
            marker: shown.marker,
        };
        References {
            latents: self.latents(shown.iter().map(|(_, shown)| &shown.latents)),
            // Labels come again and again; without references nobody reads the text.
            text: self
                .encoder
                .read(&texts, &self.device)
                .expect("training texts can be read"),
            places: shown.iter().map(place).collect(),
        }
    }

    /// Texts as features, on the device that learns.
    fn encoded(&self, texts: &[&str]) -> Text {
        let longest = texts
            .iter()
            .filter_map(|text| self.encoder.encoder().count(text).ok())
            .max();
        let length = longest.unwrap_or(2).clamp(2, LENGTH);
        let text = self
            .encoder
            .encoder()
            .encode(texts, length)
            .expect("training texts can be read")
            .text;
        Text {
            features: text.features.to_device(&self.device),
            mask: text.mask.to_device(&self.device),
            markers: text.markers.to_device(&self.device),
        }
    }
}
