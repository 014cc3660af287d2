//! Which format a picture is saved in, and under which name.

use weft_node::{Choice, Error, Result};
use weft_vision::codec::Format;

/// Format of a picture that is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum SaveFormat {
    /// That of the extension of the path, or PNG if it has none.
    FromPath,
    /// Without loss, 8 or 16 bits, carries the graph.
    Png,
    /// Small, with loss, without alpha.
    Jpeg,
    /// Without loss, smaller than PNG.
    Webp,
    /// Without loss and uncompressed, 8 or 16 bits.
    Tiff,
}

impl SaveFormat {
    fn named(self) -> Option<Format> {
        match self {
            Self::FromPath => None,
            Self::Png => Some(Format::Png),
            Self::Jpeg => Some(Format::Jpeg),
            Self::Webp => Some(Format::Webp),
            Self::Tiff => Some(Format::Tiff),
        }
    }
}

/// The format, and the path with an extension that tells it.
///
/// # Errors
/// The extension tells of another format, or of none that is written.
pub(crate) fn target(path: &str, format: SaveFormat) -> Result<(Format, String)> {
    let extension = extension(path);
    let told = extension.and_then(Format::from_extension);
    match (format.named(), told, extension) {
        (Some(named), Some(told), _) if named != told => {
            let message = format!(
                "is {}, but the path ends like a {}: {path}",
                named.name(),
                told.name()
            );
            Err(Error::input("format", message))
        }
        (_, Some(told), _) => Ok((told, path.to_owned())),
        (None, None, Some(unknown)) => {
            let cure = "end it in .png, .jpg, .webp or .tiff, or say `format`";
            Err(Error::input(
                "path",
                format!("no picture is written as .{unknown}; {cure}: {path}"),
            ))
        }
        (named, None, _) => {
            let format = named.unwrap_or_default();
            Ok((format, format!("{path}.{}", format.extension())))
        }
    }
}

/// What follows the last dot of the file's name. What is filled in for a `{name}` never is an extension, so
/// that a prompt with a full stop does not become one.
fn extension(path: &str) -> Option<&str> {
    let file = path.rsplit(['/', '\\']).next()?;
    let (stem, extension) = file.rsplit_once('.')?;
    let is_extension = !stem.is_empty() && !extension.is_empty() && !extension.contains(['{', '}']);
    is_extension.then_some(extension)
}
