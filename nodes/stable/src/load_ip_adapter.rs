//! `stable.LoadIpAdapter`.

use std::sync::Arc;

use burn::tensor::Device;
use weft_models::stable::{adapter::Adapter, clip_image::Config};
use weft_node::{Context, Effect, Facts, Inputs, Node, Result, value::File};

use crate::{
    IpAdapter,
    pictures::{CURE, ENCODER},
    source::{Source, glance},
};

/// Load an IP-Adapter and the image encoder that it was trained with.
///
/// A network (Ye et al., 2023) by which a model attends to pictures as it does to text; plain ones and those with a
/// resampler ("plus"). `EncodeImage` shows it pictures, `ApplyIpAdapter` gives them to the model.
#[derive(Inputs)]
pub struct LoadIpAdapter {
    /// The adapter, a safetensors file.
    pub file: File,
    /// The image encoder of CLIP, a safetensors file of transformers.
    pub encoder: File,
    /// Compute in bf16: faster where the processor has it, and off by some thousandths.
    #[input(default = false)]
    pub half: bool,
}

impl Node for LoadIpAdapter {
    const ID: &'static str = "stable.LoadIpAdapter";
    const EFFECT: Effect = Effect::Reads;
    type Output = IpAdapter;

    fn check(facts: &Facts<'_>) -> Result<()> {
        for input in ["file", "encoder"] {
            if let Some(file) = facts.get::<File>(input) {
                glance(input, &file)?;
            }
        }
        Ok(())
    }

    fn run(self, _: &mut Context) -> Result<IpAdapter> {
        let source = Source::open("file", &self.file)?;
        let encoder = Source::open("encoder", &self.encoder)?;
        let device = Device::flex();
        let (is_hidden, wanted) = source.read(&device, CURE, Adapter::read)?.wants();
        let sizes = match encoder.config() {
            Some(json) => Config::from_json(json)
                .map_err(|why| encoder.refused(&format!("{why}, by the config.json beside it")))?,
            None => encoder.read(&device, ENCODER, Config::derived)?,
        };
        let given = if is_hidden {
            sizes.width
        } else {
            sizes.projection
        };
        if wanted != given {
            let why = format!(
                "the adapter was trained with an encoder of {wanted} channels, and this one gives {given}\n{ENCODER}"
            );
            return Err(encoder.refused(&why));
        }
        Ok(IpAdapter {
            source,
            encoder,
            sizes: Arc::new(sizes),
            half: self.half,
        })
    }
}
