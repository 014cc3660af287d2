//! `save.SaveText`.

use weft_node::{Context, Effect, Inputs, Node, Result, value::Saved};

/// Save a text.
///
/// In UTF-8, as it is: no line end is added. A path without an extension gets `.txt`. A list of texts needs `{index}`
/// in the path.
#[derive(Inputs)]
pub struct SaveText {
    /// Text to save.
    pub text: String,
    /// Where to, from the output folder; `{seed}`, `{item}`, `{index}`, `{node}` and `{any input of the graph}` are filled in.
    pub path: String,
}

impl Node for SaveText {
    const ID: &str = "save.SaveText";
    const EFFECT: Effect = Effect::Writes;
    type Output = Saved;

    fn run(self, context: &mut Context) -> Result<Saved> {
        context.save(&self.path, "txt", self.text.as_bytes())
    }
}
