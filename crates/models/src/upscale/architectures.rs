//! The kinds of upscaling networks that are known.

use super::{
    compact::Compact, esrgan::Esrgan, hat::Hat, network::Enlarge, span::Span, swinir::SwinIr,
};
use crate::Weights;

/// A kind of network.
#[derive(Clone, Copy, Debug)]
pub struct Architecture {
    /// What a person calls it.
    pub name: &'static str,
    /// Whether the keys are those of this kind, or of a damaged one. At most one kind takes a file.
    pub(super) detect: fn(&Weights<'_>) -> bool,
    /// Takes the network from the file; else why its sizes cannot be. What is missing, unknown or of another
    /// shape is told later.
    pub(super) read: fn(&mut Weights<'_>) -> Result<Box<dyn Enlarge>, String>,
}

/// Every kind that is known.
pub const ARCHITECTURES: &[Architecture] = &[
    Architecture {
        name: "ESRGAN",
        detect: |weights| {
            any(weights, |key| {
                key.to_ascii_lowercase().contains(".rdb1.conv")
            })
        },
        read: |weights| boxed(Esrgan::read(weights)),
    },
    Architecture {
        name: "Compact",
        detect: Compact::detect,
        read: |weights| boxed(Compact::read(weights)),
    },
    Architecture {
        name: "SPAN",
        detect: |weights| any(weights, |key| key.starts_with("block_1.c1_r.")),
        read: |weights| boxed(Span::read(weights)),
    },
    Architecture {
        name: "SwinIR",
        detect: |weights| is_windowed(weights) && !is_hybrid(weights),
        read: |weights| boxed(SwinIr::read(weights)),
    },
    Architecture {
        name: "HAT",
        detect: |weights| is_windowed(weights) && is_hybrid(weights),
        read: |weights| boxed(Hat::read(weights)),
    },
];

fn boxed<N: Enlarge + 'static>(network: Result<N, String>) -> Result<Box<dyn Enlarge>, String> {
    Ok(Box::new(network?))
}

fn any(weights: &Weights<'_>, is: impl Fn(&str) -> bool) -> bool {
    weights.keys().any(|(key, _)| is(key))
}

fn is_windowed(weights: &Weights<'_>) -> bool {
    any(weights, |key| {
        key.starts_with("layers.0.residual_group.") && key.contains(".relative_position_bias_table")
    })
}

fn is_hybrid(weights: &Weights<'_>) -> bool {
    any(weights, |key| {
        key.contains(".conv_block.cab.") || key.contains(".overlap_attn.")
    })
}
