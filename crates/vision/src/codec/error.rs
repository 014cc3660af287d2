//! Why bytes are no picture, or a picture cannot be written.

use thiserror::Error;

use super::MAX_PIXELS;

/// Why bytes are no picture, or a picture cannot be written: what, why, and the cure.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CodecError {
    /// There are no bytes.
    #[error("the file is empty; download or save it again")]
    Empty,
    /// The content is known, and is not read.
    #[error("the file is {what}, which is not read; {cure}")]
    Foreign {
        /// What it is, with its article.
        what: &'static str,
        /// What to do instead.
        cure: &'static str,
    },
    /// The content is nothing that is known.
    #[error(
        "the content of the file is no picture that is known; PNG, JPEG, WebP, TIFF, BMP, GIF and PNM are read"
    )]
    Unknown,
    /// The format is read, but not this sort of it.
    #[error(
        "this sort of {format} is not read: {why}; save it as PNG, or with 8 or 16 bits of grey or RGB"
    )]
    Unsupported {
        /// The format.
        format: &'static str,
        /// What is not read.
        why: String,
    },
    /// The colours are those of a printer.
    #[error(
        "the {format} is in CMYK, the inks of a printer, whose look depends on its profile; convert it to RGB in the program it comes from"
    )]
    Cmyk {
        /// The format.
        format: &'static str,
    },
    /// The file ends within the picture.
    #[error("the {format} ends before the picture is complete; download or copy it again")]
    Truncated {
        /// The format.
        format: &'static str,
    },
    /// The content contradicts itself.
    #[error("the {format} is broken: {why}; download or save it again")]
    Broken {
        /// The format.
        format: &'static str,
        /// What is wrong.
        why: String,
    },
    /// Width or height is zero.
    #[error("the picture has no pixels: it is {width} × {height}; give it at least one")]
    NoPixels {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
    },
    /// Above [`MAX_PIXELS`], or it needs more memory than a picture of that size may.
    #[error(
        "the picture is too large: {width} × {height} pixels, at most {MAX_PIXELS} in all are read; make it smaller"
    )]
    TooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// Reading it would take more memory than any picture that is read.
    #[error(
        "the {format} wants more memory than a picture of {MAX_PIXELS} pixels; it is broken or made to do harm"
    )]
    Memory {
        /// The format.
        format: &'static str,
    },
    /// A file holds one picture.
    #[error("this is a batch of {0} pictures and a file holds one; save them one by one")]
    Batch(usize),
    /// Channels that are no colours.
    #[error("a picture of {0} channels cannot be written; it has 1 (grey), 3 (RGB) or 4 (RGBA)")]
    Channels(usize),
    /// The format does not hold that many bits.
    #[error("{format} does not hold {bits} bits for each channel; {cure}")]
    Bits {
        /// The format.
        format: &'static str,
        /// Bits asked for.
        bits: u8,
        /// What holds them.
        cure: &'static str,
    },
    /// A quality outside 1..=100.
    #[error("quality {0} is not within 1..=100; 90 is good")]
    Quality(u8),
    /// The format has a limit on width and height.
    #[error(
        "{format} holds at most {limit} pixels a side, the picture is {width} × {height}; save it as PNG"
    )]
    TooLargeFor {
        /// The format.
        format: &'static str,
        /// Most pixels in width or height.
        limit: usize,
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
    },
    /// A text that a PNG cannot hold.
    #[error("a PNG cannot hold a text named `{0}`; a name has 1 to 79 Latin characters")]
    Text(String),
    /// The encoder failed.
    #[error("the picture cannot be written as {format}: {why}")]
    Unwritten {
        /// The format.
        format: &'static str,
        /// What it said.
        why: String,
    },
    /// The device did not give the pixels back.
    #[error("the device did not give the pixels back: {0}")]
    Unread(String),
}
