//! `instruct.Instruction`.

use weft_node::{
    Context, Error, Facts, Inputs, Node, Place, Result,
    value::{
        self, List,
        instruction::{Fault, MARKERS, Marker, marker, markers},
    },
};

use crate::reference::{Known, Reference, bad_words, known, pictures, refused, too_many};

/// Say what to draw, in words that refer to pictures.
///
/// `[ref#1]` in the text stands for the first of `refs`, `[ref#2]` for the second, up to four. A reference is
/// `Image("a cat", Wire("cat"))`: a few words, and one picture or several of the same thing. Or it is
/// `Text("a rocket")`: then the words stand in the text, and the pictures are numbered anew. Without
/// references it is plain text to image. `DescribeInstruction` shows what a model will see.
///
/// ```ron
/// "ask": Instruction(
///     text: "Draw [ref#1] in the style of [ref#2].",
///     refs: [Text(Input("prompt")), Image("a drawing style", Wire("style"))],
/// ),
/// ```
#[derive(Inputs)]
pub struct Instruction {
    /// What to draw, with `[ref#1]` to `[ref#4]` where the references are meant.
    pub text: String,
    /// What the markers stand for, in the order of their numbers.
    pub refs: Option<List<Reference>>,
}

impl Node for Instruction {
    const ID: &str = "instruct.Instruction";
    type Output = value::Instruction;

    fn check(facts: &Facts<'_>) -> Result<()> {
        Error::all(mistakes(
            facts.get::<String>("text").as_deref(),
            known(facts).as_deref(),
        ))
    }

    fn run(self, _: &mut Context) -> Result<value::Instruction> {
        let references = self.refs.map_or_else(Vec::new, |List(refs)| refs);
        let known: Vec<_> = references.iter().map(Reference::to_known).collect();
        Error::all(mistakes(Some(&self.text), Some(&known)))?;
        let numbers = renumbered(&references);
        let text = resolved(&self.text, &references, &numbers);
        let pictures = pictures(&references, |place| numbers[place])?;
        value::Instruction::new(text, pictures).map_err(|faults| {
            let faults: Vec<_> = faults.into_iter().map(|fault| fault.message).collect();
            Error::input("text", faults.join("\n"))
        })
    }
}

/// Everything that is wrong, as far as text and references are known.
fn mistakes(text: Option<&str>, references: Option<&[Known]>) -> Vec<Error> {
    let mut mistakes = Vec::new();
    if let Some(text) = text {
        let is_referred = |number: u8| {
            references.is_none_or(|references| usize::from(number) <= references.len())
        };
        let faults = Fault::of_text(text, is_referred).into_iter();
        mistakes.extend(faults.map(in_text));
    }
    let references = references.unwrap_or_default();
    mistakes.extend(too_many(references.len()));
    for (place, reference) in references.iter().enumerate() {
        mistakes.extend(bad_words(place, reference));
    }
    mistakes.extend(
        text.into_iter()
            .flat_map(|text| unused(text, references.len())),
    );
    mistakes
}

/// References whose marker is not in the text; none while it is unclear what the text means.
fn unused(text: &str, references: usize) -> Vec<Error> {
    let (found, missed) = markers(text);
    if text.trim().is_empty() || !missed.is_empty() {
        return Vec::new();
    }
    let numbers = (1..=MARKERS).take(references);
    let unused = numbers.filter(|number| found.iter().all(|it| it.number != *number));
    unused
        .map(|number| refused(usize::from(number - 1), Fault::unused(number)))
        .collect()
}

fn in_text(fault: Fault) -> Error {
    match fault.place {
        value::instruction::Place::Text(span) => Error::At {
            input: "text",
            place: Place::Text(span),
            message: fault.message,
        },
        value::instruction::Place::Reference(place) => refused(place, fault.message),
    }
}

/// The marker of each reference once words stand in the text: pictures are counted from 1, as a model has
/// learnt them. Words have none.
fn renumbered(references: &[Reference]) -> Vec<u8> {
    let mut last = 0;
    let number = |reference: &Reference| match reference {
        Reference::Text(_) => 0,
        Reference::Image { .. } => {
            last += 1;
            last
        }
    };
    references.iter().map(number).collect()
}

/// The text with words in place of their markers, and the other markers numbered anew.
fn resolved(text: &str, references: &[Reference], numbers: &[u8]) -> String {
    let (found, _) = markers(text);
    let mut resolved = String::with_capacity(text.len());
    let mut written = 0;
    for Marker { number, span } in found {
        let place = usize::from(number - 1);
        resolved += &text[written..span.start];
        written = span.end;
        match &references[place] {
            Reference::Text(words) => resolved += words.trim(),
            Reference::Image { .. } => resolved += &marker(numbers[place]),
        }
    }
    resolved + &text[written..]
}
