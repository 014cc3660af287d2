//! What is asked for can be answered, and its answer was never learnt from.

use std::collections::BTreeSet;

use weft_train::{data::Split, stages::View};
use weft_value::{
    Image,
    instruction::{Instruction, Reference, Role, Task},
};

use crate::{held_out, part, samples, targets};

#[test]
fn targets_are_held_out_and_references_of_known_concepts_are_learnt_from() {
    let data = held_out().unwrap();
    for task in Task::ALL {
        for sample in samples(&data, task, Split::HeldCell, 24) {
            assert_eq!(data.split(sample.scene.target), Split::HeldCell);
            for (glimpse, role) in sample.scene.references.iter().zip(task.roles()) {
                let of = |it: usize| (data.pictures()[it].concept, data.pictures()[it].style);
                let (target, shown) = (of(sample.scene.target), of(glimpse.picture));
                match role {
                    Role::Edge | Role::Mask => assert_eq!(glimpse.picture, sample.scene.target),
                    Role::Style => assert!(shown.1 == target.1 && shown.0 != target.0),
                    Role::Content => assert!(shown.0 == target.0 && shown.1 != target.1),
                    Role::Subject => {
                        let second = sample.second.filter(|_| glimpse.marker == 2);
                        assert_eq!(shown.0, second.map_or(target.0, |it| of(it).0));
                    }
                }
                if glimpse.view == View::Picture {
                    assert_eq!(data.split(glimpse.picture), Split::Train, "{task:?}");
                }
            }
        }
    }
}

#[test]
fn instructions_are_valid_and_name_the_style_only_where_no_picture_shows_it() {
    let data = held_out().unwrap();
    for (task, split) in Task::ALL
        .into_iter()
        .flat_map(|task| [Split::HeldCell, Split::HeldConcept].map(|split| (task, split)))
    {
        for sample in samples(&data, task, split, 12) {
            let reference = |it: &weft_train::stages::Glimpse| Reference {
                marker: it.marker,
                // The model is told the marker too.
                text: it.text.split_once(' ').unwrap().1.to_owned(),
                image: Image::new(burn::tensor::Tensor::zeros(
                    [1, 3, 16, 16],
                    &burn::tensor::Device::flex(),
                )),
            };
            let references = sample.scene.references.iter().map(reference).collect();
            let text = sample.scene.text.as_str();
            assert!(Instruction::new(text, references).is_ok(), "{text}");
            let style = &data.styles()[data.pictures()[sample.scene.target].style];
            let says = |phrase: &String| {
                let bare = phrase.strip_prefix("a ").or(phrase.strip_prefix("an "));
                sample.caption.contains(bare.unwrap_or(phrase))
            };
            let is_told = !task.roles().contains(&Role::Style) && task != Task::TwoSubjects;
            assert_eq!(style.phrases.iter().any(says), is_told, "{task:?}: {text}");
            assert_eq!(sample.caption.is_empty(), task == Task::StyleTransfer);
        }
    }
}

#[test]
fn every_style_comes_before_any_comes_again_and_a_part_asks_for_the_same() {
    let data = held_out().unwrap();
    let found = targets(&data, Split::HeldCell);
    let styles: BTreeSet<usize> = found
        .iter()
        .take(9)
        .map(|&it| data.pictures()[it].style)
        .collect();
    assert_eq!(styles.len(), 9);
    let small = data.subset(&part(&data, 2));
    let name = |data: &weft_train::data::DataSet, it: usize| {
        let picture = &data.pictures()[it];
        (data.concepts()[picture.concept].key.clone(), picture.style)
    };
    let first = |data: &weft_train::data::DataSet| -> Vec<_> {
        let targets = targets(data, Split::HeldCell);
        targets
            .into_iter()
            .take(18)
            .map(|it| name(data, it))
            .collect()
    };
    assert_eq!(first(&small), first(&data));
    assert!(small.pictures().len() < data.pictures().len());
}

#[test]
fn two_subjects_are_of_two_groups() {
    let data = held_out().unwrap();
    let samples = samples(&data, Task::TwoSubjects, Split::HeldCell, 20);
    assert!(samples.len() >= 15, "{} of 20", samples.len());
    for sample in samples {
        let group = |it: usize| &data.concepts()[data.pictures()[it].concept].group;
        let second = sample.second.unwrap();
        assert_ne!(group(sample.scene.target), group(second));
        assert_eq!(sample.scene.references.len(), 2);
        assert!(sample.caption.contains(" and "), "{}", sample.caption);
    }
}
