//! A network that names what it sees: it learnt from real pictures alone.

use std::cmp::Ordering;

use burn::tensor::{Device, Tensor};

use crate::{EvalError, Raster};

/// What a judge sees, in rows of the pictures.
#[derive(Clone, Debug)]
pub struct Seen {
    /// `[n, styles]`: the larger, the likelier.
    pub styles: Tensor<2>,
    /// `[n, concepts]`, likewise.
    pub concepts: Tensor<2>,
    /// `[n, features]`: alike for pictures that are alike.
    pub features: Tensor<2>,
}

/// Names styles and concepts.
pub trait Judge {
    /// Looks at pictures.
    ///
    /// # Shapes
    /// pictures: `[n, 3, side, side]`, sRGB-encoded, -1..=1
    fn look(&self, pictures: Tensor<4>) -> Seen;

    /// The ids of the styles, in the order of their columns.
    fn styles(&self) -> &[String];

    /// The keys of the concepts, likewise.
    fn concepts(&self) -> &[String];
}

impl Judge for weft_models::judge::Judge {
    fn look(&self, pictures: Tensor<4>) -> Seen {
        let weft_models::judge::Verdict {
            styles,
            concepts,
            features,
        } = Self::look(self, pictures);
        Seen {
            styles,
            concepts,
            features,
        }
    }

    fn styles(&self) -> &[String] {
        Self::styles(self)
    }

    fn concepts(&self) -> &[String] {
        Self::concepts(self)
    }
}

/// What a judge says of one picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// By style.
    pub styles: Vec<f32>,
    /// By concept.
    pub concepts: Vec<f32>,
    /// What is alike for pictures that are alike.
    pub features: Vec<f32>,
}

/// Pictures in one call of the judge.
pub(crate) const BATCH: usize = 16;

/// The verdicts on pictures; `told` hears how many are done.
pub(crate) fn verdicts(
    judge: &dyn Judge,
    pictures: &[Raster],
    device: &Device,
    told: &mut dyn FnMut(usize),
) -> Result<Vec<Verdict>, EvalError> {
    let mut verdicts = Vec::with_capacity(pictures.len());
    for pictures in pictures.chunks(BATCH) {
        let seen = judge.look(Raster::batch(pictures, device));
        let [styles, concepts, features] = [
            rows(seen.styles)?,
            rows(seen.concepts)?,
            rows(seen.features)?,
        ];
        let together = styles.into_iter().zip(concepts).zip(features);
        verdicts.extend(together.map(|((styles, concepts), features)| Verdict {
            styles,
            concepts,
            features,
        }));
        told(verdicts.len());
    }
    Ok(verdicts)
}

pub(crate) fn rows(x: Tensor<2>) -> Result<Vec<Vec<f32>>, EvalError> {
    let width = x.dims()[1].max(1);
    let values = x.into_data().convert::<f32>().try_into_vec::<f32>();
    let values = values.map_err(|_| EvalError::Unread)?;
    Ok(values.chunks_exact(width).map(<[f32]>::to_vec).collect())
}

/// The place of one score among all, from 1 for the largest. Others that are equal come first, and so do those that are
/// no numbers: a judge that says the same of everything has recognised nothing.
pub fn rank(scores: &[f32], wanted: usize) -> usize {
    let own = scores[wanted];
    let others = scores.iter().enumerate().filter(|(at, _)| *at != wanted);
    1 + others
        .filter(|(_, score)| (**score).partial_cmp(&own) != Some(Ordering::Less))
        .count()
}

#[cfg(test)]
mod tests {
    use super::rank;

    #[test]
    fn ranks_count_from_the_largest() {
        let scores = [0.1, 0.7, -2.0, 0.2];
        let ranks: Vec<usize> = (0..4).map(|at| rank(&scores, at)).collect();
        assert_eq!(ranks, [3, 1, 4, 2]);
    }

    #[test]
    fn who_says_the_same_of_all_recognises_nothing() {
        assert_eq!(rank(&[1.0; 9], 4), 9);
        assert_eq!(rank(&[0.0, f32::NAN, 0.0], 1), 3);
    }
}
