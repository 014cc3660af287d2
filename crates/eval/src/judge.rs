//! A network that names what it sees: it learnt from real pictures alone.

use burn::tensor::{Device, Tensor};

/// What a judge sees, in rows of the pictures.
pub use weft_models::judge::Verdict as Seen;

use crate::{EvalError, Raster};

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
        Self::look(self, pictures)
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
