//! `retrieve.LoadIndex`.

use weft_node::{Context, Effect, Error, Inputs, Node, Result, value::File};

use crate::{file, index::RetrievalIndex};

/// Read an index of pictures from a file.
///
/// The file carries the hash of its content; a damaged one is refused.
#[derive(Inputs)]
pub struct LoadIndex {
    /// File that `SaveIndex` wrote.
    pub path: File,
}

impl Node for LoadIndex {
    const ID: &str = "retrieve.LoadIndex";
    const EFFECT: Effect = Effect::Reads;
    type Output = RetrievalIndex;

    fn run(self, _: &mut Context) -> Result<RetrievalIndex> {
        let bytes = self.path.read().map_err(Error::Io)?;
        file::read(&bytes).map_err(|message| {
            let path = self.path.path().display();
            Error::input("path", format!("{message}: {path}"))
        })
    }
}
