//! `picture.Composite`.

use weft_node::{
    Context, Inputs, Node, Result,
    value::{Image, Mask},
};
use weft_vision::{
    blend::{Mode, lay},
    color::in_space,
};

use crate::size::alike;

/// Lay one picture over another where a mask says so.
///
/// On sRGB-encoded colour; the alpha of the foreground counts as well.
#[derive(Inputs)]
pub struct Composite {
    /// Picture to lay over.
    pub foreground: Image,
    /// Picture below, of the same size.
    pub background: Image,
    /// Where the foreground is, of the same size.
    pub mask: Mask,
}

impl Node for Composite {
    const ID: &'static str = "picture.Composite";
    type Output = Image;

    fn run(self, _: &mut Context) -> Result<Image> {
        let space = self.background.space();
        let coverage = self.mask.into_coverage();
        alike("foreground", self.foreground.dims(), self.background.dims())?;
        alike("mask", coverage.dims(), self.background.dims())?;
        let [over, under] = [&self.foreground, &self.background]
            .map(|image| in_space(image, Default::default()).into_pixels());
        Ok(in_space(
            &Image::new(lay(over, under, coverage, Mode::Normal)),
            space,
        ))
    }
}
