//! The judge's lesson: name the style and the concept of a drawing.

mod gallery;
mod worn;

#[cfg(test)]
mod tests;

use std::fmt;

use burn::{
    module::Module,
    tensor::{Device, Tensor, TensorData, activation::log_softmax},
};
use image::RgbImage;
use rayon::prelude::{IndexedParallelIterator, ParallelIterator, ParallelSliceMut};
use weft_models::judge::{Judge, averaged, rank};

use super::sheet;
use crate::{data::Dice, training::Lesson};

pub use gallery::{Drawing, Gallery};

/// Learns to name style and concept together: cross-entropy with smoothed labels (Szegedy et al., 2015), on drawings
/// worn as those of a generator may be.
pub struct Recognise<'a> {
    /// The drawings.
    pub gallery: &'a Gallery,
    /// Where it computes, with autodiff.
    pub device: Device,
    /// Drawings a step.
    pub batch: usize,
    /// Steps, from the first, whose drawings have half their side (Howard 2018, progressive resizing).
    pub halved: u64,
    /// Where randomness starts.
    pub seed: u64,
}

/// How much of each label is spread over all names.
const SMOOTHED: f32 = 0.1;
/// Drawings on a sheet, and in a row of it.
const SHOWN: [usize; 2] = [96, 16];
/// Drawings in one call where nothing is learnt.
const BATCH: usize = 32;

impl Lesson for Recognise<'_> {
    type Net = Judge;

    fn loss(&mut self, net: &Judge, step: u64) -> Tensor<1> {
        let drawings = self.drawings(step);
        let side = self.gallery.side();
        let mut pixels = vec![0.0; drawings.len() * 3 * side * side];
        pixels
            .par_chunks_exact_mut(3 * side * side)
            .zip(&drawings)
            .enumerate()
            .for_each(|(place, (out, drawing))| {
                let stream = step * self.batch as u64 + place as u64;
                let mut dice = Dice::new(self.seed, stream);
                worn::worn(&drawing.pixels, side, &mut dice, out);
            });
        let shape = [drawings.len(), 3, side, side];
        let pixels = Tensor::from_data(TensorData::new(pixels, shape), &self.device);
        let verdict = net.look_closely(if step < self.halved {
            averaged(pixels, 2)
        } else {
            pixels
        });
        let named = |name: fn(&Drawing) -> usize| -> Vec<usize> {
            drawings.iter().map(|drawing| name(drawing)).collect()
        };
        surprise(verdict.styles, &named(|it| it.style))
            + surprise(verdict.concepts, &named(|it| it.concept))
    }

    fn sample(&mut self, net: &Judge) -> RgbImage {
        let [count, columns] = SHOWN;
        let held = self.gallery.held();
        let held = &held[..held.len().min(count)];
        let device = &net.devices()[0];
        let marked: Vec<Tensor<4>> = held
            .iter()
            .zip(places(net, held, self.gallery.side(), device))
            .map(|(drawing, places)| marked(drawing, places, self.gallery.side(), device))
            .collect();
        sheet(&marked, columns)
    }

    fn config(&self) -> String {
        let (batch, seed, halved) = (self.batch, self.seed, self.halved);
        format!("judge, batch {batch}, seed {seed}, halved {halved}")
    }
}

impl Recognise<'_> {
    /// The drawings of a step: all of them once in each round, in an order of its own.
    fn drawings(&self, step: u64) -> Vec<&Drawing> {
        let learnt = self.gallery.learnt();
        let (all, batch) = (learnt.len() as u64, self.batch as u64);
        if all == 0 || batch == 0 {
            return Vec::new();
        }
        let first = step * batch;
        let order = |round: u64| {
            let mut order: Vec<usize> = (0..learnt.len()).collect();
            Dice::new(!self.seed, round).shuffle(&mut order);
            order
        };
        let rounds = first / all..=(first + batch - 1) / all;
        rounds
            .flat_map(order)
            .skip((first % all) as usize)
            .take(self.batch)
            .map(|place| &learnt[place])
            .collect()
    }
}

