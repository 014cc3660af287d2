//! What an instruction holds, what it refuses, and how it is worded.

use std::collections::HashSet;

use burn::tensor::{Device, Tensor};

use super::{
    Fault, Instruction, MARKERS, Place, Reference, Role, Task, fill, marker, markers, role_words,
    templates,
};
use crate::{Decode, Image, Value};

fn picture(batch: usize, (height, width): (usize, usize), gray: f32) -> Image {
    Image::new(Tensor::full(
        [batch, 3, height, width],
        gray,
        &Device::flex(),
    ))
}

fn reference(marker: u8, text: &str) -> Reference {
    Reference {
        marker,
        text: text.to_owned(),
        image: picture(1, (16, 16), 0.5),
    }
}

/// The parts of the text that are at fault, and the messages.
fn told(text: &str, references: Vec<Reference>) -> Vec<(String, String)> {
    let faults = Instruction::new(text, references).unwrap_err();
    let shown = |place: &Place| match place {
        Place::Text(span) => text[span.clone()].to_owned(),
        Place::Reference(at) => format!("#{at}"),
    };
    faults
        .iter()
        .map(|Fault { place, message }| (shown(place), message.clone()))
        .collect()
}

#[test]
fn markers_are_found_at_their_bytes() {
    let text = "Zeichne [ref#2] im Stil von [ref#1]. Größe wie [ref#2]!";
    let (found, missed) = markers(text);
    assert!(missed.is_empty());
    let numbers: Vec<_> = found.iter().map(|it| it.number).collect();
    assert_eq!(numbers, [2, 1, 2]);
    for it in found {
        assert_eq!(&text[it.span], marker(it.number));
    }
}

#[test]
fn what_was_meant_as_a_marker_is_told_what_to_write() {
    let cases = [
        ("[ref 1]", "write `[ref#1]`"),
        ("[ref1]", "write `[ref#1]`"),
        ("[Ref#2]", "write `[ref#2]`"),
        ("[ref #3]", "write `[ref#3]`"),
        ("[ ref#3 ]", "write `[ref#3]`"),
        ("[ref-4]", "write `[ref#4]`"),
        ("[ref#04]", "write `[ref#4]`"),
        ("[reference 2]", "write `[ref#2]`"),
        ("ref#2", "write `[ref#2]`"),
        ("[ref#2", "write `[ref#2]`"),
        ("[ref#]", "does not say which reference"),
        ("[ref]", "does not say which reference"),
        ("[ref#0]", "counted from 1"),
        ("[ref#5]", "beyond the last marker"),
        ("[ref#99999999999999999999]", "beyond the last marker"),
    ];
    for (written, said) in cases {
        let text = format!("Ähnlich wie {written} here");
        let (found, missed) = markers(&text);
        assert!(found.is_empty(), "{written}");
        assert_eq!(missed.len(), 1, "{written}");
        assert_eq!(&text[missed[0].span.clone()], written);
        assert!(missed[0].message.contains(said), "{}", missed[0].message);
    }
}

#[test]
fn prose_is_no_marker() {
    for text in [
        "a referee on the pitch",
        "[refined] sugar",
        "the reference 1 of the list",
        "ref",
        "[references]",
        "pref#1",
        "äref 1",
        "[re",
    ] {
        assert_eq!(markers(text), (Vec::new(), Vec::new()), "{text}");
    }
}

#[test]
fn every_marker_has_a_picture_and_every_picture_a_marker() {
    let told = told(
        "Draw [ref#1] beside [ref#3].",
        vec![reference(1, "cat"), reference(2, "dog")],
    );
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0].0, "[ref#3]");
    assert!(told[0].1.contains("no reference goes with `[ref#3]`"));
    assert_eq!(told[1].0, "#1");
    assert!(told[1].1.contains("the text has no `[ref#2]`"));
}

#[test]
fn a_fifth_reference_is_refused() {
    let all = "[ref#1] [ref#2] [ref#3] [ref#4]";
    let four: Vec<_> = (1..=MARKERS)
        .map(|number| reference(number, "it"))
        .collect();
    assert!(Instruction::new(all, four.clone()).is_ok());
    let five = four.into_iter().chain([reference(5, "it")]).collect();
    let told = told(all, five);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, "#4");
    assert!(told[0].1.contains("at most 4"), "{}", told[0].1);
}

#[test]
fn a_text_without_words_is_refused() {
    for text in ["", "  \n\t "] {
        assert!(told(text, Vec::new())[0].1.contains("is empty"));
    }
}

#[test]
fn pictures_too_small_or_too_large_are_refused_with_their_size() {
    let sized = |size| Reference {
        image: picture(1, size, 0.5),
        ..reference(1, "cat")
    };
    let said = |size| told("[ref#1]", vec![sized(size)])[0].1.clone();
    assert!(said((1, 1)).contains("a picture of 1x1 pixels"));
    assert!(said((7, 64)).contains("at least 8x8"));
    assert!(said((8, 8193)).contains("a picture of 8193x8 pixels is too large"));
    assert!(said((8193, 8)).contains("`Resize`"));
    for size in [(8, 8), (8, 8192)] {
        assert!(Instruction::new("[ref#1]", vec![sized(size)]).is_ok());
    }
}

#[test]
fn several_pictures_may_stand_under_one_marker() {
    let two = Reference {
        image: picture(2, (8, 8), 0.5),
        ..reference(1, "dog")
    };
    let instruction = Instruction::new("Draw [ref#1].", vec![two, reference(1, "dog")]).unwrap();
    assert_eq!(instruction.references().len(), 3);
    assert!(
        instruction
            .references()
            .iter()
            .all(|it| it.image.batch() == 1 && it.marker == 1)
    );
}

