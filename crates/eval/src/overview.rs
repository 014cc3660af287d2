//! What is in a data set, for looking at.

use std::cmp::Reverse;

use burn::tensor::Device;
use image::RgbImage;
use weft_train::{
    data::{DataError, DataSet, Split},
    lessons::sheet,
    stages::View,
};

use crate::{Raster, samples::by_turns};

/// Some of the concepts that have the most styles: a row each, with the styles from the left in their order; grey where a style has none,
/// and upside down what is never learnt from.
///
/// # Errors
/// A picture that cannot be unpacked.
pub fn overview(data: &DataSet, rows: usize) -> Result<RgbImage, DataError> {
    let side = data.side();
    let mut concepts: Vec<usize> = Vec::new();
    for picture in by_turns(data, (0..data.pictures().len()).collect()) {
        let concept = data.pictures()[picture].concept;
        if !concepts.contains(&concept) {
            concepts.push(concept);
        }
    }
    concepts.sort_by_key(|&concept| Reverse(data.of_concept(concept).len()));
    concepts.truncate(rows);
    let cell = |(concept, style): (usize, usize)| match data.find(concept, style) {
        None => Ok(Raster::new(side, vec![0.0; 3 * side * side])),
        Some(picture) => {
            let shown = Raster::view(data, picture, View::Picture)?;
            Ok(match data.split(picture) {
                Split::Train => shown,
                Split::HeldCell | Split::HeldConcept => shown.turned(),
            })
        }
    };
    let mut drawn = Vec::with_capacity(rows);
    for concept in concepts {
        let row = (0..data.styles().len()).map(|style| cell((concept, style)));
        let row = row.collect::<Result<Vec<_>, DataError>>()?;
        drawn.push(Raster::batch(&row, &Device::flex()));
    }
    Ok(sheet(&drawn, data.styles().len()))
}
