//! A data set that is drawn here, for the tests of what learns from one.

use crate::data::{Concept, DataSet, Head, STYLES, draw::packed};

/// `count` concepts in every style, as bars on clear ground: the concept sets the bar's place and length, the style
/// its colour.
pub(crate) fn sketched(count: usize, side: usize) -> DataSet {
    let concept = |number: usize| Concept {
        key: format!("{number:x}"),
        label: format!("thing {number}"),
        tags: vec![format!("tag {number}")],
        group: "objects".to_owned(),
        subgroup: "tool".to_owned(),
    };
    let mut head = Head {
        side,
        packages: Vec::new(),
        styles: STYLES
            .iter()
            .map(super::super::StyleSource::style)
            .collect(),
        concepts: (0..count).map(concept).collect(),
        pictures: Vec::new(),
        failures: Vec::new(),
    };
    let mut pngs = Vec::new();
    for concept in 0..count {
        for style in 0..head.styles.len() {
            let png = packed(&bar(concept, style, side), side).unwrap();
            head.pictures.push([concept, style, png.len()]);
            pngs.extend(png);
        }
    }
    DataSet::packed(head, pngs)
}

fn bar(concept: usize, style: usize, side: usize) -> Vec<u8> {
    let (first, length) = (2 + concept % 5, 3 + concept % 7);
    let color = [28 * style, 255 - 28 * style, 128].map(|value| value as u8);
    let pixel = |place: usize| {
        let (row, column) = (place / side, place % side);
        let inside = (first..first + length).contains(&row) && (3..side - 3).contains(&column);
        let [red, green, blue] = color;
        if inside {
            [red, green, blue, 255]
        } else {
            [0; 4]
        }
    };
    (0..side * side).flat_map(pixel).collect()
}