/// Mean cross-entropy of the smoothed labels: `[1]`.
fn surprise(logits: Tensor<2>, wanted: &[usize]) -> Tensor<1> {
    let [batch, names] = logits.dims();
    let mut labels = vec![SMOOTHED / names as f32; batch * names];
    for (labels, &wanted) in labels.chunks_exact_mut(names).zip(wanted) {
        labels[wanted] += 1.0 - SMOOTHED;
    }
    let labels = Tensor::from_data(TensorData::new(labels, [batch, names]), &logits.device());
    (log_softmax(logits, 1) * labels).sum() / -(batch as f64)
}

/// How often a judge is right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accuracy {
    /// Drawings it was asked for.
    pub drawings: usize,
    /// Share of them whose style it names.
    pub style: f64,
    /// Share of them whose concept it names.
    pub concept: f64,
    /// Share of them whose concept is among the five that it finds likeliest.
    pub concept_in_five: f64,
}

impl fmt::Display for Accuracy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [style, concept, five] =
            [self.style, self.concept, self.concept_in_five].map(|share| 100.0 * share);
        write!(
            f,
            "of {} drawings held out it names {style:.1} % of styles and {concept:.1} % of concepts, {five:.1} % within five",
            self.drawings
        )
    }
}

/// How often `net` is right on the drawings that it does not learn from.
pub fn accuracy(net: &Judge, gallery: &Gallery, device: &Device) -> Accuracy {
    let held = gallery.held();
    let places = places(net, held, gallery.side(), device);
    let share = |right: fn(&[usize; 2]) -> bool| {
        places.iter().filter(|places| right(places)).count() as f64 / held.len().max(1) as f64
    };
    Accuracy {
        drawings: held.len(),
        style: share(|[style, _]| *style == 0),
        concept: share(|[_, concept]| *concept == 0),
        concept_in_five: share(|[_, concept]| *concept < 5),
    }
}

/// How many styles, and how many concepts, the judge finds as likely as the right one or likelier.
fn places(net: &Judge, drawings: &[Drawing], side: usize, device: &Device) -> Vec<[usize; 2]> {
    let mut places = Vec::with_capacity(drawings.len());
    for drawings in drawings.chunks(BATCH) {
        let pixels: Vec<f32> = drawings.iter().flat_map(Drawing::plain).collect();
        let shape = [drawings.len(), 3, side, side];
        let verdict = net.look(Tensor::from_data(TensorData::new(pixels, shape), device));
        let [styles, concepts] = [verdict.styles, verdict.concepts].map(|logits| {
            let names = logits.dims()[1];
            let logits = logits.into_data().try_into_vec::<f32>().unwrap_or_default();
            (logits, names)
        });
        let place = |(logits, names): &(Vec<f32>, usize), row: usize, wanted: usize| {
            rank(&logits[row * names..][..*names], wanted) - 1
        };
        places.extend(drawings.iter().enumerate().map(|(row, drawing)| {
            [
                place(&styles, row, drawing.style),
                place(&concepts, row, drawing.concept),
            ]
        }));
    }
    places
}

/// Rows of a mark.
const MARK: usize = 5;

/// A drawing over two marks, of style and concept: green for right, yellow for among the first five, red for wrong.
fn marked(
    drawing: &Drawing,
    [style, concept]: [usize; 2],
    side: usize,
    device: &Device,
) -> Tensor<4> {
    let color = |place: usize| match place {
        0 => [-0.8, 0.4, -0.8],
        1..5 => [0.9, 0.6, -0.9],
        _ => [0.7, -0.8, -0.8],
    };
    // There are nine styles only: being among the first five of them is no merit.
    let [style, concept] = [color(if style == 0 { 0 } else { 5 }), color(concept)];
    let mut pixels = Vec::with_capacity(3 * side * (side + MARK));
    for (channel, plane) in drawing
        .plain()
        .collect::<Vec<f32>>()
        .chunks_exact(side * side)
        .enumerate()
    {
        pixels.extend_from_slice(plane);
        for place in 0..MARK * side {
            let mark = if place % side < side / 2 {
                style
            } else {
                concept
            };
            pixels.push(mark[channel]);
        }
    }
    Tensor::from_data(TensorData::new(pixels, [1, 3, side + MARK, side]), device)
}
