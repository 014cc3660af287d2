//! `picture.ToMask`.

use weft_node::{
    Choice, Context, Inputs, Node, Result,
    value::{Image, Mask},
};
use weft_vision::color;

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
        let taken = match self.channel {
            Channel::Luma => color::Channel::Luma,
            Channel::Red => color::Channel::Red,
            Channel::Green => color::Channel::Green,
            Channel::Blue => color::Channel::Blue,
            Channel::Alpha => color::Channel::Alpha,
        };
        Ok(Mask::new(color::channel(&self.image, taken, self.invert)))
    }
}
