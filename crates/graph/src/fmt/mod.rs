//! The canonical way to write a graph: one layout for every file, no comment lost, no meaning changed.

mod comments;
mod order;
mod print;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use weft_spec::Source;

use crate::{
    problem::{Problems, Report},
    text,
};

/// Writes a graph in its canonical form: four spaces a level, one node a line while it fits into 100 columns
/// and one input a line otherwise, each node after those it takes from. Every comment stays with its
/// neighbour, groups stay apart by one blank line, and unknown fields and kinds are kept.
///
/// # Errors
/// The text is not RON.
pub fn fmt(source: &Arc<Source>) -> Result<String, Problems> {
    let mut report = Report::default();
    let tokens = text::token::tokens(&source.text);
    let formatted = tokens.and_then(|tokens| {
        let tree = text::tree::parse(&source.text, &tokens)?;
        Ok(print::document(&source.text, &tokens, &tree))
    });
    match formatted {
        Ok(formatted) => Ok(formatted),
        Err(mistake) => {
            report.add_boxed(source, mistake);
            report.finish().map(|_| String::new())
        }
    }
}
