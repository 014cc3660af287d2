//! What the author of a plugin imports.
