//! Pictures as files: bytes to [`Image`](weft_value::Image) and back.
//!
//! Formats are told by content, never by name. PNG, JPEG, WebP, TIFF, BMP, GIF and PNM are read, the first
//! picture of those that hold several; PNG, JPEG, WebP and TIFF are written. Numbers are taken to be
//! sRGB-encoded: embedded colour profiles are not applied.

mod decode;
mod encode;
mod error;
mod float_tiff;
mod format;
mod jpeg;
mod planes;
mod sniff;
mod text;
mod write;

#[cfg(test)]
mod tests;

pub use decode::{Decoded, MAX_PIXELS, decode};
pub use encode::{EncodeOptions, encode};
pub use error::CodecError;
pub use format::Format;
pub use sniff::is_picture;
pub use text::read_text;
