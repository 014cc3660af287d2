//! `picture.Grid`.

use burn::tensor::{Device, Tensor};
use weft_node::{
    Context, Error, Inputs, Node, Result,
    value::{Color, ColorSpace, Image, List},
};
use weft_vision::{
    blend::{Mode, lay},
    color::in_space,
    geometry::put,
    label::label,
    paint::solid,
    resample::{Filter, resize},
};

use crate::{layout::Layout, size::allowed, solid::channels};

/// Lay pictures out in a grid, with labels.
///
/// Row by row; smaller pictures stand in the middle of their cells, and larger ones are shrunk to fit. Of a
/// batch each picture has a cell, under the same label.
#[derive(Inputs)]
pub struct Grid {
    /// Pictures to lay out.
    pub images: List<Image>,
    /// A label for each picture; without them there are no labels.
    pub labels: Option<List<String>>,
    /// Pictures in a row; as many rows as columns if it is 0.
    #[input(default = 0, range = 0..=1024)]
    pub columns: usize,
    /// Width of a cell, in pixels; that of the widest picture if left out.
    #[input(range = 1..=65535)]
    pub cell_width: Option<i64>,
    /// Height of a cell without its label, in pixels; that of the highest picture if left out.
    #[input(range = 1..=65535)]
    pub cell_height: Option<i64>,
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

impl Node for Grid {
    const ID: &'static str = "picture.Grid";
    type Output = Image;

    fn run(self, context: &mut Context) -> Result<Image> {
        let cells = self.cells()?;
        let layout = self.layout(cells.len());
        let size = allowed(layout.size(cells.len()))?;
        let mut sheet = self.ground(size, context.device());
        for (place, (pixels, text)) in cells.iter().enumerate() {
            context.step(place, cells.len())?;
            let (top, left) = layout.corner(place);
            let [.., height, width] = pixels.dims();
            let (height, width) = layout.shrunk((height, width));
            let pixels = resize(pixels.clone(), (height, width), Filter::Lanczos);
            let inside = ((layout.cell.0 - height) / 2, (layout.cell.1 - width) / 2);
            let whole = Tensor::ones([1, 1, height, width], context.device());
            let pixels = self.on_ground(pixels, whole);
            sheet = put(sheet, pixels, (top + inside.0, left + inside.1));
            if let Some(text) = text {
                let strip = self.strip(text, &layout, context.device());
                sheet = put(sheet, strip, (top + layout.cell.0, left));
            }
        }
        Ok(Image::new(sheet))
    }
}

impl Grid {
    /// Single pictures, sRGB-encoded, with their labels.
    fn cells(&self) -> Result<Vec<(Tensor<4>, Option<&str>)>> {
        let count = self.images.len();
        if count == 0 {
            let message = "is an empty list; a grid needs at least one picture";
            return Err(Error::input("images", message));
        }
        let labels = self.labels.as_ref().map(|labels| labels.0.as_slice());
        if let Some(labels) = labels.filter(|labels| labels.len() != count) {
            let message = format!("are {} for {count} pictures", labels.len());
            return Err(Error::input("labels", message));
        }
        let cells = self.images.iter().enumerate().flat_map(|(i, image)| {
            let pixels = in_space(image, ColorSpace::Srgb).into_pixels();
            let text = labels.map(|labels| labels[i].as_str());
            (0..image.batch()).map(move |place| (pixels.clone().narrow(0, place, 1), text))
        });
        Ok(cells.collect())
    }

    fn layout(&self, count: usize) -> Layout {
        let largest = |side: fn(&Image) -> usize| self.images.iter().map(side).max().unwrap_or(1);
        let square = (count as f64).sqrt().ceil() as usize;
        let given = |side: i64| usize::try_from(side).unwrap_or(1).max(1);
        Layout {
            columns: if self.columns == 0 {
                square
            } else {
                self.columns
            },
            cell: (
                self.cell_height
                    .map_or_else(|| largest(Image::height), given),
                self.cell_width.map_or_else(|| largest(Image::width), given),
            ),
            gap: self.gap,
            label: if self.labels.is_some() {
                self.label_height
            } else {
                0
            },
        }
    }

    /// A plane of the colour of the ground.
    fn ground(&self, size: (usize, usize), device: &Device) -> Tensor<4> {
        let color = &self.background.0[..channels(&self.background)];
        solid(1, size, color, device)
    }

    /// Lays a picture on the ground, in the channels of the ground.
    fn on_ground(&self, pixels: Tensor<4>, coverage: Tensor<4>) -> Tensor<4> {
        let [.., height, width] = pixels.dims();
        let ground = self.ground((height, width), &pixels.device());
        let kept = ground.dims()[1];
        lay(pixels, ground, coverage, Mode::Normal).narrow(1, 0, kept)
    }

    /// One label on the colour of the ground.
    fn strip(&self, text: &str, layout: &Layout, device: &Device) -> Tensor<4> {
        let size = (layout.label, layout.cell.1);
        self.on_ground(
            solid(1, size, &self.ink.0, device),
            label(text, size, device),
        )
    }
}
