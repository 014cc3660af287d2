//! Parity with transformers (tests/fixtures/clip_tokens/make.py).

use super::{END, ROOM, START, Tokens, WORDS, framed};

#[derive(serde::Deserialize)]
struct Case {
    text: String,
    ids: Vec<u32>,
}

#[test]
fn every_text_has_the_tokens_that_transformers_gives() {
    let cases = include_str!("../../../tests/fixtures/clip_tokens/cases.json");
    let cases: Vec<Case> = serde_json::from_str(cases).unwrap();
    let tokens = Tokens::shipped().unwrap();
    assert!(cases.len() > 40);
    for Case { text, ids } in cases {
        assert_eq!(tokens.ids(&text).unwrap(), ids, "{text:?}");
    }
}

#[test]
fn a_text_is_framed_and_filled() {
    let tokens = Tokens::shipped().unwrap();
    let ids = tokens.ids("a cat").unwrap();
    let framed_ids = framed(&ids, END);
    assert_eq!(framed_ids[..4], [START, ids[0], ids[1], END]);
    assert_eq!(framed_ids.len(), ROOM + 2);
    assert!(framed_ids[4..].iter().all(|&id| id == END));
    assert_eq!(framed(&vec![7; 200], 0).len(), ROOM + 2);
    assert!((END as usize) < WORDS);
}

#[test]
fn words_stay_apart() {
    let words = Tokens::shipped()
        .unwrap()
        .words("it's unbelievablyish")
        .unwrap();
    assert_eq!(words.len(), 3);
    assert!(words[2].len() > 1);
}
