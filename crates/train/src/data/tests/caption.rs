//! Words, and the dice that choose them.

use std::collections::BTreeSet;

use super::small;
use crate::data::{Dice, STYLES, caption, thing};

#[test]
fn names_take_the_article_that_people_give_them() {
    let mut concept = small().concepts()[0].clone();
    let cases = [
        ("red apple", "a red apple"),
        ("orange", "an orange"),
        ("unicorn", "a unicorn"),
        ("UP! button", "an UP! button"),
        ("hourglass", "an hourglass"),
        ("bus", "a bus"),
        ("glass of milk", "a glass of milk"),
        ("grapes", "grapes"),
        ("women holding hands", "women holding hands"),
        ("woman lifting weights", "a woman lifting weights"),
        ("nest with eggs", "a nest with eggs"),
        ("people with bunny ears", "people with bunny ears"),
        ("bread", "bread"),
        ("man: red hair", "a man with red hair"),
        ("woman: bald", "a bald woman"),
        ("person: beard", "a person with a beard"),
        ("family: man, woman, boy", "a family of man, woman and boy"),
        (
            "person walking: facing right",
            "a person walking facing right",
        ),
        ("keycap: 5", "a keycap 5"),
        ("A button (blood type)", "an A button"),
        ("three o’clock", "a clock that shows three o'clock"),
        ("Japanese “here” button", "a Japanese \"here\" button"),
    ];
    for (label, expected) in cases {
        label.clone_into(&mut concept.label);
        assert_eq!(thing(&concept), expected);
    }
}

#[test]
fn captions_name_the_concept_and_the_style_in_many_ways() {
    let set = small();
    let (apple, style) = (&set.concepts()[0], &set.styles()[1]);
    let captions = |style, seed| {
        let mut dice = Dice::new(seed, 0);
        (0..400)
            .map(|_| caption(apple, style, &mut dice))
            .collect::<Vec<String>>()
    };
    let plain = captions(None, 1);
    assert!(
        plain.iter().all(|caption| caption.contains("red apple")),
        "{plain:?}"
    );
    assert!(plain.iter().any(|caption| caption.contains("fruit")));
    assert!(
        plain.iter().all(|caption| !caption.ends_with(", red")),
        "a tag that says nothing new"
    );
    let styled = captions(Some(style), 1);
    let words: Vec<&str> = style
        .phrases
        .iter()
        .map(|phrase| phrase.trim_start_matches("a "))
        .collect();
    assert!(styled.iter().all(|caption| caption.contains("red apple")));
    assert!(
        styled
            .iter()
            .all(|caption| words.iter().any(|words| caption.contains(words))),
        "{styled:?}"
    );
    assert!(
        plain
            .iter()
            .all(|caption| words.iter().all(|words| !caption.contains(words)))
    );
    let many = |captions: &[String]| captions.iter().collect::<BTreeSet<_>>().len();
    assert!(
        many(&plain) >= 8 && many(&styled) >= 30,
        "{} and {}",
        many(&plain),
        many(&styled)
    );
    assert_eq!(styled, captions(Some(style), 1));
    assert_ne!(styled, captions(Some(style), 2));
}

#[test]
fn every_style_has_words_of_its_own() {
    let phrases: Vec<&str> = STYLES
        .iter()
        .flat_map(|style| style.phrases)
        .copied()
        .collect();
    assert!(
        STYLES
            .iter()
            .all(|style| (3..=5).contains(&style.phrases.len()))
    );
    assert_eq!(phrases.iter().collect::<BTreeSet<_>>().len(), phrases.len());
}

#[test]
fn every_style_is_openly_licensed_and_credited() {
    let open = ["MIT", "Apache-2.0", "CC-BY-4.0"];
    for style in STYLES {
        assert!(
            open.contains(&style.licence) && style.credit.contains("opyright"),
            "{}",
            style.id
        );
    }
}

#[test]
fn dice_fall_alike_for_a_seed_and_evenly() {
    let row = |seed, stream| {
        let mut dice = Dice::new(seed, stream);
        (0..60_000).map(|_| dice.below(6)).collect::<Vec<_>>()
    };
    assert_eq!(row(1, 2), row(1, 2));
    assert_ne!(row(1, 2)[..20], row(2, 1)[..20]);
    for side in 0..6 {
        // 10,000 of each, and the deviation is 91.
        let count = row(1, 2).iter().filter(|thrown| **thrown == side).count();
        assert!(count.abs_diff(10_000) < 450, "{side} fell {count} times");
    }
    let mut dice = Dice::new(5, 0);
    assert_eq!((dice.below(0), dice.choice::<u8>(&[])), (0, None));
    let mut order: Vec<usize> = (0..50).collect();
    dice.shuffle(&mut order);
    assert!(!order.is_sorted());
    order.sort_unstable();
    assert!(order.into_iter().eq(0..50));
}
