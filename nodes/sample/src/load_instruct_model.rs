//! `sample.LoadInstructModel`.

use weft_node::{Context, Effect, Facts, Inputs, Node, Result, value::File};

use crate::InstructModel;

/// Load a model that follows instructions.
///
/// A U-Net after Instruct-Imagen (arXiv 2401.01952), its autoencoder and its text encoder. `SampleInstruct` takes
/// the shipped model by itself; this node is for weights of one's own, as `weft train` writes them. Files that are
/// cut off, or hold other weights, are refused before anything is drawn.
#[derive(Inputs)]
pub struct LoadInstructModel {
    /// Weights of the U-Net, a safetensors file; left out, the shipped ones.
    pub model: Option<File>,
    /// Weights of the autoencoder that the U-Net was trained with; left out, the shipped ones.
    pub autoencoder: Option<File>,
}

impl Node for LoadInstructModel {
    const ID: &'static str = "sample.LoadInstructModel";
    const EFFECT: Effect = Effect::Reads;
    type Output = InstructModel;

    fn check(facts: &Facts<'_>) -> Result<()> {
        InstructModel::test(
            facts.get::<File>("model").as_ref(),
            facts.get::<File>("autoencoder").as_ref(),
        )
    }

    fn run(self, context: &mut Context) -> Result<InstructModel> {
        InstructModel::load(context, self.model.as_ref(), self.autoencoder.as_ref())
    }
}
