//! What can be wrong with an instruction, and where.

use std::ops::Range;

use super::{
    Reference,
    markers::{MARKERS, marker, markers},
};

/// The smallest side of a picture in a context, in pixels.
pub const SMALLEST: usize = 8;

/// The largest side of a picture in a context, in pixels.
pub const LARGEST: usize = 8192;

/// Where something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// These bytes of the text.
    Text(Range<usize>),
    /// The reference at this place of the list, counted from 0.
    Reference(usize),
}

/// Something that is wrong with an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What is wrong, and the cure.
    pub message: String,
}

impl Fault {
    fn in_text(span: Range<usize>, message: String) -> Self {
        let place = Place::Text(span);
        Self { place, message }
    }

    fn in_reference(place: usize, message: String) -> Self {
        let place = Place::Reference(place);
        Self { place, message }
    }
}

/// Everything that is wrong with an instruction of these parts.
pub(super) fn faults(text: &str, references: &[Reference]) -> Vec<Fault> {
    let numbers: Vec<u8> = references.iter().map(|it| it.marker).collect();
    let mut faults = Fault::of_text(text, |number| numbers.contains(&number));
    let written: Vec<u8> = markers(text).0.iter().map(|it| it.number).collect();
    for (place, reference) in references.iter().enumerate() {
        let mistakes = [
            unmarked(reference.marker, &written),
            Fault::of_words(&reference.text),
            Fault::of_size(&reference.image),
        ];
        let mistakes = mistakes.into_iter().flatten();
        faults.extend(mistakes.map(|message| Fault::in_reference(place, message)));
    }
    faults
}

/// What is wrong with the marker of a reference, given those that the text has.
fn unmarked(number: u8, written: &[u8]) -> Option<String> {
    if !(1..=MARKERS).contains(&number) {
        return Some(format!(
            "reference {number} has no marker; an instruction has at most {MARKERS} references, \
             counted from 1"
        ));
    }
    let is_written = written.contains(&number);
    (!is_written).then(|| Fault::unused(number))
}

impl Fault {
    /// Everything that is wrong with the text of an instruction, where `is_referred` says which numbers have
    /// a reference.
    pub fn of_text(text: &str, is_referred: impl Fn(u8) -> bool) -> Vec<Self> {
        if text.trim().is_empty() {
            let message = "is empty; say what to draw, such as \"a cat\"".to_owned();
            return vec![Self::in_text(0..text.len(), message)];
        }
        let (found, missed) = markers(text);
        let missed = missed.into_iter();
        let mut faults: Vec<_> = missed
            .map(|miss| Self::in_text(miss.span, miss.message))
            .collect();
        let lonely = found.into_iter().filter(|it| !is_referred(it.number));
        faults.extend(lonely.map(|it| {
            let message = format!(
                "no reference goes with `{}`; add one, or take the marker out of the text",
                marker(it.number)
            );
            Self::in_text(it.span, message)
        }));
        faults.sort_by_key(|fault| match &fault.place {
            Place::Text(span) => span.start,
            Place::Reference(place) => *place,
        });
        faults
    }

    /// What to say of a reference whose marker is not in the text.
    pub fn unused(number: u8) -> String {
        format!(
            "the text has no `{}` for this reference; write it where the reference is meant, or leave the \
             reference out",
            marker(number)
        )
    }

    /// What is wrong with the words of a reference.
    pub fn of_words(words: &str) -> Option<String> {
        let (found, missed) = markers(words);
        let is_marked = !found.is_empty() || !missed.is_empty();
        is_marked.then(|| {
            format!("the words of a reference hold no marker; write only what it is: {words}")
        })
    }

    /// What is wrong with the size of a picture.
    pub fn of_size(image: &crate::Image) -> Option<String> {
        let (width, height) = (image.width(), image.height());
        if image.batch() == 0 {
            return Some("an empty batch shows nothing; give at least one picture".to_owned());
        }
        if width.min(height) < SMALLEST {
            return Some(format!(
                "a picture of {width}x{height} pixels shows nothing to refer to; give one of at least \
                 {SMALLEST}x{SMALLEST}"
            ));
        }
        (width.max(height) > LARGEST).then(|| {
            format!(
                "a picture of {width}x{height} pixels is too large to refer to; shrink it with `Resize` to at \
                 most {LARGEST} on each side"
            )
        })
    }
}
