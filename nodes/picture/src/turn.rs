//! `picture.Turn`.

use weft_node::{Choice, Context, Inputs, Node, Result, value::Image};
use weft_vision::geometry;

/// How a picture is turned.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum TurnKind {
    /// Left and right change places.
    Mirror,
    /// Top and bottom change places.
    Flip,
    /// A quarter to the right.
    Right,
    /// A half.
    Half,
    /// A quarter to the left.
    Left,
}

/// Turn or mirror a picture.
#[derive(Inputs)]
pub struct Turn {
    /// Picture to turn.
    pub image: Image,
    /// How.
    pub kind: TurnKind,
}

impl Node for Turn {
    const ID: &'static str = "picture.Turn";
    type Output = Image;

    fn run(self, _: &mut Context) -> Result<Image> {
        let turn = match self.kind {
            TurnKind::Mirror => geometry::Turn::Mirror,
            TurnKind::Flip => geometry::Turn::Flip,
            TurnKind::Right => geometry::Turn::Right,
            TurnKind::Half => geometry::Turn::Half,
            TurnKind::Left => geometry::Turn::Left,
        };
        let space = self.image.space();
        Ok(Image::in_space(
            geometry::turn(self.image.into_pixels(), turn),
            space,
        ))
    }
}
