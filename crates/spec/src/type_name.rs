//! The name of a value type; the set of types is open, so a name is all the graph layer knows of one.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

/// The name of a value type, such as `Image` or `List<Image>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TypeName(Cow<'static, str>);

impl TypeName {
    /// A name known when the program is built.
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The list type whose elements are of this type.
    #[must_use]
    pub fn list(&self) -> Self {
        Self(Cow::Owned(format!("List<{}>", self.0)))
    }

    /// The element type, if this is a list type.
    #[must_use]
    pub fn element(&self) -> Option<Self> {
        let inner = self.0.strip_prefix("List<")?.strip_suffix('>')?;
        Some(Self(Cow::Owned(inner.to_owned())))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for TypeName {
    fn from(name: String) -> Self {
        Self(Cow::Owned(name))
    }
}

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
