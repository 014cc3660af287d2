//! TIFF with one float for each pixel, as depth maps are kept; `image` reads floats only of RGB.

use std::io::Cursor;

use image::metadata::Orientation;
use tiff::{
    ColorType, TiffError, TiffResult,
    decoder::{Decoder, DecodingResult},
    tags::{SampleFormat, Tag},
};

use super::{CodecError, decode::check_size, planes::Upright};

const NAME: &str = "TIFF";

/// The floats of a TIFF that has one for each pixel; `None` for any other.
///
/// # Errors
/// The picture is too large, or broken.
pub(super) fn read(bytes: &[u8]) -> Result<Option<(Vec<f32>, Upright)>, CodecError> {
    // What does not even open is told by the reader of all other sorts.
    let Ok(mut decoder) = Decoder::new(Cursor::new(bytes)) else {
        return Ok(None);
    };
    if !is_grey_float(&mut decoder).unwrap_or(false) {
        return Ok(None);
    }
    let (width, height) = decoder.dimensions().map_err(broken)?;
    check_size(width, height)?;
    let orientation = decoder
        .find_tag_unsigned(Tag::Orientation)
        .map_err(broken)?;
    let orientation = orientation
        .and_then(Orientation::from_exif)
        .unwrap_or(Orientation::NoTransforms);
    let DecodingResult::F32(samples) = decoder.read_image().map_err(broken)? else {
        return Ok(None);
    };
    let upright = Upright::new(width as usize, height as usize, orientation);
    if samples.len() != upright.width * upright.height {
        return Err(CodecError::Truncated { format: NAME });
    }
    Ok(Some((samples, upright)))
}

fn is_grey_float(decoder: &mut Decoder<Cursor<&[u8]>>) -> TiffResult<bool> {
    let formats = decoder.find_tag_unsigned_vec::<u16>(Tag::SampleFormat)?;
    let is_float = formats.is_some_and(|formats| formats == [SampleFormat::IEEEFP.to_u16()]);
    Ok(is_float && decoder.colortype()? == ColorType::Gray(32))
}

fn broken(error: TiffError) -> CodecError {
    match error {
        TiffError::IoError(_) => CodecError::Truncated { format: NAME },
        TiffError::LimitsExceeded => CodecError::Memory { format: NAME },
        error => CodecError::Broken {
            format: NAME,
            why: error.to_string(),
        },
    }
}
