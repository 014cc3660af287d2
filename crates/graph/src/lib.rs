//! RON text to Document to Graph, with diagnostics, formatting, diff and drawings.
