//! The pack that writes pictures and text.
