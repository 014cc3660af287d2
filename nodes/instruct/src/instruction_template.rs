//! `instruct.InstructionTemplate`.

use weft_node::{
    Context, Error, Facts, Inputs, Node, Result,
    value::{
        self, List, Seed,
        instruction::{Task, fill, role_words, templates},
    },
};

use crate::reference::{Known, Reference, bad_words, known, pictures, refused};

/// Word an instruction for a task, as those that a model has learnt from.
///
/// Takes one of more than thirty wordings by the seed, the same that models are trained with, and puts
/// caption and references into it. The references come in the order that the task names; leave their words
/// empty for the usual ones.
///
/// ```ron
/// "ask": InstructionTemplate(
///     task: StyleSubject,
///     caption: "a cat",
///     refs: [Image("cat", Wire("cat")), Image("", Wire("style"))],
///     seed: 7,
/// ),
/// ```
#[derive(Inputs)]
pub struct InstructionTemplate {
    /// What is asked for.
    #[input(default = Task::TextToImage)]
    pub task: Task,
    /// What the picture shows; empty for style transfer, which takes its content from a reference.
    pub caption: String,
    /// The pictures of the task, in its order.
    pub refs: Option<List<Reference>>,
    /// Which wording.
    #[input(default = 0)]
    pub seed: Seed,
}

impl Node for InstructionTemplate {
    const ID: &str = "instruct.InstructionTemplate";
    type Output = value::Instruction;

    fn check(facts: &Facts<'_>) -> Result<()> {
        let Some(task) = facts.get::<Task>("task") else {
            return Ok(());
        };
        Error::all(mistakes(
            task,
            facts.get::<String>("caption").as_deref(),
            known(facts).as_deref(),
        ))
    }

    fn run(self, _: &mut Context) -> Result<value::Instruction> {
        let references = self.refs.map_or_else(Vec::new, |List(refs)| refs);
        let known: Vec<_> = references.iter().map(Reference::to_known).collect();
        Error::all(mistakes(self.task, Some(&self.caption), Some(&known)))?;
        let words: Vec<_> = known
            .iter()
            .zip(self.task.roles())
            .map(|(reference, role)| match reference.text.as_deref() {
                Some("") | None => role_words(*role)[0],
                Some(text) => text,
            })
            .collect();
        let all = templates(self.task);
        let template = all[(self.seed.0 % all.len() as u64) as usize];
        let text = fill(template, &words, &self.caption)
            .map_err(|message| Error::input("caption", message))?;
        // A task has at most two references.
        let mut pictures = pictures(&references, |place| place as u8 + 1)?;
        for picture in &mut pictures {
            picture.text = words[usize::from(picture.marker - 1)].to_owned();
        }
        value::Instruction::new(text, pictures).map_err(|faults| {
            let faults: Vec<_> = faults.into_iter().map(|fault| fault.message).collect();
            Error::input("caption", faults.join("\n"))
        })
    }
}

/// Everything that is wrong, as far as caption and references are known.
fn mistakes(task: Task, caption: Option<&str>, references: Option<&[Known]>) -> Vec<Error> {
    let mut mistakes = Vec::new();
    mistakes.extend(caption.and_then(|caption| bad_caption(task, caption)));
    let roles = task.roles();
    let names: Vec<_> = roles
        .iter()
        .map(|role| role.name().to_lowercase())
        .collect();
    let Some(references) = references else {
        return mistakes;
    };
    if references.len() != roles.len() {
        let wanted = match names.as_slice() {
            [] => "takes no references".to_owned(),
            names => format!("takes {}: {}", names.len(), names.join(", then ")),
        };
        let message = format!("the task {wanted}; these are {}", references.len());
        mistakes.push(Error::input("refs", message));
    }
    for (place, reference) in references.iter().enumerate() {
        if !reference.is_image {
            let message = "a task refers to pictures; write `Image(text, images…)`".to_owned();
            mistakes.push(refused(place, message));
        }
        mistakes.extend(bad_words(place, reference));
    }
    mistakes
}

fn bad_caption(task: Task, caption: &str) -> Option<Error> {
    let is_empty = caption.trim().is_empty();
    let message = match (task.has_caption(), is_empty) {
        (true, true) => "is empty; say what the picture shows, such as \"a cat\"".to_owned(),
        (false, false) => {
            "style transfer takes none, since its content is a reference; write \"\"".to_owned()
        }
        _ => value::instruction::Fault::of_words(caption).map(|_| {
            "holds a marker; the wording puts the markers in, so leave them out".to_owned()
        })?,
    };
    Some(Error::input("caption", message))
}
