//! The texts that a PNG carries.

use std::io::Cursor;

use png::{Decoder, DecodingError};

use super::CodecError;

const NAME: &str = "PNG";
/// The most bytes of one text, so that a small file cannot unfold into all memory.
const MAX_TEXT: usize = 64 << 20;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The texts of a PNG by name, in the order of their sorts (tEXt, zTXt, iTXt); none for any other content.
/// The pixels are not read.
///
/// # Errors
/// The PNG is broken, or a text in it is.
pub fn read_text(bytes: &[u8]) -> Result<Vec<(String, String)>, CodecError> {
    if !bytes.starts_with(SIGNATURE) {
        return Ok(Vec::new());
    }
    texts(bytes).map_err(|error| match error {
        DecodingError::IoError(_) => CodecError::Truncated { format: NAME },
        DecodingError::LimitsExceeded => CodecError::Memory { format: NAME },
        error => CodecError::Broken {
            format: NAME,
            why: error.to_string(),
        },
    })
}

fn texts(bytes: &[u8]) -> Result<Vec<(String, String)>, DecodingError> {
    let mut reader = Decoder::new(Cursor::new(bytes)).read_info()?;
    // Texts may follow the pixels.
    reader.finish()?;
    let info = reader.info();
    let mut texts = Vec::new();
    for text in &info.uncompressed_latin1_text {
        texts.push((text.keyword.clone(), text.text.clone()));
    }
    for mut text in info.compressed_latin1_text.iter().cloned() {
        text.decompress_text_with_limit(MAX_TEXT)?;
        texts.push((text.keyword.clone(), text.get_text()?));
    }
    for mut text in info.utf8_text.iter().cloned() {
        text.decompress_text_with_limit(MAX_TEXT)?;
        texts.push((text.keyword.clone(), text.get_text()?));
    }
    Ok(texts)
}
