//! The pack that reads pictures and text.
