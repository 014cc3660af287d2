//! `stable.LoadControlNet`.

use std::sync::Arc;

use burn::tensor::Device;
use weft_models::{
    WeightsError,
    stable::{self, Kind, control::Config, detect},
};
use weft_node::{Context, Effect, Facts, Inputs, Node, Result, value::File};

use crate::{
    ControlNet,
    control::CURE,
    single::named,
    source::{Source, glance},
};

/// Load a ControlNet.
///
/// A network (Zhang et al., 2023) by which a picture, such as a drawing of edges, leads a model of its family. From a
/// file of diffusers or of the paper's program. `ApplyControlNet` gives it the picture.
#[derive(Inputs)]
pub struct LoadControlNet {
    /// A safetensors file.
    pub file: File,
    /// Compute with half as many bits, off by some thousandths: bf16 on the CPU, faster where the processor has it; f16 on
    /// a graphics adapter, which halves its memory.
    #[input(default = false)]
    pub half: bool,
}

impl Node for LoadControlNet {
    const ID: &'static str = "stable.LoadControlNet";
    const EFFECT: Effect = Effect::Reads;
    type Output = ControlNet;

    fn check(facts: &Facts<'_>) -> Result<()> {
        let file = facts.get::<File>("file");
        file.map_or(Ok(()), |file| glance("file", &file))
    }

    fn run(self, _: &mut Context) -> Result<ControlNet> {
        let source = Source::open("file", &self.file)?;
        let config = match source.config() {
            Some(json) => Config::from_json(json)
                .map_err(|why| source.refused(&format!("{why}, by the config.json beside it")))?,
            None => source.read(&Device::flex(), CURE, derived)?,
        };
        Ok(ControlNet {
            source,
            config: Arc::new(config),
            half: self.half,
        })
    }
}

/// The sizes that the shapes and the family tell.
fn derived(file: stable::File<'_>) -> Result<Config, WeightsError> {
    let found = detect(file)?;
    let family = found
        .family
        .filter(|_| found.kinds.contains(&Kind::ControlNet));
    let family = family.ok_or_else(|| WeightsError::Config {
        network: "the ControlNet",
        why: format!("it is none, and holds {}", named(&found.kinds)),
    })?;
    Config::derived(file, &family.unsaid)
}
