//! Bytes to a picture.

use std::{error::Error, io, io::Cursor};

use burn::tensor::{Device, TensorData};
use bytemuck::Pod;
use image::{
    ColorType, ExtendedColorType, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits,
};
use weft_tensor::uploaded;
use weft_value::Image;

use super::{
    CodecError, float_tiff, jpeg,
    planes::{Layout, Sample, Upright, spread},
    sniff::{Known, sniff},
};

/// The most pixels that are read, 16384 × 16384; as RGB they take 3 GiB of memory.
pub const MAX_PIXELS: u64 = 1 << 28;

/// The most memory a decoder may take: [`MAX_PIXELS`] of the widest pixels there are.
const MAX_BYTES: u64 = MAX_PIXELS * 16;

const GREY: Layout = Layout {
    samples: 1,
    channels: &[0],
};
const GREY_ALPHA: Layout = Layout {
    samples: 2,
    channels: &[0, 0, 0, 1],
};
const RGB: Layout = Layout {
    samples: 3,
    channels: &[0, 1, 2],
};
const RGBA: Layout = Layout {
    samples: 4,
    channels: &[0, 1, 2, 3],
};

/// A picture with what is known of the file it comes from.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The picture, upright. Grey has 1 channel, grey with alpha 4.
    pub image: Image,
    /// The name of the format.
    pub format: &'static str,
    /// Bits of each number in the file: 8, 16, or 32 for floats, which are taken as they are.
    pub bits: u8,
}

/// Reads the picture in `bytes` onto `device`: one of batch 1, 0..=1, alpha straight, turned as its
/// metadata says. Palettes and fewer than 8 bits are expanded; of several pictures the first is read.
///
/// # Errors
/// The bytes are no picture, one that is not read, broken, or above [`MAX_PIXELS`].
pub fn decode(bytes: &[u8], device: &Device) -> Result<Decoded, CodecError> {
    let known = sniff(bytes)?;
    match known.format {
        ImageFormat::Jpeg => jpeg::inspect(bytes)?,
        ImageFormat::Tiff => {
            if let Some((samples, upright)) = float_tiff::read(bytes)? {
                let image = planar(&samples, GREY, upright, device);
                return Ok(Decoded {
                    image,
                    format: known.name,
                    bits: 32,
                });
            }
        }
        _ => {}
    }
    let (image, bits) = read(bytes, known, device).map_err(|error| explain(error, known))?;
    Ok(Decoded {
        image,
        format: known.name,
        bits,
    })
}

/// Refuses sizes that no picture has.
pub(super) fn check_size(width: u32, height: u32) -> Result<(), CodecError> {
    if width == 0 || height == 0 {
        return Err(CodecError::NoPixels {
            width: width as usize,
            height: height as usize,
        });
    }
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(CodecError::TooLarge { width, height });
    }
    Ok(())
}

/// Why reading stopped: what the decoder found, or what was found of it.
enum Stop {
    Decoder(ImageError),
    Refused(CodecError),
}

impl From<ImageError> for Stop {
    fn from(error: ImageError) -> Self {
        Self::Decoder(error)
    }
}

impl From<CodecError> for Stop {
    fn from(error: CodecError) -> Self {
        Self::Refused(error)
    }
}

fn read(bytes: &[u8], known: Known, device: &Device) -> Result<(Image, u8), Stop> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), known.format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    if matches!(
        decoder.original_color_type(),
        ExtendedColorType::Cmyk8 | ExtendedColorType::Cmyk16
    ) {
        return Err(CodecError::Cmyk { format: known.name }.into());
    }
    let upright = Upright::new(width as usize, height as usize, decoder.orientation()?);
    let color = decoder.color_type();
    let (layout, bits) = layout(color).ok_or_else(|| CodecError::Unsupported {
        format: known.name,
        why: format!("pixels of type {color:?}"),
    })?;
    let image = match bits {
        8 => planar(&samples::<u8>(decoder)?, layout, upright, device),
        16 => planar(&samples::<u16>(decoder)?, layout, upright, device),
        _ => planar(&samples::<f32>(decoder)?, layout, upright, device),
    };
    Ok((image, bits))
}

/// How pixels of that type lie in a file, and the bits of each number.
fn layout(color: ColorType) -> Option<(Layout, u8)> {
    Some(match color {
        ColorType::L8 => (GREY, 8),
        ColorType::La8 => (GREY_ALPHA, 8),
        ColorType::Rgb8 => (RGB, 8),
        ColorType::Rgba8 => (RGBA, 8),
        ColorType::L16 => (GREY, 16),
        ColorType::La16 => (GREY_ALPHA, 16),
        ColorType::Rgb16 => (RGB, 16),
        ColorType::Rgba16 => (RGBA, 16),
        ColorType::Rgb32F => (RGB, 32),
        ColorType::Rgba32F => (RGBA, 32),
        _ => return None,
    })
}

/// Everything the decoder gives, as numbers of the machine.
fn samples<T: Sample + Pod>(decoder: impl ImageDecoder) -> Result<Vec<T>, Stop> {
    let count = usize::try_from(decoder.total_bytes()).unwrap_or(usize::MAX) / size_of::<T>();
    let mut samples = vec![T::zeroed(); count];
    decoder.read_image(bytemuck::cast_slice_mut(&mut samples))?;
    Ok(samples)
}

fn planar<T: Sample>(samples: &[T], layout: Layout, upright: Upright, device: &Device) -> Image {
    let planes = spread(samples, layout, upright);
    let shape = [1, layout.channels.len(), upright.height, upright.width];
    Image::new(uploaded(TensorData::new(planes, shape), device))
}

fn explain(stop: Stop, Known { name: format, .. }: Known) -> CodecError {
    let error = match stop {
        Stop::Refused(error) => return error,
        Stop::Decoder(error) => error,
    };
    match error {
        ImageError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            CodecError::Truncated { format }
        }
        ImageError::Unsupported(error) => CodecError::Unsupported {
            format,
            why: innermost(&error),
        },
        ImageError::Limits(_) => CodecError::Memory { format },
        error => match innermost(&error) {
            // Some decoders have only these words for it.
            why if why.contains("end of file") => CodecError::Truncated { format },
            why => CodecError::Broken { format, why },
        },
    }
}

/// The words of the last reason, in lower case and without a full stop.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let reasons = std::iter::successors(Some(error), |&error| error.source());
    let words = reasons.last().unwrap_or(error).to_string();
    words.trim_end_matches('.').to_lowercase()
}
