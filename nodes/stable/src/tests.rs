//! The nodes as a host sees them, on tiny networks.
