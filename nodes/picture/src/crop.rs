//! `picture.Crop`.

use weft_node::{Context, Error, Inputs, Node, Result, value::Image};
use weft_vision::geometry;

/// Cut a rectangle out of a picture.
#[derive(Inputs)]
pub struct Crop {
    /// Picture to cut.
    pub image: Image,
    /// Left side of the rectangle, in pixels from the left.
    #[input(default = 0, range = 0..=65535)]
    pub left: usize,
    /// Upper side of the rectangle, in pixels from the top.
    #[input(default = 0, range = 0..=65535)]
    pub top: usize,
    /// Width of the rectangle, in pixels; as far as the picture goes if left out.
    #[input(range = 1..=65535)]
    pub width: Option<i64>,
    /// Height of the rectangle, in pixels; as far as the picture goes if left out.
    #[input(range = 1..=65535)]
    pub height: Option<i64>,
}

impl Node for Crop {
    const ID: &'static str = "picture.Crop";
    type Output = Image;

    fn run(self, _: &mut Context) -> Result<Image> {
        let width = extent("left", self.left, self.width, self.image.width())?;
        let height = extent("top", self.top, self.height, self.image.height())?;
        let space = self.image.space();
        let pixels = geometry::crop(
            self.image.into_pixels(),
            (self.top, self.left),
            (height, width),
        );
        Ok(Image::in_space(pixels, space))
    }
}

/// How far the rectangle goes along one side of `length`.
fn extent(input: &'static str, start: usize, wanted: Option<i64>, length: usize) -> Result<usize> {
    let left_over = length.saturating_sub(start);
    let wanted = wanted.map_or(left_over, |wanted| wanted.max(0) as usize);
    if wanted == 0 || wanted > left_over {
        let message = format!(
            "pixels {start} to {} are not all inside the picture, which has {length}",
            start.saturating_add(wanted)
        );
        return Err(Error::input(input, message));
    }
    Ok(wanted)
}
