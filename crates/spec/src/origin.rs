//! Where something was written.

use std::{fmt, path::PathBuf, sync::Arc};

/// Bytes of a source text, from the first to one past the last.
pub type Span = std::ops::Range<usize>;

/// One text that a graph was read from.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as the user gave it, for messages.
    pub name: String,
    /// The folder that relative paths in this text start from.
    pub folder: PathBuf,
    /// The whole text.
    pub text: String,
}

/// Where something was written: a text and the bytes within it.
#[derive(Clone, PartialEq, Eq)]
pub struct Origin {
    /// The text.
    pub source: Arc<Source>,
    /// The bytes within the text.
    pub span: Span,
}

impl Origin {
    /// Line and column, both counted from one, the column in characters.
    pub fn line_column(&self) -> (usize, usize) {
        let before = self
            .source
            .text
            .get(..self.span.start)
            .unwrap_or(&self.source.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (
            before.matches('\n').count() + 1,
            before[line_start..].chars().count() + 1,
        )
    }
}

/// Writes `file:line:column`.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.line_column();
        write!(f, "{}:{line}:{column}", self.source.name)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({self})")
    }
}
