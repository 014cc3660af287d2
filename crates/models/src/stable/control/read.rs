//! Reads a ControlNet; its own names are those of diffusers.

use weft_tensor::ConvOptions;

use super::{Config, ControlNet, net::Hint};
use crate::{
    Weights, WeightsError,
    layers::fitted,
    stable::{
        File,
        layout::Layout,
        source::Source,
        unet::{
            keys::{Naming, layout_of},
            trunk::{Trunk, outcomes},
        },
    },
};

pub(super) const NAME: &str = "the ControlNet";

pub(super) fn refused(why: String) -> WeightsError {
    WeightsError::Config { network: NAME, why }
}

/// Every place of a ControlNet.
const NAMINGS: &[Naming] = &[
    Naming {
        root: "",
        sign: "controlnet_mid_block.weight",
        is_single: false,
    },
    Naming {
        root: "control_model.",
        sign: "middle_block_out.0.weight",
        is_single: true,
    },
    Naming {
        root: "",
        sign: "middle_block_out.0.weight",
        is_single: true,
    },
];

/// Where its tensors lie.
pub(super) fn layout(weights: &mut Weights<'_>) -> Result<Layout, String> {
    layout_of(weights, NAMINGS)
}

impl ControlNet {
    /// Reads a file of diffusers, or one of the paper's program.
    ///
    /// # Errors
    /// The bytes are not a safetensors file, or not one of this network in these sizes: then every key that does
    /// not fit is named.
    pub fn read(file: File<'_>, config: &Config) -> Result<Self, WeightsError> {
        config.check().map_err(refused)?;
        let mut source = Source::new(file, NAME, layout)?;
        let trunk = Trunk::read(&mut source, &config.trunk);
        let outcomes = outcomes(&config.trunk);
        let mut joined = |name: &str, width| source.one(name, [width; 2]);
        let down = outcomes.iter().enumerate();
        let down = down.map(|(i, &width)| joined(&format!("controlnet_down_blocks.{i}"), width));
        let down = down.collect();
        let deepest = config.trunk.levels[config.trunk.levels.len() - 1].width;
        let network = Self {
            trunk,
            down,
            middle: joined("controlnet_mid_block", deepest),
            hint: hint(&mut source, config),
            config: config.clone(),
        };
        source.finish(NAME)?;
        Ok(fitted(network, file.device, file.precision))
    }
}

fn hint(source: &mut Source<'_>, config: &Config) -> Hint {
    let name = "controlnet_cond_embedding";
    let hints = &config.hints;
    let mut blocks = Vec::with_capacity(2 * hints.len());
    for (i, pair) in hints.windows(2).enumerate() {
        let inner = |i| format!("{name}.blocks.{i}");
        blocks.push(source.three(&inner(2 * i), [pair[0]; 2]));
        let halving = ConvOptions::padded(1).with_stride(2);
        blocks.push(source.conv(&inner(2 * i + 1), [pair[0], pair[1]], 3, halving));
    }
    let last = [hints[hints.len() - 1], config.trunk.levels[0].width];
    Hint {
        first: source.three(&format!("{name}.conv_in"), [config.colors, hints[0]]),
        blocks,
        last: source.three(&format!("{name}.conv_out"), last),
    }
}
