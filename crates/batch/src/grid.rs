//! Labelled contact sheets: one axis along, one down.

use std::{collections::BTreeMap, path::Path};

use burn::tensor::{Device, Tensor};
use weft_value::Image;
use weft_vision::{
    color::rgb_on_white,
    geometry::put,
    label::label,
    resample::{Filter, resize},
};

use crate::{Items, Wrong, ledger::Entry, outputs::picture};

/// Longest side of a picture on a sheet, in pixels.
const CELL: usize = 256;
/// Height of a line of text, in pixels.
const LINE: usize = 28;
/// Pixels between cells.
const GAP: usize = 6;

/// Which inputs a sheet has along and down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axes {
    /// Along.
    pub x: String,
    /// Down; nothing for a single row.
    pub y: Option<String>,
}

impl std::str::FromStr for Axes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write x=INPUT or x=INPUT,y=INPUT".to_owned();
        let (mut x, mut y) = (None, None);
        for part in text.split(',') {
            match part.trim().split_once('=').ok_or_else(wrong)? {
                ("x", name) => x = Some(name.to_owned()),
                ("y", name) => y = Some(name.to_owned()),
                _ => return Err(wrong()),
            }
        }
        Ok(Self {
            x: x.ok_or_else(wrong)?,
            y,
        })
    }
}

impl Axes {
    /// Refuses axes that the batch does not vary.
    ///
    /// # Errors
    /// Which one, and what the batch varies.
    pub fn check(&self, items: &Items) -> Result<(), Wrong> {
        let varied = items.inputs();
        let missing = std::iter::once(&self.x)
            .chain(&self.y)
            .find(|axis| !varied.contains(axis));
        missing.map_or(Ok(()), |axis| {
            let known = match varied.is_empty() {
                true => "nothing".to_owned(),
                false => varied.join(", "),
            };
            Err(
                Wrong::at("--grid", format!("the batch does not vary `{axis}`"))
                    .help(format!("it varies {known}; vary more with --sweep")),
            )
        })
    }
}

/// A sheet for every combination of what is on neither axis, with what it is called. Missing pictures stay empty.
pub fn grid(axes: &Axes, out: &Path, entries: &[&Entry]) -> Vec<(String, Image)> {
    let mut sheets: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        let is_other = |name: &String| *name != axes.x && Some(name) != axes.y.as_ref();
        let others = entry.inputs.iter().filter(|(name, _)| is_other(name));
        let name: Vec<String> = others
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        sheets.entry(name.join("_")).or_default().push(entry);
    }
    let sheet = |(name, entries): (String, Vec<&Entry>)| {
        let image = sheet(axes, out, (&name, &entries));
        (name, image)
    };
    sheets.into_iter().map(sheet).collect()
}

/// Values in the order of numbers, or of names.
fn values(entries: &[&Entry], axis: &str) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for value in entries.iter().filter_map(|entry| entry.inputs.get(axis)) {
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    let number = |text: &String| text.parse::<f64>().ok();
    values.sort_by(|a, b| match (number(a), number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        _ => weft_value::natural_order(a, b),
    });
    values
}

fn sheet(axes: &Axes, out: &Path, (name, entries): (&str, &[&Entry])) -> Image {
    let along = values(entries, &axes.x);
    let down = axes
        .y
        .as_ref()
        .map_or(vec![String::new()], |axis| values(entries, axis));
    let mut pictures: BTreeMap<(usize, usize), Tensor<4>> = BTreeMap::new();
    for entry in entries {
        let place = |values: &[String], axis: &str| {
            let value = entry.inputs.get(axis)?;
            values.iter().position(|known| known == value)
        };
        let column = place(&along, &axes.x);
        let row = axes.y.as_ref().map_or(Some(0), |axis| place(&down, axis));
        if let (Some(column), Some(row), Some(picture)) = (column, row, picture(out, entry)) {
            pictures.insert((row, column), shrunk_to(&picture, CELL));
        }
    }
    let mut sheet = Sheet::new(axes, &pictures, (!name.is_empty(), down.len(), along.len()));
    if !name.is_empty() {
        sheet.write(name, (0, 0), sheet.ground.dims()[3]);
    }
    for (column, value) in along.iter().enumerate() {
        let (_, x) = sheet.corner(0, column);
        let place = (sheet.top - LINE, x);
        sheet.write(&format!("{} {value}", axes.x), place, sheet.cell.1);
    }
    for (row, value) in down.iter().enumerate() {
        let (y, _) = sheet.corner(row, 0);
        let line = y + (sheet.cell.0 - 2 * LINE) / 2;
        if let Some(axis) = &axes.y {
            sheet.write(axis, (line, 0), sheet.left);
            sheet.write(value, (line + LINE, 0), sheet.left);
        }
    }
    for ((row, column), picture) in pictures {
        let corner = sheet.corner(row, column);
        sheet.ground = put(sheet.ground, picture, corner);
    }
    Image::new(sheet.ground)
}

/// A white sheet with room for cells, and for text above them and to their left.
struct Sheet {
    /// `[1, 3, height, width]`
    ground: Tensor<4>,
    /// Height and width of a cell.
    cell: (usize, usize),
    top: usize,
    left: usize,
}

impl Sheet {
    fn new(
        axes: &Axes,
        pictures: &BTreeMap<(usize, usize), Tensor<4>>,
        (has_name, rows, columns): (bool, usize, usize),
    ) -> Self {
        let side = |axis: usize| pictures.values().map(|it| it.dims()[axis]).max();
        // Room for two lines down and a value along, however small the pictures are.
        let height = side(2).unwrap_or(CELL).max(2 * LINE);
        let width = side(3).unwrap_or(CELL).max(120);
        let left = if axes.y.is_some() { width / 2 } else { 0 };
        let top = if has_name { 2 * LINE } else { LINE };
        let all = [
            top + GAP + rows * (height + GAP),
            left + GAP + columns * (width + GAP),
        ];
        Self {
            ground: Tensor::ones([1, 3, all[0], all[1]], &Device::flex()),
            cell: (height, width),
            top,
            left,
        }
    }

    /// The upper left corner of a cell.
    fn corner(&self, row: usize, column: usize) -> (usize, usize) {
        let (height, width) = self.cell;
        (
            self.top + GAP + row * (height + GAP),
            self.left + GAP + column * (width + GAP),
        )
    }

    /// Writes a line of text.
    fn write(&mut self, text: &str, place: (usize, usize), width: usize) {
        let ink = label(text, (LINE, width), &self.ground.device());
        let paper: Tensor<4> = ink.neg() + 1.0;
        let ground = self.ground.clone();
        self.ground = put(ground, paper.expand([1, 3, LINE, width]), place);
    }
}

/// A picture of at most so many pixels along each side, on white.
///
/// # Shapes
/// result: `[1, 3, height, width]`, sRGB-encoded, 0..=1
pub(crate) fn shrunk_to(image: &Image, most: usize) -> Tensor<4> {
    let color = rgb_on_white(image);
    let [_, _, height, width] = color.dims();
    let longest = height.max(width);
    if longest <= most {
        return color;
    }
    let side = |length: usize| ((length * most) as f64 / longest as f64).round().max(1.0) as usize;
    resize(color, (side(height), side(width)), Filter::Area).clamp(0.0, 1.0)
}
