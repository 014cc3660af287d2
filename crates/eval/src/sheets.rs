//! Pictures beside their truth, for looking at.

use burn::tensor::{Device, Tensor};
use image::RgbImage;
use weft_train::{data::DataSet, lessons::sheet};
use weft_value::Choice;

use crate::{
    EvalError, Raster,
    evaluation::{Column, Drawn, Group},
};

/// Samples on a sheet, unless there are enough for a full one.
const SHOWN: usize = 24;

/// Samples of each style on a full sheet, where a column is a style.
const FULL: usize = 8;

/// A sheet for each group by a name for its file. Of a sample the references, what the models draw, and the truth, side by
/// side.
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
        let (places, across) = arranged(data, group);
        for place in places {
            let sample = &group.samples[place];
            let shown = sample.scene.references.iter();
            let shown = shown.map(|it| Raster::view(data, it.picture, it.view));
            let mut row = shown.collect::<Result<Vec<_>, _>>()?;
            row.extend(models.iter().map(|model| model.groups[at][place].clone()));
            row.push(truths[at][place].clone());
            columns = row.len();
            rows.push(Raster::batch(&row, &device));
        }
        let kind = if group.unknown { "-unknown" } else { "" };
        sheets.push((
            format!("{}{kind}", group.task.word()),
            sheet(&rows, across * columns),
        ));
    }
    Ok(sheets)
}

/// Which samples a sheet shows, and how many side by side: of each style eight below each other, if there are so many;
/// else the first, by twos, which keeps a sheet from being a ribbon.
fn arranged(data: &DataSet, group: &Group) -> (Vec<usize>, usize) {
    let styles = data.styles().len();
    let mut places: Vec<_> = (0..group.samples.len()).collect();
    if places.len() < FULL * styles {
        places.truncate(SHOWN);
        return (places, 2);
    }
    places.truncate(FULL * styles);
    let style = |place: &usize| data.pictures()[group.samples[*place].scene.target].style;
    // Each style comes once before any comes again.
    for turn in places.chunks_mut(styles) {
        turn.sort_by_key(style);
    }
    (places, styles)
}
