//! The sizes that keys and shapes tell.

use super::{Added, Config, Level, keys};
use crate::{
    WeightsError,
    stable::{File, source::Source},
};

/// What a file does not tell of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsaid {
    /// How attention is divided.
    pub heads: Heads,
    /// Groups of each normalisation.
    pub groups: usize,
    /// Sines and cosines of each size that is added to the time.
    pub waves: usize,
}

/// How attention is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heads {
    /// As many heads at every level.
    Number(usize),
    /// As many channels in every head.
    Width(usize),
}

impl Unsaid {
    /// What Stable Diffusion 1 leaves unsaid.
    pub const ONE: Self = Self {
        heads: Heads::Number(8),
        groups: 32,
        waves: 256,
    };
    /// What Stable Diffusion 2 and SDXL leave unsaid.
    pub const TWO: Self = Self {
        heads: Heads::Width(64),
        ..Self::ONE
    };
}

impl Heads {
    fn of(self, width: usize) -> usize {
        match self {
            Self::Number(heads) => heads,
            Self::Width(head) => width.checked_div(head).unwrap_or(0),
        }
    }
}

impl Config {
    /// Reads the `config.json` of diffusers.
    ///
    /// # Errors
    /// It is none, its sizes do not go together, or it has settings of another kind of network.
    pub fn from_json(json: &str) -> Result<Self, WeightsError> {
        Self::told(json).map_err(keys::refused)
    }

    /// The sizes that the keys and shapes of a file tell of its U-Net.
    ///
    /// # Errors
    /// No safetensors file, or none with a U-Net of these kinds.
    pub fn derived(file: File<'_>, unsaid: &Unsaid) -> Result<Self, WeightsError> {
        let source = Source::new(file, keys::NAME, keys::layout)?;
        Self::of(&source, unsaid).map_err(keys::refused)
    }

    /// The sizes of the network in `source`.
    pub(in crate::stable) fn of(source: &Source<'_>, unsaid: &Unsaid) -> Result<Self, String> {
        let [width, inputs, _, _] = source.shape("conv_in.weight")?;
        let outputs = "conv_out.weight";
        let outputs = source.has(outputs).then(|| source.shape(outputs));
        let outputs = outputs
            .transpose()?
            .map_or(width, |[outputs, _, _, _]| outputs);
        let level = |level: usize| -> Result<Level, String> {
            let name = format!("down_blocks.{level}");
            let [width, _, _, _] = source.shape(&format!("{name}.resnets.0.conv1.weight"))?;
            Ok(Level {
                width,
                depth: source.count(&format!("{name}.attentions.0.transformer_blocks")),
                heads: unsaid.heads.of(width),
            })
        };
        let added = "add_embedding.linear_1.weight";
        let added = source.has(added).then(|| source.shape(added)).transpose()?;
        let levels = 0..source.count("down_blocks");
        let config = Self {
            inputs,
            outputs,
            levels: levels.map(level).collect::<Result<_, _>>()?,
            layers: source.count("down_blocks.0.resnets"),
            middle: source.count("mid_block.attentions.0.transformer_blocks"),
            context: context(source)?,
            groups: unsaid.groups,
            added: added.map(|[_, inputs]| Added {
                waves: unsaid.waves,
                inputs,
            }),
        };
        config.check()?;
        Ok(config)
    }
}

/// Channels of what is attended to.
pub(in crate::stable) fn context(source: &Source<'_>) -> Result<usize, String> {
    let mut names = source.names();
    let key = names.find(|name| name.ends_with("attn2.to_k.weight"));
    let key = key.ok_or("it attends to no text: no key ends with `attn2.to_k.weight`")?;
    let [_, context] = source.shape(key)?;
    Ok(context)
}
