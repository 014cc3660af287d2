//! `picture.ToMask`.

use weft_node::{
    Choice, Context, Inputs, Node, Result,
    value::{Image, Mask},
};
use weft_vision::color::{luma, rgb, with_channels};

/// What a mask is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum Channel {
    /// Luma.
    Luma,
    /// Red.
    Red,
    /// Green.
    Green,
    /// Blue.
    Blue,
    /// Alpha; all there where a picture has none.
    Alpha,
}

/// Take a mask from a channel of a picture.
#[derive(Inputs)]
pub struct ToMask {
    /// Picture to take it from.
    pub image: Image,
    /// What to take.
    #[input(default = Channel::Luma)]
    pub channel: Channel,
    /// Whether to take the complement.
    #[input(default = false)]
    pub invert: bool,
}

impl Node for ToMask {
    const ID: &'static str = "picture.ToMask";
    type Output = Mask;

    fn run(self, _: &mut Context) -> Result<Mask> {
        let plane = |index| rgb(&self.image).narrow(1, index, 1);
        let coverage = match self.channel {
            Channel::Luma => luma(&self.image),
            Channel::Red => plane(0),
            Channel::Green => plane(1),
            Channel::Blue => plane(2),
            Channel::Alpha => with_channels(self.image.pixels(), 4).narrow(1, 3, 1),
        };
        Ok(Mask::new(if self.invert {
            coverage.neg() + 1.0
        } else {
            coverage
        }))
    }
}
