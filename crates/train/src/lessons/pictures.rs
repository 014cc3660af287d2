//! The data set as the autoencoder sees it: drawings, and now and then the edge map or the mask of one.

use crate::data::{Contours, DataSet, Dice, Split, edges, picture, silhouette, spread};

use super::Source;

/// Pictures of a data set; those that are held out are never learnt from.
pub struct Pictures<'a> {
    data: &'a DataSet,
    learnt: Vec<usize>,
    unseen: Vec<usize>,
    seed: u64,
}

/// How often a picture stands on a colour, and is shown as an edge map or a mask instead.
const COLOURED: f32 = 0.15;
const EDGES: f32 = 0.1;
const MASKS: f32 = 0.05;

impl<'a> Pictures<'a> {
    /// Those of `data`, in an order that `seed` fixes.
    pub fn new(data: &'a DataSet, seed: u64) -> Self {
        let mut unseen = data.for_split(Split::HeldConcept);
        Dice::new(0, 0).shuffle(&mut unseen);
        Self {
            data,
            learnt: data.for_split(Split::Train),
            unseen,
            seed,
        }
    }

    /// One picture as a step shows it; plain white where it cannot be read.
    fn show(&self, dice: &mut Dice, out: &mut [f32]) {
        out.fill(1.0);
        let drawn = dice
            .choice(&self.learnt)
            .and_then(|&drawn| self.data.rgba(drawn).ok());
        let Some(rgba) = drawn else { return };
        let kind = dice.unit();
        if kind < EDGES {
            if let Ok(edges) = edges(&rgba, self.data.side(), Contours::any(dice)) {
                spread(&edges, out);
            }
        } else if kind < EDGES + MASKS {
            spread(&silhouette(&rgba), out);
        } else {
            let coloured = dice.happens(COLOURED);
            let ground = if coloured {
                [(); 3].map(|()| dice.unit())
            } else {
                [1.0; 3]
            };
            picture(&rgba, ground, out);
        }
    }
}

impl Source for Pictures<'_> {
    fn side(&self) -> usize {
        self.data.side()
    }

    fn batch(&self, step: u64, batch: usize, out: &mut [f32]) {
        let each = out.len() / batch;
        for (place, out) in out.chunks_exact_mut(each).enumerate() {
            let stream = step * batch as u64 + place as u64;
            self.show(&mut Dice::new(self.seed, stream), out);
        }
    }

    fn unseen(&self, count: usize, out: &mut [f32]) {
        let each = out.len() / count;
        for (out, &drawn) in out.chunks_exact_mut(each).zip(self.unseen.iter().cycle()) {
            if let Ok(rgba) = self.data.rgba(drawn) {
                picture(&rgba, [1.0; 3], out);
            }
        }
    }
}
