//! One of a fixed set of words.

use weft_spec::ChoiceSpec;

/// One of a fixed set of words; `#[derive(Choice)]` on an enum makes it a value too.
pub trait Choice: Copy + PartialEq + Send + Sync + 'static {
    /// Every variant with its word and help, in order.
    const WORDS: &'static [(Self, &'static str, &'static str)];

    /// The words as a graph sees them.
    fn specs() -> Vec<ChoiceSpec> {
        let spec = |&(_, name, help): &(Self, &str, &str)| ChoiceSpec {
            name: name.into(),
            help: help.into(),
        };
        Self::WORDS.iter().map(spec).collect()
    }

    /// The variant of that word.
    fn from_word(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(_, name, _)| *name == word)
            .map(|(variant, ..)| *variant)
    }

    /// The word of this variant.
    fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(variant, ..)| *variant == self)
            .map_or("", |(_, name, _)| name)
    }
}
