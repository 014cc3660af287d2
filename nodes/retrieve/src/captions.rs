//! What a picture in a folder is said to show.

use weft_node::{
    Error, Result,
    value::{File, Folder},
};

/// The most bytes of a caption.
const LONGEST: usize = 4096;

/// The caption of a picture: the text beside it, `cat.txt` for `cat.png`, or else its name with the signs
/// between words as spaces.
///
/// # Errors
/// The text beside it cannot be read, or is no text.
pub(crate) fn caption(picture: &File, folder: &Folder) -> Result<String> {
    let beside = picture.path().with_extension("txt");
    let Some(file) = folder.files().iter().find(|file| file.path() == beside) else {
        return Ok(spoken(&picture.stem()));
    };
    let bytes = file.read().map_err(Error::Io)?;
    let refused = |why: &str| Error::input("folder", format!("{why}: {}", beside.display()));
    if bytes.len() > LONGEST {
        return Err(refused("a caption has at most 4096 bytes; shorten it"));
    }
    let text =
        String::from_utf8(bytes).map_err(|_| refused("a caption is not UTF-8; save it so"))?;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(if text.is_empty() {
        spoken(&picture.stem())
    } else {
        text
    })
}

/// A file name as words: `red_apple-2` is `red apple 2`.
fn spoken(stem: &str) -> String {
    let words = stem.split(|c: char| c.is_whitespace() || "_-.+".contains(c));
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}
