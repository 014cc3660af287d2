//! Which kinds of network a published file holds, and of which family they are.

#[cfg(test)]
mod tests;

use super::{File, clip::Take, kl::Scale, unet::Unsaid};
use crate::{Weights, WeightsError};

/// What all networks of a family have in common that their files do not tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Family {
    /// Its name.
    pub name: &'static str,
    /// Channels of the text's tokens, by which it is known.
    pub context: usize,
    /// What files leave unsaid of its U-Net and of ControlNets.
    pub unsaid: Unsaid,
    /// That of its latents.
    pub scale: Scale,
    /// What it takes of each of its text encoders, whose tokens lie side by side. These are for encoders of all
    /// their layers, as single files have them; diffusers' copies of Stable Diffusion 2 lack the last layer, and
    /// [`Take::LAST`] is theirs.
    pub texts: &'static [Take],
}

/// Every family that is known.
pub const FAMILIES: &[Family] = &[
    Family {
        name: "Stable Diffusion 1",
        context: 768,
        unsaid: Unsaid::ONE,
        scale: Scale::ONE,
        texts: &[Take::LAST],
    },
    Family {
        name: "Stable Diffusion 2",
        context: 1024,
        unsaid: Unsaid::TWO,
        scale: Scale::ONE,
        texts: &[Take::PENULTIMATE],
    },
    Family {
        name: "SDXL",
        context: 2048,
        unsaid: Unsaid::TWO,
        scale: Scale::XL,
        texts: &[Take::RAW_PENULTIMATE; 2],
    },
    Family {
        name: "SDXL refiner",
        context: 1280,
        unsaid: Unsaid::TWO,
        scale: Scale::XL,
        texts: &[Take::RAW_PENULTIMATE],
    },
];

/// A kind of network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// [`super::unet::UNet`].
    UNet,
    /// [`super::clip::Clip`].
    TextEncoder,
    /// [`super::clip_image::ClipImage`].
    ImageEncoder,
    /// [`super::kl::AutoencoderKl`].
    Autoencoder,
    /// [`super::control::ControlNet`].
    ControlNet,
    /// [`super::Lora`].
    Lora,
    /// [`super::adapter::Adapter`].
    Adapter,
    /// [`super::Embedding`].
    Embedding,
}

/// The ends of keys by which each kind is known: in files of diffusers, then in others.
const KINDS: &[(Kind, &[&str])] = &[
    (
        Kind::UNet,
        &[
            "up_blocks.0.resnets.0.time_emb_proj.weight",
            "output_blocks.0.0.emb_layers.1.weight",
        ],
    ),
    (Kind::TextEncoder, &["token_embedding.weight"]),
    (
        Kind::ImageEncoder,
        &["vision_model.embeddings.patch_embedding.weight"],
    ),
    (
        Kind::Autoencoder,
        &[
            "decoder.up_blocks.0.resnets.0.norm1.weight",
            "decoder.up.0.block.0.norm1.weight",
        ],
    ),
    (
        Kind::ControlNet,
        &["controlnet_mid_block.weight", "middle_block_out.0.weight"],
    ),
    (
        Kind::Lora,
        &[
            "lora_A.weight",
            "lora_down.weight",
            "lora.down.weight",
            "lora_linear_layer.down.weight",
        ],
    ),
    (Kind::Adapter, &["to_k_ip.weight"]),
    (Kind::Embedding, &["emb_params", "clip_l", "clip_g"]),
];

/// The ends of keys of tensors `[.., context]`.
const CONTEXTS: &[&str] = &[
    "attn2.to_k.weight",
    "attn2.to_k.lora_A.weight",
    "attn2_to_k.lora_down.weight",
    "attn2.to_k.lora.down.weight",
    "attn2.processor.to_k_lora.down.weight",
    "to_k_ip.weight",
    "emb_params",
];

/// The ends of keys of tensors `[.., inputs, 3, 3]`.
const INPUTS: &[&str] = &["input_blocks.0.0.weight", "conv_in.weight"];

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// In the order of [`Kind`].
    pub kinds: Vec<Kind>,
    /// `None` where nothing attends to text: text encoders and autoencoders alone, and some LoRAs.
    pub family: Option<&'static Family>,
    /// Channels that the U-Net or ControlNet takes in: 9 is one for inpainting, 8 one that edits pictures.
    pub inputs: Option<usize>,
}

/// What a file holds, by its keys and shapes; no numbers are read.
///
/// # Errors
/// The bytes are not a safetensors file, hold none of these networks, or one of no known family.
pub fn detect(file: File<'_>) -> Result<Found, WeightsError> {
    let weights = file.weights()?;
    let network = "Stable Diffusion";
    let refused = |why| WeightsError::Config { network, why };
    let has = |ends: &[&str]| key(&weights, ends).is_some();
    let kinds = KINDS.iter().filter(|(_, ends)| has(ends));
    let kinds: Vec<_> = kinds.map(|(kind, _)| *kind).collect();
    if kinds.is_empty() {
        let ends: Vec<_> = KINDS.iter().flat_map(|(_, ends)| *ends).copied().collect();
        return Err(refused(format!(
            "none of its keys ends with {}",
            ends.join(" or ")
        )));
    }
    let context = key(&weights, CONTEXTS).and_then(|shape| shape.get(1).copied());
    let family = context.map(of).transpose().map_err(refused)?;
    let takes_latents = kinds.contains(&Kind::UNet) || kinds.contains(&Kind::ControlNet);
    let inputs = takes_latents.then(|| inputs(&weights)).flatten();
    Ok(Found {
        kinds,
        family,
        inputs,
    })
}

/// The shape of the first key with one of those ends.
fn key(weights: &Weights<'_>, ends: &[&str]) -> Option<Vec<usize>> {
    let fits = |key: &str| ends.iter().any(|end| key.ends_with(end));
    let mut keys: Vec<_> = weights
        .keys()
        .map(|(key, _)| key)
        .filter(|key| fits(key))
        .collect();
    keys.sort_unstable();
    weights.shape(keys.first()?)
}

/// The halves of an autoencoder begin with a convolution too, and a ControlNet's picture does.
fn inputs(weights: &Weights<'_>) -> Option<usize> {
    let others = [
        "encoder.conv_in.weight",
        "decoder.conv_in.weight",
        "embedding.conv_in.weight",
    ];
    let fits = |key: &&str| {
        let is_first = INPUTS.iter().any(|end| key.ends_with(end));
        is_first && !others.iter().any(|other| key.ends_with(other))
    };
    let key = weights.keys().map(|(key, _)| key).find(fits)?;
    weights.shape(key)?.get(1).copied()
}

fn of(context: usize) -> Result<&'static Family, String> {
    let family = FAMILIES.iter().find(|family| family.context == context);
    family.ok_or_else(|| {
        let known = FAMILIES
            .iter()
            .map(|family| format!("{} to {}", family.name, family.context));
        let known: Vec<_> = known.collect();
        format!(
            "it attends to a text of {context} channels, and {}",
            known.join(", ")
        )
    })
}
