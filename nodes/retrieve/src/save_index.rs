//! `retrieve.SaveIndex`.

use weft_node::{Context, Effect, Inputs, Node, Result, value::Saved};

use crate::{file, index::RetrievalIndex};

/// Save an index of pictures.
///
/// One file with texts, vectors and the small copies of the pictures. A path without an extension gets
/// `.index`.
#[derive(Inputs)]
pub struct SaveIndex {
    /// Index to save.
    pub index: RetrievalIndex,
    /// Where to, from the output folder; `{seed}`, `{item}`, `{index}`, `{node}` and `{any input of the graph}` are filled in.
    pub path: String,
}

impl Node for SaveIndex {
    const ID: &str = "retrieve.SaveIndex";
    const EFFECT: Effect = Effect::Writes;
    type Output = Saved;

    fn run(self, context: &mut Context) -> Result<Saved> {
        context.save(&self.path, file::EXTENSION, &file::bytes(&self.index))
    }
}
