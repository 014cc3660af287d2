//! Stage 0: a picture from its caption.

use super::{Library, Scene, Scenes};
use crate::data::{Dice, caption};

/// Captions, most of them with words for the style.
#[derive(Clone, Copy, Debug, Default)]
pub struct Captioned;

/// How often a caption says nothing of the style.
const UNSTYLED: f32 = 0.12;

impl Scenes for Captioned {
    fn scene(&self, library: &Library<'_>, target: usize, dice: &mut Dice) -> Scene {
        Scene {
            target,
            text: words(library, target, UNSTYLED, dice),
            references: Vec::new(),
        }
    }
}

/// A caption of a picture, which by that chance says nothing of the style.
pub(super) fn words(
    library: &Library<'_>,
    picture: usize,
    unstyled: f32,
    dice: &mut Dice,
) -> String {
    let picture = &library.data.pictures()[picture];
    let style = &library.data.styles()[picture.style];
    let style = (!dice.happens(unstyled)).then_some(style);
    caption(&library.data.concepts()[picture.concept], style, dice)
}
