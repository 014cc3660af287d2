//! Pictures beside their truth, for looking at.

use burn::tensor::{Device, Tensor};
use image::RgbImage;
use weft_train::{data::DataSet, lessons::sheet};
use weft_value::Choice;

use crate::{
    EvalError, Raster,
    evaluation::{Column, Drawn, Group},
};

/// Rows of a sheet at most.
const ROWS: usize = 24;

/// A sheet for each group by a name for its file. In a row the references, what the models draw, and the truth.
pub(crate) fn sheets(
    data: &DataSet,
    groups: &[Group],
    (drawn, truths): (&[Drawn], &[Vec<Raster>]),
) -> Result<Vec<(String, RgbImage)>, EvalError> {
    let device = Device::flex();
    let models: Vec<&Drawn> = drawn
        .iter()
        .filter(|it| matches!(it.column, Column::Against | Column::Model))
        .collect();
    let mut sheets = Vec::with_capacity(groups.len());
    for (at, group) in groups.iter().enumerate() {
        let mut rows: Vec<Tensor<4>> = Vec::new();
        let mut columns = 1;
        for (place, sample) in group.samples.iter().take(ROWS).enumerate() {
            let shown = sample.scene.references.iter();
            let shown = shown.map(|it| Raster::view(data, it.picture, it.view));
            let mut row = shown.collect::<Result<Vec<_>, _>>()?;
            row.extend(models.iter().map(|model| model.groups[at][place].clone()));
            row.push(truths[at][place].clone());
            columns = row.len();
            rows.push(Raster::batch(&row, &device));
        }
        let kind = if group.unknown { "-unknown" } else { "" };
        // Two samples side by side keep a sheet from being a ribbon.
        sheets.push((
            format!("{}{kind}", group.task.word()),
            sheet(&rows, 2 * columns),
        ));
    }
    Ok(sheets)
}