#[test]
fn words_follow_their_marker_once() {
    let of = |text: &str| {
        let references = vec![reference(1, "tabby cat"), reference(2, "")];
        Instruction::new(text, references).unwrap().payload()
    };
    assert_eq!(
        of("Draw [ref#1] like [ref#2]."),
        "Draw [ref#1] tabby cat like [ref#2]."
    );
    assert_eq!(
        of("Draw [ref#1] Tabby cat and [ref#1] like [ref#2]"),
        "Draw [ref#1] Tabby cat and [ref#1] tabby cat like [ref#2]"
    );
}

#[test]
fn an_instruction_comes_back_from_disk_as_it_was() {
    let given = vec![reference(2, "Stil, größer"), reference(1, "")];
    let instruction = Instruction::new("[ref#1] [ref#2]", given).unwrap();
    let bytes = instruction.encode().unwrap();
    let mut from = Decode::new(bytes.as_bytes());
    let read = Instruction::decode(&mut from, &Device::flex()).unwrap();
    from.end().unwrap();
    assert_eq!(read.text(), instruction.text());
    assert_eq!(read.encode(), Some(bytes.clone()));
    for length in 0..bytes.as_bytes().len() {
        let mut short = Decode::new(&bytes.as_bytes()[..length]);
        assert!(Instruction::decode(&mut short, &Device::flex()).is_err());
    }
}

#[test]
fn a_plain_instruction_is_known_by_its_text() {
    let digest = |text: &str| Instruction::new(text, Vec::new()).unwrap().digest();
    assert!(digest("a cat").is_some());
    assert_eq!(digest("a cat"), digest("a cat"));
    assert_ne!(digest("a cat"), digest("a dog"));
    let with_picture = Instruction::new("[ref#1]", vec![reference(1, "")]).unwrap();
    assert_eq!(with_picture.digest(), None);
}

#[test]
fn every_task_has_thirty_wordings_and_no_two_alike() {
    for task in Task::ALL {
        let all = templates(task);
        assert!(all.len() >= 30, "{task:?} has {}", all.len());
        let different: HashSet<_> = all.iter().map(|it| it.to_lowercase()).collect();
        assert_eq!(different.len(), all.len(), "{task:?}");
    }
    for role in Role::ALL {
        assert!(role_words(role).len() >= 5, "{role:?}");
    }
}

#[test]
fn every_wording_names_each_reference_once_and_the_caption_if_there_is_one() {
    for task in Task::ALL {
        for template in templates(task) {
            for number in 1..=task.roles().len() {
                let count = template.matches(&format!("{{{number}}}")).count();
                assert_eq!(count, 1, "{task:?}: {template}");
            }
            let captions = template.matches("{caption}").count();
            assert_eq!(captions, usize::from(task.has_caption()), "{template}");
            let names = template.matches('{').count();
            assert_eq!(names, task.roles().len() + captions, "{template}");
        }
    }
}

#[test]
fn a_filled_template_is_a_valid_instruction() {
    for task in Task::ALL {
        let words: Vec<_> = task
            .roles()
            .iter()
            .map(|role| role_words(*role)[0])
            .collect();
        for template in templates(task) {
            let text = fill(template, &words, "a {1} red apple").unwrap();
            let references = words
                .iter()
                .zip(1..)
                .map(|(words, at)| reference(at, words));
            let instruction = Instruction::new(text.as_str(), references.collect()).unwrap();
            assert_eq!(instruction.payload(), text, "the words are there already");
        }
    }
}

#[test]
fn filling_puts_markers_words_and_caption_in_their_places() {
    let filled = fill(
        "Draw {2} like {1}: {caption}",
        &["comic", ""],
        " a {1} cat ",
    );
    assert_eq!(
        filled.as_deref(),
        Ok("Draw [ref#2] like [ref#1] comic: a {1} cat")
    );
}

#[test]
fn a_template_that_is_given_too_little_says_so() {
    assert!(
        fill("{1}", &[], "a cat")
            .unwrap_err()
            .contains("no reference 1")
    );
    assert!(
        fill("{0}", &["it"], "a cat")
            .unwrap_err()
            .contains("no reference 0")
    );
    assert!(
        fill("{caption}", &[], " ")
            .unwrap_err()
            .contains("no caption")
    );
    assert!(fill("{1", &["it"], "").unwrap_err().contains("not closed"));
}

#[test]
fn a_role_is_known_by_the_last_words() {
    for role in Role::ALL {
        for words in role_words(role) {
            assert_eq!(Role::of(words), Some(role), "{words}");
        }
    }
    for (words, role) in [
        ("the Edge Map of a house in comic style", Some(Role::Edge)),
        ("Canny edges.", Some(Role::Edge)),
        ("object mask", Some(Role::Mask)),
        ("Symbolism style", Some(Role::Style)),
        ("style of the old masters", Some(Role::Style)),
        ("source picture", Some(Role::Content)),
        ("cat", Some(Role::Subject)),
        ("vase with an outline", Some(Role::Subject)),
        ("freestyle", Some(Role::Subject)),
        ("depth map", None),
        ("the pose of a dancer", None),
        (" ", None),
    ] {
        assert_eq!(Role::of(words), role, "{words}");
    }
}

#[test]
fn a_sentence_has_words_in_place_of_markers() {
    let text = "[ref#1] on a hill, in [ref#2], by [ref#3]. [ref#2] Comic style!";
    let references = vec![
        reference(1, "a red cat"),
        reference(2, "comic style"),
        reference(3, ""),
    ];
    let instruction = Instruction::new(text, references).unwrap();
    assert_eq!(
        instruction.sentence(),
        "a red cat on a hill, in comic style, by. Comic style!"
    );
    let plain = Instruction::new("a cat", Vec::new()).unwrap();
    assert_eq!(plain.sentence(), "a cat");
}
