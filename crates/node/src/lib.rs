//! What the author of a node imports.
