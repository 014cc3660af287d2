//! What bytes are, told by their first few.

use std::path::Path;

use image::ImageFormat;

use super::CodecError;

/// A format that is read, and its name.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) format: ImageFormat,
    pub(super) name: &'static str,
}

/// Content that people meet where they expect a picture.
struct Foreign {
    at: usize,
    magic: &'static [u8],
    what: &'static str,
    is_picture: bool,
    cure: &'static str,
}

const SAVE: &str = "save it as PNG, JPEG, WebP or TIFF";
const CHOOSE: &str = "choose a picture";

const fn picture(at: usize, magic: &'static [u8], what: &'static str) -> Foreign {
    Foreign {
        at,
        magic,
        what,
        is_picture: true,
        cure: SAVE,
    }
}

const fn other(magic: &'static [u8], what: &'static str, cure: &'static str) -> Foreign {
    Foreign {
        at: 0,
        magic,
        what,
        is_picture: false,
        cure,
    }
}

const FOREIGN: &[Foreign] = &[
    picture(4, b"ftyphei", "a HEIC photograph"),
    picture(4, b"ftyphev", "a HEIC photograph"),
    picture(4, b"ftypmif1", "a HEIC photograph"),
    picture(4, b"ftypmsf1", "a HEIC photograph"),
    picture(4, b"ftypavi", "an AVIF picture"),
    picture(4, b"ftypcrx", "a raw photograph (CR3)"),
    picture(0, b"8BPS", "a Photoshop document"),
    picture(0, b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"),
    picture(0, b"\xff\x0a", "a JPEG XL picture"),
    picture(0, b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"),
    picture(0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    picture(0, b"\x76\x2f\x31\x01", "an OpenEXR picture"),
    picture(0, b"#?RADIANCE", "a Radiance HDR picture"),
    picture(0, b"gimp xcf", "a GIMP document"),
    picture(0, b"DDS ", "a DDS texture"),
    picture(0, b"qoif", "a QOI picture"),
    picture(0, b"farbfeld", "a farbfeld picture"),
    picture(0, b"\x00\x00\x01\x00", "a Windows icon"),
    picture(0, b"icns", "an Apple icon"),
    picture(0, b"<svg", "an SVG drawing"),
    other(b"%PDF", "a PDF document", "export its page as PNG"),
    other(
        b"version https://git-lfs",
        "a Git LFS pointer",
        "fetch the real file with `git lfs pull`",
    ),
    other(
        b"<!doctype html",
        "a web page",
        "the download went wrong: download the picture itself",
    ),
    other(
        b"<html",
        "a web page",
        "the download went wrong: download the picture itself",
    ),
    other(
        b"PK\x03\x04",
        "a zip archive (PyTorch weights and office documents are too)",
        CHOOSE,
    ),
    other(
        b"\x80\x02",
        "a Python pickle (old PyTorch weights are too)",
        CHOOSE,
    ),
    other(b"\x80\x03", "a Python pickle", CHOOSE),
    other(b"\x80\x04", "a Python pickle", CHOOSE),
    other(b"\x80\x05", "a Python pickle", CHOOSE),
    other(b"\x93NUMPY", "a NumPy array", CHOOSE),
    other(b"GGUF", "GGUF weights", CHOOSE),
    other(b"\x1f\x8b", "a gzip archive", "unpack it first"),
    other(b"\x1aE\xdf\xa3", "a video", "save one frame of it as PNG"),
];

/// The format of `bytes`, if it is one that is read.
///
/// # Errors
/// What the bytes are instead.
pub(super) fn sniff(bytes: &[u8]) -> Result<Known, CodecError> {
    if bytes.is_empty() {
        return Err(CodecError::Empty);
    }
    if let Some(known) = image::guess_format(bytes).ok().and_then(known) {
        return Ok(known);
    }
    Err(match foreign(bytes) {
        Some(foreign) => CodecError::Foreign {
            what: foreign.what,
            cure: foreign.cure,
        },
        None if is_safetensors(bytes) => CodecError::Foreign {
            what: "safetensors weights",
            cure: CHOOSE,
        },
        None if is_video(bytes) => CodecError::Foreign {
            what: "a video",
            cure: "save one frame of it as PNG",
        },
        None => CodecError::Unknown,
    })
}

fn known(format: ImageFormat) -> Option<Known> {
    let name = match format {
        ImageFormat::Png => "PNG",
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::WebP => "WebP",
        ImageFormat::Tiff => "TIFF",
        ImageFormat::Bmp => "BMP",
        ImageFormat::Gif => "GIF",
        ImageFormat::Pnm => "PNM",
        _ => return None,
    };
    Some(Known { format, name })
}

fn foreign(bytes: &[u8]) -> Option<&'static Foreign> {
    let matches = |foreign: &&Foreign| {
        let end = foreign.at + foreign.magic.len();
        bytes
            .get(foreign.at..end)
            .is_some_and(|found| found.eq_ignore_ascii_case(foreign.magic))
    };
    // An SVG may begin with an XML declaration and a comment.
    let is_xml_svg =
        || bytes.starts_with(b"<?xml") && bytes.windows(4).take(2048).any(|tag| tag == b"<svg");
    FOREIGN.iter().find(matches).or_else(|| {
        is_xml_svg()
            .then(|| FOREIGN.iter().find(|foreign| foreign.magic == b"<svg"))
            .flatten()
    })
}

fn is_safetensors(bytes: &[u8]) -> bool {
    bytes.get(8..10) == Some(b"{\"")
}

fn is_video(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp")
}

const EXTENSIONS: &[&str] = &[
    "png", "apng", "jpg", "jpeg", "jpe", "jfif", "webp", "tif", "tiff", "bmp", "dib", "gif", "pbm",
    "pgm", "ppm", "pnm", "pam", "heic", "heif", "avif", "jxl", "psd", "exr",
];

/// Whether a file is, or by its name means to be, a picture; also one that cannot be read.
///
/// A folder of pictures holds notes and sidecars that may be passed over; a broken picture may not.
pub fn is_picture(name: &Path, bytes: &[u8]) -> bool {
    let extension = name
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    let is_named_so = EXTENSIONS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(extension));
    // Two letters are too few to tell a PNM, a bitmap or a bare JPEG XL from a text.
    let tells = |bytes: &[u8]| {
        !bytes.starts_with(b"P") && !bytes.starts_with(b"BM") && !bytes.starts_with(b"\xff\x0a")
    };
    let is_content = || match sniff(bytes) {
        Ok(_) => tells(bytes),
        Err(_) => tells(bytes) && foreign(bytes).is_some_and(|foreign| foreign.is_picture),
    };
    is_named_so || is_content()
}
