//! A picture to bytes.

use burn::tensor::Tensor;
use rayon::prelude::{IndexedParallelIterator, ParallelIterator, ParallelSliceMut};
use weft_tensor::floats;
use weft_value::{ColorSpace, Image};

use super::{CodecError, Format, write::Pixels};
use crate::color::{in_space, on_white};

/// How a picture is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EncodeOptions<'a> {
    /// The format.
    pub format: Format,
    /// Bits for each channel: 8, or 16 for PNG and TIFF.
    pub bits: u8,
    /// For JPEG, 1 to 100; the others lose nothing.
    pub quality: u8,
    /// Texts by name that a PNG carries; the others carry none.
    pub text: &'a [(&'a str, &'a str)],
}

impl Default for EncodeOptions<'_> {
    fn default() -> Self {
        Self {
            format: Format::default(),
            bits: 8,
            quality: 90,
            text: &[],
        }
    }
}

/// Writes one picture as sRGB. Values are clipped to 0..=1 and rounded to the nearest number there is; what
/// is no number becomes 0. Grey stays grey. A JPEG has no alpha: the picture is laid on white, blended in
/// sRGB as browsers do.
///
/// # Errors
/// A batch of several, a size or depth that the format does not hold, or a device that does not answer.
pub fn encode(image: &Image, options: &EncodeOptions<'_>) -> Result<Vec<u8>, CodecError> {
    check(image, options)?;
    let pixels = in_space(image, ColorSpace::Srgb).into_pixels();
    let pixels = match options.format {
        // Only here: where nothing is blended, the writing clips.
        Format::Jpeg if pixels.dims()[1] == 4 => on_white(pixels.clamp(0.0, 1.0)),
        _ => pixels,
    };
    let [_, channels, height, width] = pixels.dims();
    let planes = host(pixels)?;
    let wide = |value: f32| (value * 65535.0 + 0.5) as u16;
    let bytes = match (options.bits, options.format) {
        (8, _) => interleave(&planes, channels, width, |value| {
            [(value * 255.0 + 0.5) as u8]
        }),
        (_, Format::Png) => interleave(&planes, channels, width, |value| wide(value).to_be_bytes()),
        _ => interleave(&planes, channels, width, |value| wide(value).to_ne_bytes()),
    };
    let pixels = Pixels {
        bytes,
        channels,
        height: height as u32,
        width: width as u32,
    };
    pixels.write(options)
}

fn check(image: &Image, options: &EncodeOptions<'_>) -> Result<(), CodecError> {
    let [batch, channels, height, width] = image.dims();
    let (format, limit) = (options.format, options.format.side_limit());
    if height == 0 || width == 0 {
        return Err(CodecError::NoPixels { width, height });
    }
    if batch != 1 {
        return Err(CodecError::Batch(batch));
    }
    if !matches!(channels, 1 | 3 | 4) {
        return Err(CodecError::Channels(channels));
    }
    if height > limit || width > limit {
        return Err(CodecError::TooLargeFor {
            format: format.name(),
            limit,
            width,
            height,
        });
    }
    if !(1..=100).contains(&options.quality) {
        return Err(CodecError::Quality(options.quality));
    }
    if let Some((name, _)) = options.text.iter().find(|(name, _)| !is_text_name(name)) {
        return Err(CodecError::Text((*name).to_owned()));
    }
    format.check_bits(options.bits)
}

/// Whether a PNG holds a text of that name: 1 to 79 characters of Latin-1 that can be printed.
fn is_text_name(name: &str) -> bool {
    (1..=79).contains(&name.chars().count()) && name.chars().all(|c| c <= 'ÿ' && !c.is_control())
}

/// The numbers, in the memory of the host.
fn host(pixels: Tensor<4>) -> Result<Vec<f32>, CodecError> {
    floats(pixels).map_err(CodecError::Unread)
}

/// Planes to pixels, each number as the bytes of `write`. Its cast from float clips, and makes 0 of what
/// is no number.
fn interleave<const N: usize>(
    planes: &[f32],
    channels: usize,
    width: usize,
    write: impl Fn(f32) -> [u8; N] + Sync,
) -> Vec<u8> {
    let plane = planes.len() / channels;
    let mut bytes = vec![0; planes.len() * N];
    let rows = bytes.par_chunks_mut(width * channels * N).enumerate();
    rows.for_each(|(y, row)| {
        for channel in 0..channels {
            let from = &planes[channel * plane + y * width..][..width];
            let to = row.chunks_exact_mut(N).skip(channel).step_by(channels);
            for (to, &value) in to.zip(from) {
                to.copy_from_slice(&write(value));
            }
        }
    });
    bytes
}
