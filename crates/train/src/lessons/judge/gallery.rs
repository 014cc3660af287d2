//! The drawings that a judge learns from and is asked for, unpacked and small, in memory.

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::data::{DataError, DataSet, Dice, Split, picture};

/// One concept in one style.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// Its place in [`Gallery::styles`].
    pub style: usize,
    /// Its place in [`Gallery::concepts`].
    pub concept: usize,
    /// `[3, side, side]` on white, sRGB-encoded.
    pub pixels: Vec<u8>,
}

impl Drawing {
    /// `[3, side, side]`, -1..=1.
    pub(super) fn plain(&self) -> impl Iterator<Item = f32> {
        self.pixels
            .iter()
            .map(|&byte| f32::from(byte) / 127.5 - 1.0)
    }
}

/// Drawings, and the names they have.
#[derive(Clone, Debug)]
pub struct Gallery {
    side: usize,
    styles: Vec<String>,
    concepts: Vec<String>,
    learnt: Vec<Drawing>,
    held: Vec<Drawing>,
}

impl Gallery {
    /// The pictures of `data` of the cells that are learnt from and of those held out, averaged down to `side` pixels,
    /// which divides the side of the data set. Concepts that nothing is learnt of are left out, for no judge can name
    /// them.
    ///
    /// # Errors
    /// A picture that cannot be read.
    pub fn new(data: &DataSet, side: usize) -> Result<Self, DataError> {
        let learnt = data.for_split(Split::Train);
        let mut place = vec![None; data.concepts().len()];
        let mut concepts = Vec::new();
        for &at in &learnt {
            let concept = data.pictures()[at].concept;
            if place[concept].is_none() {
                place[concept] = Some(concepts.len());
                concepts.push(data.concepts()[concept].key.clone());
            }
        }
        let drawings = |pictures: &[usize]| -> Result<Vec<Drawing>, DataError> {
            let known: Vec<(usize, usize)> = pictures
                .iter()
                .filter_map(|&at| Some((at, place[data.pictures()[at].concept]?)))
                .collect();
            let drawing = |&(at, concept): &(usize, usize)| {
                Ok(Drawing {
                    style: data.pictures()[at].style,
                    concept,
                    pixels: small(&data.rgba(at)?, data.side(), side),
                })
            };
            known.par_iter().map(drawing).collect()
        };
        // Drawings of one concept follow each other in a data set; a sheet shows many.
        let mut held = data.for_split(Split::HeldCell);
        Dice::new(0, 0).shuffle(&mut held);
        Ok(Self {
            side,
            styles: data.styles().iter().map(|style| style.id.clone()).collect(),
            learnt: drawings(&learnt)?,
            held: drawings(&held)?,
            concepts,
        })
    }

    /// Pixels along a side of every drawing.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Ids of styles.
    pub fn styles(&self) -> &[String] {
        &self.styles
    }

    /// Keys of the concepts that something is learnt of.
    pub fn concepts(&self) -> &[String] {
        &self.concepts
    }

    /// What is learnt from.
    pub fn learnt(&self) -> &[Drawing] {
        &self.learnt
    }

    /// What never is, in an order without order: other styles of these concepts are learnt.
    pub fn held(&self) -> &[Drawing] {
        &self.held
    }
}

/// A picture on white, each square of pixels as its mean.
fn small(rgba: &[u8], side: usize, smaller: usize) -> Vec<u8> {
    let mut whole = vec![0.0; 3 * side * side];
    picture(rgba, [1.0; 3], &mut whole);
    let factor = side / smaller;
    let mut means = vec![0.0f32; 3 * smaller * smaller];
    for (row, values) in whole.chunks_exact(side).enumerate() {
        // Rows of all channels follow each other, and whole squares of them belong to one channel.
        let means = &mut means[row / factor * smaller..][..smaller];
        for (mean, values) in means.iter_mut().zip(values.chunks_exact(factor)) {
            *mean += values.iter().sum::<f32>();
        }
    }
    let byte = |sum: f32| ((sum / (factor * factor) as f32 + 1.0) * 127.5).round();
    means.into_iter().map(|sum| byte(sum) as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::small;

    #[test]
    fn a_small_picture_is_the_mean_of_the_large_one_on_white() {
        let black = [0, 0, 0, 255];
        let clear = [0; 4];
        let red = [255, 0, 0, 255];
        // Left half: black over clear; right half: red.
        let rgba = [black, black, red, red, clear, clear, red, red];
        let rgba = [rgba, rgba].concat().concat();
        assert_eq!(
            small(&rgba, 4, 2),
            [128, 255, 128, 255, 128, 0, 128, 0, 128, 0, 128, 0]
        );
    }
}
