//! The markers of a JPEG. Its decoder fills what is missing with grey and turns inks into colours without
//! their profile; both are found here before it runs.

use super::CodecError;

const NAME: &str = "JPEG";

/// Walks the segments of a JPEG from the first marker to the last.
///
/// # Errors
/// It is in CMYK, or ends before its end marker.
pub(super) fn inspect(bytes: &[u8]) -> Result<(), CodecError> {
    let mut rest = bytes;
    loop {
        rest = after_next_marker(rest)?;
        let (&marker, segment) = rest.split_first().ok_or(TRUNCATED)?;
        rest = match marker {
            0xd9 => return Ok(()),
            0x01 | 0xd0..=0xd8 => segment,
            _ => {
                let (body, after) = split_body(segment)?;
                if is_frame(marker) && body.get(5) == Some(&4) {
                    return Err(CodecError::Cmyk { format: NAME });
                }
                after
            }
        };
    }
}

const TRUNCATED: CodecError = CodecError::Truncated { format: NAME };

/// What follows the next 0xff that begins a marker: within compressed data 0xff 0x00 is a number, and
/// markers may be preceded by any count of 0xff.
fn after_next_marker(bytes: &[u8]) -> Result<&[u8], CodecError> {
    let is_marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xff);
    let at = bytes.windows(2).position(is_marker).ok_or(TRUNCATED)?;
    Ok(&bytes[at + 1..])
}

/// The body of a segment, and what follows it; its length counts its own two bytes.
fn split_body(segment: &[u8]) -> Result<(&[u8], &[u8]), CodecError> {
    let (length, rest) = segment.split_first_chunk::<2>().ok_or(TRUNCATED)?;
    let length = usize::from(u16::from_be_bytes(*length)).saturating_sub(2);
    rest.split_at_checked(length).ok_or(TRUNCATED)
}

/// Whether the marker begins a frame header: precision, height, width, count of components.
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}
