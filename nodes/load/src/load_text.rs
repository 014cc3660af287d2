//! `load.LoadText`.

use weft_node::{Context, Effect, Error, Inputs, Node, Result, value::File};

use crate::read::read;

/// Read a text.
///
/// The file is in UTF-8; a byte order mark at its start is dropped, everything else stays as it is, line ends too.
#[derive(Inputs)]
pub struct LoadText {
    /// File to read.
    pub path: File,
}

impl Node for LoadText {
    const ID: &str = "load.LoadText";
    const EFFECT: Effect = Effect::Reads;
    type Output = String;

    fn run(self, _: &mut Context) -> Result<String> {
        let bytes = read(&self.path)?;
        text(bytes)
            .map_err(|why| Error::input("path", format!("{why}: {}", self.path.path().display())))
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The text in `bytes`, or why they are none.
fn text(mut bytes: Vec<u8>) -> Result<String, String> {
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err("the text is in UTF-16; save it as UTF-8".to_owned());
    }
    if bytes.contains(&0) {
        return Err(
            "the file is no text, it contains zero bytes; choose a text in UTF-8".to_owned(),
        );
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|&&byte| byte == b'\n').count();
        format!("line {line} of the text is not in UTF-8, perhaps in Latin-1; save it as UTF-8")
    })
}
