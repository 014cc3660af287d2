//! A judge that learns means of coarse pixels: little, but honestly.

use burn::tensor::{Device, Tensor, TensorData};
use weft_train::{
    data::{DataSet, Split},
    stages::View,
};
use weft_vision::resample::{Filter, resize};

use crate::{Judge, Raster, Seen};

/// Scores are the negative distance to the mean of each style and of each concept.
pub(super) struct Pixels {
    styles: Vec<String>,
    concepts: Vec<String>,
    style_means: Tensor<2>,
    concept_means: Tensor<2>,
}

/// `[n, 3·8·8]`.
fn coarse(pictures: Tensor<4>) -> Tensor<2> {
    let count = pictures.dims()[0];
    resize(pictures, (8, 8), Filter::Area).reshape([count, 192])
}

/// Negative square distances: `[n, means]`.
fn nearness(x: &Tensor<2>, means: &Tensor<2>) -> Tensor<2> {
    let (n, m) = (x.dims()[0], means.dims()[0]);
    let apart = x.clone().reshape([n, 1, 192]) - means.clone().reshape([1, m, 192]);
    -apart.powi_scalar(2).sum_dim(2).reshape([n, m])
}

impl Pixels {
    /// Learns from the pictures that are for it.
    pub(super) fn of(data: &DataSet) -> Self {
        let learnt: Vec<usize> = data.for_split(Split::Train);
        let rasters: Vec<Raster> = learnt
            .iter()
            .map(|&it| Raster::view(data, it, View::Picture).unwrap())
            .collect();
        let seen = coarse(Raster::batch(&rasters, &Device::flex()));
        let seen = seen.into_data().try_into_vec::<f32>().unwrap();
        let mean = |is_of: &dyn Fn(usize) -> bool| -> Option<Vec<f32>> {
            let rows: Vec<&[f32]> = (learnt.iter().zip(seen.chunks_exact(192)))
                .filter(|(it, _)| is_of(**it))
                .map(|(_, row)| row)
                .collect();
            let sum = |at: usize| rows.iter().map(|row| row[at]).sum::<f32>();
            (!rows.is_empty()).then(|| (0..192).map(|at| sum(at) / rows.len() as f32).collect())
        };
        let (mut styles, mut style_means) = (Vec::new(), Vec::new());
        for (place, style) in data.styles().iter().enumerate() {
            styles.push(style.id.clone());
            style_means.extend(mean(&|it| data.pictures()[it].style == place).unwrap());
        }
        let (mut concepts, mut concept_means) = (Vec::new(), Vec::new());
        for (place, concept) in data.concepts().iter().enumerate() {
            if let Some(mean) = mean(&|it| data.pictures()[it].concept == place) {
                concepts.push(concept.key.clone());
                concept_means.extend(mean);
            }
        }
        let matrix = |values: Vec<f32>| {
            let rows = values.len() / 192;
            Tensor::from_data(TensorData::new(values, [rows, 192]), &Device::flex())
        };
        Self {
            styles,
            concepts,
            style_means: matrix(style_means),
            concept_means: matrix(concept_means),
        }
    }
}

impl Judge for Pixels {
    fn look(&self, pictures: Tensor<4>) -> Seen {
        let features = coarse(pictures);
        Seen {
            styles: nearness(&features, &self.style_means),
            concepts: nearness(&features, &self.concept_means),
            features,
        }
    }

    fn styles(&self) -> &[String] {
        &self.styles
    }

    fn concepts(&self) -> &[String] {
        &self.concepts
    }
}
