//! The pack of edge detectors.
