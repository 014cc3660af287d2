//! What a plugin brings, as RON text.

use std::fmt;

use ron::{Options, extensions::Extensions};
use serde::{Deserialize, Serialize};
use weft_spec::NodeSpec;

/// What a plugin brings; it crosses as RON text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Described {
    /// `vendor.pack`.
    pub id: String,
    /// The version of the plugin, as semver text.
    pub version: String,
    /// Its nodes; the place of each is what `weft.run` is told.
    pub nodes: Vec<NodeSpec>,
}

/// A description that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribeError(String);

impl fmt::Display for DescribeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the description cannot be read: {}", self.0)
    }
}

impl std::error::Error for DescribeError {}

fn options() -> Options {
    Options::default().with_default_extension(Extensions::IMPLICIT_SOME)
}

impl Described {
    /// Reads the text that [`crate::plugin::Describe`] wrote.
    ///
    /// # Errors
    /// It is no such text; the message has line and column.
    pub fn read(text: &str) -> Result<Self, DescribeError> {
        let read = options().from_str(text);
        read.map_err(|error: ron::error::SpannedError| DescribeError(error.to_string()))
    }

    /// The text.
    ///
    /// # Errors
    /// A number in it has no spelling.
    pub fn write(&self) -> Result<String, DescribeError> {
        let written = options().to_string(self);
        written.map_err(|error| DescribeError(error.to_string()))
    }
}
