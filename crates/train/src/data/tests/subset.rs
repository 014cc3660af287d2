//! A part of a data set holds what was asked for and nothing else.

use super::small;
use crate::data::DataSet;

#[test]
fn a_part_has_the_same_pixels_words_and_splits() {
    let whole = small();
    let part = whole.subset(&[3, 1, 3]);
    assert_eq!(part.pictures().len(), 2);
    for (at, from) in [(0, 1), (1, 3)] {
        assert_eq!(part.rgba(at).unwrap(), whole.rgba(from).unwrap());
        assert_eq!(part.split(at), whole.split(from));
        let [small, large] = [(&part, at), (&whole, from)].map(|(set, at)| {
            let picture = &set.pictures()[at];
            let style = &set.styles()[picture.style];
            (set.concepts()[picture.concept].clone(), style.clone())
        });
        assert_eq!(small, large);
        let picture = &part.pictures()[at];
        assert_eq!(part.find(picture.concept, picture.style), Some(at));
    }
}

#[test]
fn concepts_without_a_picture_are_left_out_and_all_of_it_is_all_of_it() {
    let whole = small();
    let one = whole.subset(&[0]);
    assert_eq!(one.concepts().len(), 1);
    assert_eq!(one.styles(), whole.styles());
    let all: Vec<usize> = (0..whole.pictures().len()).collect();
    assert_eq!(whole.subset(&all).hash(), whole.hash());
}

#[test]
fn a_part_is_read_from_memory_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("part");
    let part = small().subset(&[0, 2]);
    part.save(&path).unwrap();
    let read = DataSet::of_bytes(std::fs::read(&path).unwrap(), &path).unwrap();
    assert_eq!(read.hash(), part.hash());
    assert_eq!(read.rgba(1).unwrap(), part.rgba(1).unwrap());
}
