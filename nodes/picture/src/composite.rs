//! `picture.Composite`.

use weft_node::{
    Context, Inputs, Node, Result,
    value::{ColorSpace, Image, Mask},
};
use weft_vision::blend::{Coverage, Mode, laid};

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
        let coverage = self.mask.into_coverage();
        alike("foreground", self.foreground.dims(), self.background.dims())?;
        alike("mask", coverage.dims(), self.background.dims())?;
        let how = (Mode::Normal, ColorSpace::Srgb);
        let coverage = Coverage::Where(coverage);
        Ok(laid(&self.foreground, &self.background, coverage, how))
    }
}
