//! The derives of weft-node.
