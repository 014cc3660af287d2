//! `picture.Grid`.

use burn::tensor::{Device, Tensor};
use weft_node::{
    Context, Error, Inputs, Node, Result,
    value::{Color, Image, List},
};
use weft_vision::{
    blend::{Mode, lay},
    color::{in_space, with_channels},
    geometry::put,
    label::label,
    paint::solid,
};

use crate::{size::allowed, solid::channels};

/// Lay pictures out in a grid, with labels.
///
/// Row by row; a cell is as large as the largest picture, and smaller ones stand in its middle.
#[derive(Inputs)]
pub struct Grid {
    /// Pictures to lay out.
    pub images: List<Image>,
    /// A label for each picture; without them there are no labels.
    pub labels: Option<List<String>>,
    /// Pictures in a row; as many rows as columns if it is 0.
    #[input(default = 0, range = 0..=1024)]
    pub columns: usize,
    /// Space between and around the cells, in pixels.
    #[input(default = 8, range = 0..=1024)]
    pub gap: usize,
    /// Height of the labels, in pixels.
    #[input(default = 20, range = 6..=256)]
    pub label_height: usize,
    /// Colour of the ground.
    #[input(default = "#ffffff")]
    pub background: Color,
    /// Colour of the labels.
    #[input(default = "#202020")]
    pub ink: Color,
}

/// Where everything goes.
struct Layout {
    columns: usize,
    cell: (usize, usize),
    gap: usize,
    label: usize,
}

impl Layout {
    /// The corner of the cell at that place: top, left.
    fn corner(&self, place: usize) -> (usize, usize) {
        let (row, column) = (place / self.columns, place % self.columns);
        (
            self.gap + row * (self.cell.0 + self.label + self.gap),
            self.gap + column * (self.cell.1 + self.gap),
        )
    }

    /// Height and width of all.
    fn size(&self, count: usize) -> (usize, usize) {
        let rows = count.div_ceil(self.columns);
        (
            self.gap + rows * (self.cell.0 + self.label + self.gap),
            self.gap + self.columns.min(count) * (self.cell.1 + self.gap),
        )
    }
}

impl Node for Grid {
    const ID: &'static str = "picture.Grid";
    type Output = Image;

    fn run(self, context: &mut Context) -> Result<Image> {
        let layout = self.layout()?;
        let size = allowed(layout.size(self.images.len()))?;
        let most = self.images.iter().map(Image::channels).max().unwrap_or(3);
        let count = most.max(channels(&self.background));
        let mut sheet = solid(1, size, &self.background.0[..count], context.device());
        for (place, image) in self.images.iter().enumerate() {
            context.step(place, self.images.len())?;
            let (top, left) = layout.corner(place);
            let (height, width) = (image.height(), image.width());
            let inside = ((layout.cell.0 - height) / 2, (layout.cell.1 - width) / 2);
            let pixels = with_channels(in_space(image, Default::default()).into_pixels(), count);
            sheet = put(sheet, pixels, (top + inside.0, left + inside.1));
            if let Some(text) = self.labels.as_ref().and_then(|labels| labels.get(place)) {
                let strip = self.strip(text, &layout, context.device(), count);
                sheet = put(sheet, strip, (top + layout.cell.0, left));
            }
        }
        Ok(Image::new(sheet))
    }
}

impl Grid {
    fn layout(&self) -> Result<Layout> {
        let count = self.images.len();
        if count == 0 {
            return Err(Error::input(
                "images",
                "is an empty list; a grid needs at least one picture",
            ));
        }
        if let Some(batch) = self
            .images
            .iter()
            .map(Image::batch)
            .find(|batch| *batch != 1)
        {
            return Err(Error::input(
                "images",
                format!("has a batch of {batch}; a grid takes single pictures"),
            ));
        }
        if let Some(labels) = self.labels.as_ref().filter(|labels| labels.len() != count) {
            return Err(Error::input(
                "labels",
                format!("are {} for {count} pictures", labels.len()),
            ));
        }
        let largest = |side: fn(&Image) -> usize| self.images.iter().map(side).max().unwrap_or(1);
        let square = (count as f64).sqrt().ceil() as usize;
        Ok(Layout {
            columns: if self.columns == 0 {
                square
            } else {
                self.columns
            },
            cell: (largest(Image::height), largest(Image::width)),
            gap: self.gap,
            label: if self.labels.is_some() {
                self.label_height
            } else {
                0
            },
        })
    }

    /// One label on the colour of the ground.
    fn strip(&self, text: &str, layout: &Layout, device: &Device, count: usize) -> Tensor<4> {
        let size = (layout.label, layout.cell.1);
        let ground = solid(1, size, &self.background.0[..count], device);
        let ink = solid(1, size, &self.ink.0[..3], device);
        with_channels(
            lay(ink, ground, label(text, size, device), Mode::Normal),
            count,
        )
    }
}
