//! The texts in a PNG.

use burn::tensor::Device;

use super::{fixture, image};
use crate::codec::{CodecError, EncodeOptions, Format, decode, encode, read_text};

#[test]
fn texts_come_back_as_they_went_in() {
    let graph = "Graph(\n    // grüße, 世界\n)".repeat(200);
    let text = [
        ("weft.graph", graph.as_str()),
        ("weft.inputs", "{\"seed\": 7}"),
        ("empty", ""),
    ];
    let options = EncodeOptions {
        text: &text,
        ..EncodeOptions::default()
    };
    let bytes = encode(&image(vec![0.5; 12], [1, 3, 2, 2]), &options).unwrap();
    let wanted: Vec<_> = text
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into();
    assert_eq!(read_text(&bytes).unwrap(), wanted);
    assert!(decode(&bytes, &Device::flex()).is_ok());
}

#[test]
fn other_formats_carry_no_text() {
    let text = [("weft.graph", "Graph()")];
    let options = EncodeOptions {
        format: Format::Jpeg,
        text: &text,
        ..EncodeOptions::default()
    };
    let bytes = encode(&image(vec![0.5; 12], [1, 3, 2, 2]), &options).unwrap();
    assert_eq!(read_text(&bytes).unwrap(), []);
}

#[test]
fn a_name_that_a_png_cannot_hold_is_refused() {
    for name in ["", "世界", &"n".repeat(80)] {
        let text = [(name, "text")];
        let options = EncodeOptions {
            text: &text,
            ..EncodeOptions::default()
        };
        let error = encode(&image(vec![0.5], [1, 1, 1, 1]), &options).unwrap_err();
        assert_eq!(error, CodecError::Text(name.to_owned()));
    }
}

#[test]
fn a_text_that_unfolds_into_too_much_is_refused() {
    assert!(read_text(&fixture("text_bomb.png")).is_err());
    // The picture around it is whole.
    assert!(decode(&fixture("text_bomb.png"), &Device::flex()).is_ok());
}

#[test]
fn a_broken_png_is_an_error_and_not_a_lack_of_text() {
    let bytes = fixture("rgb.png");
    let error = read_text(&bytes[..bytes.len() / 2]).unwrap_err();
    assert_eq!(error, CodecError::Truncated { format: "PNG" });
}
