//! Which layer of which network a LoRA means.

use std::collections::BTreeMap;

use crate::stable::layout::Renames;

/// A network that may be adapted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::stable) enum Target {
    /// The U-Net.
    UNet,
    /// A text encoder, from 0.
    Text(usize),
}

/// What a layer's name begins with.
const PREFIXES: &[(&str, Target)] = &[
    ("lora_unet_", Target::UNet),
    ("lora_te1_", Target::Text(0)),
    ("lora_te2_", Target::Text(1)),
    ("lora_te_", Target::Text(0)),
    ("text_encoder_2.", Target::Text(1)),
    ("text_encoder.", Target::Text(0)),
    ("unet.", Target::UNet),
    ("", Target::UNet),
];

/// The network, and the layer's name in it.
pub(super) fn target(module: &str) -> (Target, String) {
    let found = PREFIXES.iter().find_map(|(prefix, target)| {
        let rest = module.strip_prefix(prefix)?;
        Some((*target, rest.to_owned()))
    });
    found.unwrap_or((Target::UNet, module.to_owned()))
}

/// Every name of a layer, with the network's own.
#[derive(Debug, Default)]
pub(in crate::stable) struct Aliases {
    names: BTreeMap<String, String>,
}

impl Aliases {
    /// A layer may be called so, or so with `_` for each dot.
    fn add(&mut self, alias: &str, ours: &str) {
        for alias in [alias.to_owned(), alias.replace('.', "_")] {
            self.names.insert(alias, ours.to_owned());
        }
    }

    /// The network's name of a layer.
    pub(in crate::stable) fn ours(&self, alias: &str) -> Option<&str> {
        self.names.get(alias).map(String::as_str)
    }
}

/// The names of a U-Net's layers: its own, and those of a single file.
pub(in crate::stable) fn of_u_net<'a>(
    modules: impl Iterator<Item = &'a str>,
    single: &Renames,
) -> Aliases {
    let mut aliases = Aliases::default();
    for ours in modules {
        aliases.add(ours, ours);
        if let Some(theirs) = single.theirs(ours) {
            aliases.add(&theirs, ours);
        }
    }
    aliases
}

/// Diffusers' names of attention within a text encoder before its version 0.22.
const OF_PROCESSOR: &[[&str; 2]] = &[
    [".q_proj", ".to_q"],
    [".k_proj", ".to_k"],
    [".v_proj", ".to_v"],
    [".out_proj", ".to_out.0"],
];

/// The names of a text encoder's layers: those of transformers, whole or not.
pub(in crate::stable) fn of_text<'a>(modules: impl Iterator<Item = &'a str>) -> Aliases {
    let mut aliases = Aliases::default();
    for ours in modules {
        let whole = format!("text_model.{ours}");
        let before = OF_PROCESSOR
            .iter()
            .fold(whole.clone(), |name, [now, before]| {
                name.replace(now, before)
            });
        for alias in [ours, &whole, &before] {
            aliases.add(alias, ours);
        }
    }
    aliases
}
