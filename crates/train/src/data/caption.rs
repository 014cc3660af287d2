//! Words for pictures.

use super::{Concept, Dice, Style};

/// A caption without a word of the style.
pub fn caption(concept: &Concept, dice: &mut Dice) -> String {
    let _ = dice;
    concept.label.clone()
}
/// x
pub fn styled(concept: &Concept, style: &Style, dice: &mut Dice) -> String {
    let _ = (style, dice);
    concept.label.clone()
}
/// x
pub fn thing(concept: &Concept) -> String {
    concept.label.clone()
}
