//! Every sort of file that is not read: a clear error, and never a panic.

use burn::tensor::Device;

use super::{fixture, read};
use crate::codec::{CodecError, decode};

fn refusal(bytes: &[u8]) -> CodecError {
    decode(bytes, &Device::flex()).unwrap_err()
}

const FILES: [&str; 16] = [
    "rgb.png",
    "rgba_16.png",
    "palette_alpha.png",
    "bits_1.png",
    "orientation_6.png",
    "orientation_6.jpg",
    "progressive.jpg",
    "grey.jpg",
    "rgb.webp",
    "orientation_6.webp",
    "rgb_16.tiff",
    "rgb_float.tiff",
    "grey_float.tiff",
    "rgb.bmp",
    "rgb.ppm",
    "two_frames.gif",
];

#[test]
fn half_a_file_is_refused_by_name() {
    for name in FILES {
        let bytes = fixture(name);
        let error = refusal(&bytes[..bytes.len() / 2]);
        let format = read(name).format;
        // A WebP says how long it is, so one that is cut contradicts itself.
        match error {
            CodecError::Truncated { format: told } => assert_eq!(told, format, "{name}"),
            CodecError::Broken { format: told, .. } => {
                assert_eq!((told, format), ("WebP", "WebP"), "{name}")
            }
            error => panic!("{name}: {error:?}"),
        }
    }
}

#[test]
fn a_jpeg_is_refused_without_its_last_bytes() {
    let bytes = fixture("orientation_1.jpg");
    for missing in [1, 2, 3, 40] {
        let error = refusal(&bytes[..bytes.len() - missing]);
        assert_eq!(error, CodecError::Truncated { format: "JPEG" });
    }
}

#[test]
fn no_cut_and_no_changed_byte_panics() {
    for name in FILES {
        let mut bytes = fixture(name);
        for at in 0..bytes.len() {
            let _ = decode(&bytes[..at], &Device::flex());
            // The size in a header stays small enough for a test.
            bytes[at] ^= 0x15;
            let _ = decode(&bytes, &Device::flex());
            bytes[at] ^= 0x15;
        }
    }
}

#[test]
fn the_inks_of_a_printer_are_refused() {
    assert_eq!(
        refusal(&fixture("cmyk.jpg")),
        CodecError::Cmyk { format: "JPEG" }
    );
    assert_eq!(
        refusal(&fixture("cmyk.tiff")),
        CodecError::Cmyk { format: "TIFF" }
    );
    assert!(
        refusal(&fixture("cmyk.jpg"))
            .to_string()
            .contains("convert it to RGB")
    );
}

#[test]
fn sizes_that_no_picture_has_are_refused_before_memory_is_taken() {
    let error = refusal(&fixture("bomb.png"));
    assert_eq!(
        error,
        CodecError::TooLarge {
            width: 60000,
            height: 60000
        }
    );
    assert!(matches!(
        refusal(&fixture("zero.png")),
        CodecError::NoPixels { .. } | CodecError::Broken { .. }
    ));
}

#[test]
fn what_is_no_picture_is_named_with_a_cure() {
    let cases: [(&[u8], &str); 12] = [
        (b"", "empty"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00", "AVIF"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00", "video"),
        (b"8BPS\x00\x01", "Photoshop"),
        (b"\x80\x02}q\x00.", "pickle"),
        (b"\x06\x00\x00\x00\x00\x00\x00\x00{\"a\":1}", "safetensors"),
        (b"<!DOCTYPE html><html>", "web page"),
        (
            b"version https://git-lfs.github.com/spec/v1\n",
            "git lfs pull",
        ),
        (b"<?xml version=\"1.0\"?>\n<svg xmlns=\"", "SVG"),
        (b"%PDF-1.7", "PDF"),
        (b"dear diary", "PNG, JPEG, WebP"),
    ];
    for (bytes, word) in cases {
        let error = refusal(bytes).to_string();
        assert!(error.contains(word), "{word}: {error}");
        assert!(!error.ends_with('.'), "{error}");
    }
}
