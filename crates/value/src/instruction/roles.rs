//! What a reference is for, by its words.

use super::{task::Role, templates::role_words};

/// What begins a closer description, behind which the role is not looked for.
const BEFORE: [&str; 8] = [
    " of ", " for ", " from ", " in ", " with ", " by ", " on ", " like ",
];

/// Pictures that lead a drawing and are of no role.
const OTHERS: [&str; 6] = [
    "depth map",
    "depth",
    "normal map",
    "pose map",
    "pose",
    "heat map",
];

impl Role {
    /// What a reference of these words is for: `a drawing style` is a style, `outline of a house` edges. Words
    /// that tell no role name the subject, as `cat` does. `None` for no words at all, and for pictures of
    /// another kind, such as a `depth map`.
    pub fn of(words: &str) -> Option<Self> {
        let words = words.trim().to_lowercase();
        let whole = words.trim_end_matches(|c: char| c.is_ascii_punctuation());
        let cuts = BEFORE.iter().filter_map(|before| whole.find(before));
        let head = &whole[..cuts.min().unwrap_or(whole.len())];
        let known = Self::ALL.into_iter();
        let known = known.flat_map(|role| role_words(role).iter().map(move |word| (role, *word)));
        let told = known.filter(|(_, word)| whole == *word || ends_with(head, word));
        let told = told.max_by_key(|(_, word)| word.len());
        match told {
            Some((role, _)) => Some(role),
            None if whole.is_empty() || OTHERS.iter().any(|word| ends_with(head, word)) => None,
            None => Some(Self::Subject),
        }
    }
}

/// Whether these are the last words of `text`.
fn ends_with(text: &str, words: &str) -> bool {
    text.strip_suffix(words)
        .is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || c == '-'))
}
