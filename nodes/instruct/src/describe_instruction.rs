//! `instruct.DescribeInstruction`.

use std::fmt::Write;

use weft_node::{
    Context, Inputs, Node, Result,
    value::{self, instruction::MARKERS},
};

/// Tell what a model will see of an instruction.
///
/// The text with the words of each reference behind its marker, then one line for each picture in the order
/// in which a model takes them: marker, words, size and channels; and which markers are free.
#[derive(Inputs)]
pub struct DescribeInstruction {
    /// Instruction to describe.
    pub instruction: value::Instruction,
}

impl Node for DescribeInstruction {
    const ID: &str = "instruct.DescribeInstruction";
    type Output = String;

    fn run(self, _: &mut Context) -> Result<String> {
        let instruction = self.instruction;
        let mut text = format!("{}\n", instruction.payload());
        if instruction.is_plain() {
            return Ok(text + "\nno references: plain text to image\n");
        }
        let references = instruction.references();
        let count = references.len();
        let _ = writeln!(
            text,
            "\n{count} {}",
            if count == 1 { "picture" } else { "pictures" }
        );
        for (place, reference) in references.iter().enumerate() {
            let image = &reference.image;
            let (width, height) = (image.width(), image.height());
            let kind = match image.channels() {
                1 => "grey",
                4 => "colour with alpha",
                _ => "colour",
            };
            let label = reference.label();
            let _ = writeln!(text, "{}. {label}: {width}x{height}, {kind}", place + 1);
        }
        let is_used = |number: &u8| references.iter().any(|it| it.marker == *number);
        let free: Vec<_> = (1..=MARKERS)
            .filter(|number| !is_used(number))
            .map(value::instruction::marker)
            .collect();
        if !free.is_empty() {
            let _ = writeln!(text, "unused: {}", free.join(", "));
        }
        Ok(text)
    }
}
