//! The formats that are written.

use super::CodecError;

/// A format that is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Without loss, 8 or 16 bits, and it can carry texts.
    #[default]
    Png,
    /// Small, with loss, without alpha, 8 bits.
    Jpeg,
    /// Without loss, 8 bits, smaller than PNG. Grey is kept as RGB.
    Webp,
    /// Without loss and uncompressed, 8 or 16 bits.
    Tiff,
}

impl Format {
    /// Its name, as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Webp => "WebP",
            Self::Tiff => "TIFF",
        }
    }

    /// What its files end with, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Tiff => "tiff",
        }
    }

    /// The format of files that end with `extension`, in upper or lower case.
    pub fn from_extension(extension: &str) -> Option<Self> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "png" => Self::Png,
            "jpg" | "jpeg" => Self::Jpeg,
            "webp" => Self::Webp,
            "tif" | "tiff" => Self::Tiff,
            _ => return None,
        })
    }

    /// Whether it holds that many bits for each channel.
    ///
    /// # Errors
    /// It does not: what does.
    pub fn check_bits(self, bits: u8) -> Result<(), CodecError> {
        let cure = match (self, bits) {
            (_, 8) | (Self::Png | Self::Tiff, 16) => return Ok(()),
            (_, 16) => "take 8, or save as PNG or TIFF",
            (Self::Png | Self::Tiff, _) => "take 8 or 16",
            _ => "take 8",
        };
        Err(CodecError::Bits {
            format: self.name(),
            bits,
            cure,
        })
    }

    /// The most pixels a side, by the format's own rules.
    pub(super) fn side_limit(self) -> usize {
        match self {
            Self::Png | Self::Tiff => i32::MAX as usize,
            Self::Jpeg => 65535,
            Self::Webp => 16384,
        }
    }
}
