//! A multi-modal instruction: a text with markers, and the pictures that the markers stand for.
//!
//! The format is that of Instruct-Imagen (arXiv 2401.01952, section 3): a payload text such as
//! `Draw [ref#1] cat in the style of [ref#2] comic`, and an ordered context of a marker with a few words, and a
//! picture. Several pictures may stand under one marker. Without a context it is plain text to image.

mod check;
mod markers;
mod roles;
mod task;
mod templates;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use burn::tensor::Device;
use weft_tensor::Trouble;

pub use check::{Fault, LARGEST, Place, SMALLEST};
pub use markers::{MARKERS, Marker, NearMiss, label, marker, markers};
pub use task::{Role, Task};
pub use templates::{fill, role_words, templates};

use crate::{Decode, Digest, Encode, Hasher, Image, Malformed, Value};

/// One pair of the context: a marker with a few words, and one picture.
#[derive(Clone, Debug)]
pub struct Reference {
    /// 1 to [`MARKERS`].
    pub marker: u8,
    /// What it is, in a few words; may be empty.
    pub text: String,
    /// The picture.
    pub image: Image,
}

/// A text with markers and the pictures that they stand for; every marker has one, and every picture's
/// marker stands in the text.
#[derive(Clone, Debug)]
pub struct Instruction(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    text: String,
    references: Vec<Reference>,
}

impl Instruction {
    /// An instruction of this text and context. A batch of pictures becomes as many references.
    ///
    /// # Errors
    /// Everything that is wrong with it; see [`Fault`].
    pub fn new(text: impl Into<String>, references: Vec<Reference>) -> Result<Self, Vec<Fault>> {
        let text = text.into();
        let faults = check::faults(&text, &references);
        if faults.is_empty() {
            let references = references
                .into_iter()
                .flat_map(Reference::singles)
                .collect();
            Ok(Self(Arc::new(Parts { text, references })))
        } else {
            Err(faults)
        }
    }

    /// The text as it was written.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The context, in the order in which it was given; each picture is `[1, channels, height, width]`.
    pub fn references(&self) -> &[Reference] {
        &self.0.references
    }

    /// Whether there is no context: plain text to image.
    pub fn is_plain(&self) -> bool {
        self.0.references.is_empty()
    }

    /// The text as a model reads it: the words of a reference follow its marker, as in `[ref#1] cat`, where
    /// the author has not written them there.
    pub fn payload(&self) -> String {
        self.worded(true)
    }

    /// The text for a model that knows no markers: the words of each reference in place of its marker, where
    /// the author has not written them behind it.
    pub fn sentence(&self) -> String {
        self.worded(false).trim().to_owned()
    }

    fn worded(&self, keeps_markers: bool) -> String {
        let text = self.text();
        let (markers, _) = markers(text);
        let mut worded = String::with_capacity(text.len());
        let mut written = 0;
        for Marker { number, span } in markers {
            worded += &text[written..span.start];
            written = span.end;
            let words = self.words_of(number);
            let is_written = starts_with(text[span.end..].trim_start(), words);
            let words = Some(words).filter(|words| !words.is_empty() && !is_written);
            match (keeps_markers, words) {
                (true, Some(words)) => worded += &label(number, words),
                (true, None) => worded += &marker(number),
                (false, Some(words)) => worded += words,
                // Nothing stands there now, not even the space before it.
                (false, None) => worded.truncate(worded.trim_end().len()),
            }
        }
        worded + &text[written..]
    }

    /// The words of the first reference under that marker that has any.
    fn words_of(&self, number: u8) -> &str {
        let mut under = self.references().iter().filter(|it| it.marker == number);
        under
            .find(|it| !it.text.trim().is_empty())
            .map_or("", |it| it.text.trim())
    }
}

/// Whether `text` begins with the words, whatever their case.
fn starts_with(text: &str, words: &str) -> bool {
    text.get(..words.len())
        .is_some_and(|start| start.to_lowercase() == words.to_lowercase())
}

impl Reference {
    /// Marker and words, as a model reads them beside the picture: `[ref#1] cat`.
    pub fn label(&self) -> String {
        label(self.marker, &self.text)
    }

    /// One reference for each picture of the batch.
    fn singles(self) -> Vec<Self> {
        let single = |place| Self {
            image: Image::in_space(self.image.pixels().narrow(0, place, 1), self.image.space()),
            ..self.clone()
        };
        match self.image.batch() {
            1 => vec![self],
            batch => (0..batch).map(single).collect(),
        }
    }
}

impl Value for Instruction {
    const TYPE: &'static str = "Instruction";

    fn bytes(&self) -> u64 {
        let images = self.references().iter().map(|it| it.image.bytes());
        self.text().len() as u64 + images.sum::<u64>()
    }
    fn device(&self) -> Option<Device> {
        let image = self.references().first()?;
        Value::device(&image.image)
    }
    fn computed(&self) -> Result<(), Trouble> {
        let mut references = self.references().iter();
        references.try_for_each(|it| it.image.computed())
    }
    fn digest(&self) -> Option<Digest> {
        // With pictures it is known by its making, since tensors are not read back to be hashed.
        self.is_plain().then(|| {
            Hasher::new(Self::TYPE)
                .field(self.text().as_bytes())
                .finish()
        })
    }
    fn encode(&self) -> Option<Encode> {
        let mut out = Encode::default();
        out.bytes(self.text().as_bytes())
            .number(self.references().len() as u64);
        for Reference {
            marker,
            text,
            image,
        } in self.references()
        {
            out.number(u64::from(*marker))
                .bytes(text.as_bytes())
                .nested(&image.encode()?);
        }
        Some(out)
    }
    fn decode(from: &mut Decode<'_>, device: &Device) -> Result<Self, Malformed> {
        let text = String::decode(from, device)?;
        let mut references = Vec::new();
        for _ in 0..from.number()? {
            references.push(Reference {
                marker: u8::try_from(from.number()?).map_err(|_| Malformed)?,
                text: String::decode(from, device)?,
                image: Image::decode(&mut from.nested()?, device)?,
            });
        }
        Self::new(text, references).map_err(|_| Malformed)
    }
}
