//! The bytes of one file: what was written is read, and nothing else is.

use super::*;
use crate::samples::{image, key, text};

const COST: Duration = Duration::from_micros(1234);

#[test]
fn a_result_is_read_as_it_was_written() {
    let outputs = [image(3), AnyValue::new("words".to_owned())];
    let file = encode_result(&key(1), &outputs, COST).unwrap();
    let (head, body) = open(&file, &key(1)).unwrap();
    assert_eq!(head.cost, COST);
    assert_eq!(head.length, file.len() as u64);
    let read = decode_outputs(body).unwrap();
    let names: Vec<_> = read.iter().map(|output| output.type_name).collect();
    assert_eq!(names, ["Image", "Text"]);
    assert_eq!((read[0].is_on_host, read[1].is_on_host), (false, true));
}

#[test]
fn the_sort_tells_whether_a_receipt_may_be_inside() {
    let word = || AnyValue::new("word".to_owned());
    assert_eq!(Sort::of(&[image(1), image(1)]), Sort::Tensors);
    assert_eq!(Sort::of(&[word()]), Sort::Host);
    assert_eq!(Sort::of(&[]), Sort::Host);
    assert_eq!(Sort::of(&[image(1), word()]), Sort::Mixed);
    let images = AnyValue::list(image(1).type_name(), vec![image(1)]);
    assert_eq!(Sort::of(&[images]), Sort::Tensors);
}

#[test]
fn an_alias_is_read_as_it_was_written() {
    let file = encode_alias(&key(1), &key(2));
    assert_eq!(file.len(), ALIAS_BYTES);
    let (head, body) = open(&file, &key(1)).unwrap();
    assert_eq!(head.sort, Sort::Alias);
    assert_eq!(decode_alias(body), Some(key(2)));
}

#[test]
fn no_shorter_or_longer_file_is_taken_for_a_result() {
    let file = encode_result(&key(1), &text("some words"), COST).unwrap();
    for length in 0..file.len() {
        assert!(open(&file[..length], &key(1)).is_none(), "{length} bytes");
    }
    let longer = [&file[..], b"\0"].concat();
    assert!(open(&longer, &key(1)).is_none());
    assert!(open(&file, &key(1)).is_some());
}

#[test]
fn no_flipped_bit_goes_unnoticed() {
    for file in [
        encode_result(&key(1), &text("some words"), COST).unwrap(),
        encode_alias(&key(1), &key(2)),
    ] {
        for bit in 0..file.len() * 8 {
            let mut flipped = file.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&flipped, &key(1)).is_none(), "bit {bit}");
        }
    }
}

#[test]
fn a_file_under_the_name_of_another_key_is_refused() {
    let file = encode_result(&key(1), &text("some words"), COST).unwrap();
    assert!(open(&file, &key(2)).is_none());
}

#[test]
fn a_file_of_another_format_is_refused_even_if_its_hash_is_right() {
    let file = encode_result(&key(1), &text("some words"), COST).unwrap();
    let mut other = file[..file.len() - HASH_BYTES].to_vec();
    other[8] += 1;
    assert!(open(&seal(other), &key(1)).is_none());
}

#[test]
fn a_value_that_cannot_be_kept_makes_no_file() {
    struct Handle;
    impl Clone for Handle {
        fn clone(&self) -> Self {
            Self
        }
    }
    impl weft_value::Value for Handle {
        const TYPE: &'static str = "Handle";
    }
    let outputs = [AnyValue::new("word".to_owned()), AnyValue::new(Handle)];
    assert!(encode_result(&key(1), &outputs, COST).is_none());
}
