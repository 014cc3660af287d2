//! `save.Preview`.

use weft_node::{
    Context, Effect, Inputs, Node, Result,
    value::{Image, Value},
};

/// Show a picture while the graph runs.
///
/// The host decides how: `weft run --previews DIR` writes it there, other hosts draw it. Nothing else is written. The
/// pictures of a batch are shown one by one.
#[derive(Inputs)]
pub struct Preview {
    /// Picture to show.
    pub image: Image,
}

/// How many pictures were shown. It is not kept on disk: a new run shows them again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown(pub usize);

impl Value for Shown {
    const TYPE: &'static str = "Shown";
}

impl Node for Preview {
    const ID: &str = "save.Preview";
    const EFFECT: Effect = Effect::Writes;
    type Output = Shown;

    fn run(self, context: &mut Context) -> Result<Shown> {
        let batch = self.image.batch();
        for index in 0..batch {
            let pixels = self.image.pixels().narrow(0, index, 1);
            context.preview(&Image::in_space(pixels, self.image.space()));
            context.step(index + 1, batch)?;
        }
        Ok(Shown(batch))
    }
}
