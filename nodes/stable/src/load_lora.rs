//! `stable.LoadLora`.

use burn::tensor::Device;
use weft_models::stable::{Kind, detect};
use weft_node::{Context, Effect, Facts, Inputs, Node, Outputs, Result, value::File};

use crate::{
    StableModel, TextEncoders,
    model::{Strong, lora},
    single::named,
    source::{Source, glance},
};

/// Add a LoRA to a model.
///
/// A LoRA (Hu et al., 2021) is a small difference that is added to the weights: a style, a person, a way to draw in
/// few steps. Several are added one after the other. At a strength of 0 nothing changes; below 0 it takes away what
/// it adds otherwise.
#[derive(Inputs)]
pub struct LoadLora {
    /// The model that it is added to.
    pub model: StableModel,
    /// The text encoders of that model.
    pub encoders: TextEncoders,
    /// A safetensors file of kohya's programs, peft or diffusers.
    pub file: File,
    /// How much of it is added to the model; 1 is as it was trained.
    #[input(default = 1.0, range = -10.0..=10.0)]
    pub strength: f32,
    /// How much of it is added to the text encoders; left out, as much as to the model.
    #[input(range = -10.0..=10.0)]
    pub text_strength: Option<f32>,
}

/// A model with a LoRA.
#[derive(Debug, Outputs)]
pub struct Adapted {
    /// The model.
    pub model: StableModel,
    /// Its text encoders.
    pub encoders: TextEncoders,
}

impl Node for LoadLora {
    const ID: &'static str = "stable.LoadLora";
    const EFFECT: Effect = Effect::Reads;
    type Output = Adapted;

    fn check(facts: &Facts<'_>) -> Result<()> {
        let file = facts.get::<File>("file");
        file.map_or(Ok(()), |file| glance("file", &file))
    }

    fn run(self, context: &mut Context) -> Result<Adapted> {
        let source = Source::open("file", &self.file)?;
        fits(&source, &self.model)?;
        // A file that is none is told of here, not where it is used.
        lora(&source, context)?;
        let strong = |strength| Strong {
            source: source.clone(),
            strength,
        };
        let (mut model, mut encoders) = (self.model, self.encoders);
        model.loras.push(strong(self.strength));
        let text = self.text_strength.unwrap_or(self.strength);
        encoders.loras.push(strong(text));
        Ok(Adapted { model, encoders })
    }
}

/// Refuses a LoRA of another family, where its shapes tell one.
fn fits(source: &Source, model: &StableModel) -> Result<()> {
    let found = source.read(&Device::flex(), "", |file| Ok(detect(file).ok()))?;
    let Some(found) = found else { return Ok(()) };
    if !found.kinds.contains(&Kind::Lora) {
        let why = format!("it is no LoRA, and holds {}", named(&found.kinds));
        return Err(source.refused(&why));
    }
    match found.family {
        Some(family) if family.context != model.config.context => {
            let why = format!(
                "the LoRA is for {}, and the model is {}; take one of that family",
                family.name, model.family
            );
            Err(source.refused(&why))
        }
        _ => Ok(()),
    }
}
