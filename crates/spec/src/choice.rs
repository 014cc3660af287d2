//! One of a fixed set of words.

use crate::{ChoiceSpec, Literal};

/// One of a fixed set of words; `#[derive(Choice)]` on an enum makes it a value too.
pub trait Choice: Copy + PartialEq + Send + Sync + 'static {
    /// The name of the enum, which is that of the type of value.
    const NAME: &'static str;

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

    /// The variant of a word as it is written.
    ///
    /// # Errors
    /// A sentence on why it is none.
    fn from_literal_word(literal: &Literal) -> Result<Self, String> {
        let word = match literal {
            Literal::Name(word) => word.as_str(),
            _ => "",
        };
        let lack = || format!("{literal} is not one of the words of {}", Self::NAME);
        Self::from_word(word).ok_or_else(lack)
    }

    /// The word of this variant.
    fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(variant, ..)| *variant == self)
            .map_or("", |(_, name, _)| name)
    }
}
