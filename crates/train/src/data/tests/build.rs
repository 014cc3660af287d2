//! From sources to concepts, joins and pixels.

use std::{fs, sync::Mutex};

use super::{
    small,
    sources::{Sources, options},
};
use crate::data::{DataError, DataSet, Options, STYLES, build};

fn labels(set: &DataSet) -> Vec<&str> {
    let labels = set.concepts().iter().map(|concept| concept.label.as_str());
    labels.collect()
}

#[test]
fn concepts_are_those_with_enough_styles_and_no_flags() {
    assert_eq!(labels(&small()), ["red apple", "index pointing right"]);
    let all = build(Sources::new().path(), &options(1), &|_, _| {}).unwrap();
    assert_eq!(
        labels(&all),
        ["red apple", "index pointing right", "direct hit"]
    );
    let apple = &all.concepts()[0];
    assert_eq!(apple.tags, ["fruit", "red"]);
    assert_eq!(
        [apple.key.as_str(), &apple.group, &apple.subgroup],
        ["1f34e", "food-drink", "food-fruit"]
    );
}

#[test]
fn names_join_by_short_code_and_without_punctuation() {
    let all = build(Sources::new().path(), &options(1), &|_, _| {}).unwrap();
    let cells: Vec<[usize; 2]> = all
        .pictures()
        .iter()
        .map(|picture| [picture.concept, picture.style])
        .collect();
    // The third concept is "directhit" in the set of names, and is not in the set of code points.
    assert_eq!(cells, [[0, 0], [0, 1], [1, 0], [1, 1], [2, 1]]);
    assert_eq!([all.find(2, 1), all.find(2, 0)], [Some(4), None]);
    assert_eq!(all.of_concept(1), 2..4);
}

#[test]
fn pictures_are_drawn_where_their_drawing_has_them() {
    let set = small();
    let side = set.side();
    let at = |rgba: &[u8], x: usize, y: usize| {
        <[u8; 4]>::try_from(&rgba[4 * (y * side + x)..][..4]).unwrap()
    };
    let apple = set.rgba(set.find(0, 0).unwrap()).unwrap();
    // A red square over the left upper quarter.
    assert_eq!(at(&apple, 5, 5), [255, 0, 0, 255]);
    assert_eq!(at(&apple, 40, 5), [0; 4]);
    // `currentColor` is black.
    let apple = set.rgba(set.find(0, 1).unwrap()).unwrap();
    assert_eq!(at(&apple, 5, 5), [0, 0, 0, 255]);
    // An alias that mirrors: the left quarter becomes the right one.
    let index = set.rgba(set.find(1, 0).unwrap()).unwrap();
    assert_eq!(
        [at(&index, 5, 5), at(&index, 60, 5)],
        [[0; 4], [0, 0, 255, 255]]
    );
    let both = set.rgba_of(&[0, 2]).unwrap();
    assert_eq!(both[both.len() / 2..], index);
}

#[test]
fn webp_is_made_small_without_a_dark_rim_and_only_within_the_foundrys_own() {
    let sources = Sources::new();
    let mut options = options(1);
    options.styles.insert(0, STYLES[0]);
    let set = build(sources.path(), &options, &|_, _| {}).unwrap();
    assert_eq!(
        set.pictures()
            .iter()
            .filter(|picture| picture.style == 0)
            .count(),
        1
    );
    let rgba = set.rgba(set.find(0, 0).unwrap()).unwrap();
    let rim: Vec<&[u8]> = rgba
        .chunks_exact(4)
        .filter(|pixel| (1..255).contains(&pixel[3]))
        .collect();
    assert!(!rim.is_empty() && rim.iter().all(|pixel| pixel[0] >= 253 && pixel[1] <= 2));
    // A picture of 96 by 48 lies in the middle of the square.
    let rows: Vec<usize> = (0..64)
        .filter(|row| rgba[4 * (row * 64 + 32) + 3] > 127)
        .collect();
    assert_eq!([rows[0], rows[rows.len() - 1]], [16, 47]);
}

#[test]
fn a_drawing_that_is_broken_or_empty_is_listed_and_costs_nothing_else() {
    let sources = Sources::new();
    let set = sources.path().join("@iconify-json/fxemoji/icons.json");
    let text = fs::read_to_string(&set).unwrap();
    fs::write(
        &set,
        text.replace("<path fill='currentColor' d='M0 0h32v32H0z'/>", "<path")
            .replace("M0 0h9v9H0z", ""),
    )
    .unwrap();
    let set = build(sources.path(), &options(1), &|_, _| {}).unwrap();
    let failed: Vec<[&str; 2]> = set
        .failures()
        .iter()
        .map(|failure| [failure.concept.as_str(), &failure.style])
        .collect();
    assert_eq!(failed, [["1f34e", "fxemoji"], ["1f3af", "fxemoji"]]);
    assert!(
        set.failures()[1].why.contains("empty"),
        "{}",
        set.failures()[1].why
    );
    assert_eq!(set.pictures().len(), 3);
}

#[test]
fn a_missing_package_and_a_wrong_file_are_said_with_their_cure() {
    let sources = Sources::new();
    let error = build(sources.path(), &Options::default(), &|_, _| {}).unwrap_err();
    assert!(
        matches!(&error, DataError::NoPackage { package, .. } if package == "@iconify-json/fluent-emoji-high-contrast")
    );
    assert!(error.to_string().contains("fetch_emoji.sh"));
    let error = build(sources.path(), &options(3), &|_, _| {}).unwrap_err();
    assert!(matches!(
        error,
        DataError::Nothing {
            fewest: 3,
            styles: 2,
            ..
        }
    ));
    fs::write(sources.path().join("emojibase-data/en/data.json"), "[{}]").unwrap();
    let error = build(sources.path(), &options(1), &|_, _| {}).unwrap_err();
    assert!(
        error.to_string().contains("label") && error.to_string().contains("data.json"),
        "{error}"
    );
}

#[test]
fn progress_hears_of_every_picture_once() {
    let heard = Mutex::new(Vec::new());
    let hear = |done, of| heard.lock().unwrap().push((done, of));
    build(Sources::new().path(), &options(1), &hear).unwrap();
    let mut heard = heard.into_inner().unwrap();
    heard.sort_unstable();
    assert_eq!(heard, [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]);
}

#[test]
fn a_side_that_no_picture_can_have_is_refused_before_anything_is_drawn() {
    for side in [0, 4097] {
        let options = Options { side, ..options(1) };
        let error = build(Sources::new().path(), &options, &|_, _| {}).unwrap_err();
        assert!(matches!(error, DataError::Side { .. }), "{error}");
    }
}
