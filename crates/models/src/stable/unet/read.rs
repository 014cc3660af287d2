//! Reads a U-Net.

use super::{
    Config, UNet, keys,
    level::{Blocks, EPSILON, Up},
    trunk::{Trunk, outcomes, sizes},
};
use weft_tensor::ConvOptions;

use crate::{
    WeightsError,
    layers::fitted,
    stable::{
        File,
        lora::{Target, of_u_net},
        source::{Norms, Source},
    },
};

impl UNet {
    /// Reads a file of diffusers, or the U-Net of a single file of a whole model.
    ///
    /// # Errors
    /// The bytes are not a safetensors file, or not one of this network in these sizes: then every key that does
    /// not fit is named. Or a LoRA has no place in it.
    pub fn read(file: File<'_>, config: &Config) -> Result<Self, WeightsError> {
        config.check().map_err(keys::refused)?;
        let mut source = Source::new(file, keys::NAME, keys::layout)?;
        let aliases = of_u_net(source.modules(), &keys::numbered(config));
        source.adapt(Target::UNet, &aliases)?;
        let width = config.levels[0].width;
        let norms = Norms {
            groups: config.groups,
            epsilon: EPSILON,
        };
        let network = Self {
            trunk: Trunk::read(&mut source, config),
            levels: way_up(&mut source, config),
            norm: source.group_norm("conv_norm_out", width, norms),
            last: source.three("conv_out", [width, config.outputs]),
        };
        source.finish(keys::NAME)?;
        Ok(fitted(network, file.device, file.precision))
    }
}

fn way_up(source: &mut Source<'_>, config: &Config) -> Vec<Up> {
    let mut outcomes = outcomes(config);
    let mut inputs = config.levels[config.levels.len() - 1].width;
    let mut levels = Vec::with_capacity(config.levels.len());
    let enlarging = ConvOptions::padded(1).upsampled();
    for (i, &level) in config.levels.iter().rev().enumerate() {
        let name = format!("up_blocks.{i}");
        let mut channels = Vec::with_capacity(config.layers + 1);
        for _ in 0..=config.layers {
            channels.push([inputs + outcomes.pop().unwrap_or(0), level.width]);
            inputs = level.width;
        }
        let next = format!("{name}.upsamplers.0.conv");
        let is_last = i + 1 == config.levels.len();
        levels.push(Up {
            blocks: Blocks::read(
                source,
                &name,
                &channels,
                (sizes(config, level), config.time()),
            ),
            next: (!is_last).then(|| source.conv(&next, [inputs; 2], 3, enlarging)),
        });
    }
    levels
}
