//! Texts with weights, in chunks.

use weft_testing::{assert_close, max_error, numbers};

use super::tiny::{text, tiny};

#[test]
fn a_weight_of_1_is_none_and_others_count() {
    let (_root, found) = tiny();
    let read = |words| text(&found.encoders, words).unwrap().tokens;
    let plain = read("a red cat");
    assert_eq!(plain.dims(), [1, 77, 32]);
    assert_close(&read("a (red:1.0) cat"), &plain, 1e-6);
    assert!(max_error(&read("a (red:1.5) cat"), &plain) > 0.01);
    // A weight of 0 is the empty text at that place.
    let nothing = read("");
    let gone = read("(a red cat:0)");
    assert_close(&gone.narrow(1, 1, 3), &nothing.narrow(1, 1, 3), 1e-5);
}

#[test]
fn long_texts_and_breaks_make_more_chunks() {
    let (_root, found) = tiny();
    let read = |words: &str| text(&found.encoders, words).unwrap();
    assert_eq!(read("a cat BREAK a dog").tokens.dims(), [1, 154, 32]);
    assert_eq!(read(&"cat ".repeat(76)).tokens.dims(), [1, 154, 32]);
    assert_eq!(read(&"cat ".repeat(75)).tokens.dims(), [1, 77, 32]);
    let first = read("a cat").tokens;
    let both = read("a cat BREAK a dog").tokens;
    assert_close(&both.narrow(1, 0, 77), &first, 1e-5);
}

#[test]
fn equal_texts_are_encoded_alike() {
    let (_root, found) = tiny();
    let read = |words| numbers(&text(&found.encoders, words).unwrap().tokens);
    assert_eq!(read("A  Cat"), read("a cat"));
    assert_ne!(read("a cat"), read("a dog"));
}
