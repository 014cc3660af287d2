//! A whole model in one file: its family and sizes are told by keys and shapes.

use std::sync::Arc;

use burn::tensor::Device;
use weft_diffusion::{Prediction, Trained};
use weft_models::{
    WeightsError,
    stable::{self, Family, Found, Kind, clip, detect, kl, unet},
};
use weft_node::{Result, value::File};

use crate::{
    Checkpoint, StableModel, TextEncoders, Vae, encoders::Part, guides::Guides,
    load_checkpoint::INPUT, model::WHOLE, source::Source,
};

/// Groups of each normalisation of every published autoencoder.
pub(crate) const GROUPS: usize = 32;

/// The sizes of a whole model.
struct Sizes {
    family: &'static Family,
    unet: unet::Config,
    texts: Vec<clip::Config>,
    vae: kl::Config,
}

/// Opens the file of a whole model.
///
/// # Errors
/// It cannot be read, is of another network or of no known family, or lacks a part.
pub(crate) fn open(file: &File, predicts: Option<Prediction>) -> Result<Checkpoint> {
    let source = Source::open(INPUT, file)?;
    let sizes = source.read(&Device::flex(), WHOLE, sizes)?;
    let has_sign = source.has("v_pred")?;
    let family = sizes.family;
    let parts = sizes.texts.into_iter().zip(family.texts).enumerate();
    let parts = parts.map(|(nth, (config, &take))| Part {
        source: source.clone(),
        config,
        nth,
        take,
    });
    Ok(Checkpoint {
        encoders: TextEncoders {
            parts: parts.collect(),
            loras: Vec::new(),
            words: Vec::new(),
            half: false,
        },
        vae: Vae {
            source: source.clone(),
            config: sizes.vae,
            half: false,
        },
        model: StableModel {
            prediction: predicts.unwrap_or(usual(family, sizes.unet.inputs, has_sign)),
            config: Arc::new(sizes.unet),
            source,
            family: family.name.into(),
            scale: family.scale,
            trained: Arc::new(Trained::stable_diffusion()),
            loras: Vec::new(),
            half: false,
            guides: Guides::default(),
        },
    })
}

/// What a model predicts that does not say so: of Stable Diffusion 2, all but those for inpainting predict v, as do the
/// models of SDXL with a sign of it.
fn usual(family: &Family, inputs: usize, has_sign: bool) -> Prediction {
    let is_two = family.name == "Stable Diffusion 2" && inputs == 4;
    if is_two || has_sign {
        Prediction::V
    } else {
        Prediction::Eps
    }
}

fn sizes(file: stable::File<'_>) -> Result<Sizes, WeightsError> {
    let found = detect(file)?;
    let family = found.family.filter(|_| found.kinds.contains(&Kind::UNet));
    let family = family.ok_or_else(|| other(&found))?;
    let texts = (0..family.texts.len()).map(|nth| clip::Config::derived(file, nth));
    Ok(Sizes {
        family,
        unet: unet::Config::derived(file, &family.unsaid)?,
        texts: texts.collect::<Result<_, _>>()?,
        vae: kl::Config::derived(file, GROUPS, family.scale)?,
    })
}

/// What is said of a file of other networks.
fn other(found: &Found) -> WeightsError {
    WeightsError::Config {
        network: "Stable Diffusion",
        why: format!("it has no U-Net, and holds {}", named(&found.kinds)),
    }
}

/// What a file holds, and the nodes that load it.
pub(crate) fn named(kinds: &[Kind]) -> String {
    let name = |kind: &Kind| match kind {
        Kind::UNet => "a U-Net, which `LoadCheckpoint` loads",
        Kind::TextEncoder => "a text encoder",
        Kind::ImageEncoder => "an image encoder, which `LoadIpAdapter` loads",
        Kind::Autoencoder => "an autoencoder, which `LoadVae` loads",
        Kind::ControlNet => "a ControlNet, which `LoadControlNet` loads",
        Kind::Lora => "a LoRA, which `LoadLora` loads",
        Kind::Adapter => "an IP-Adapter, which `LoadIpAdapter` loads",
        Kind::Embedding => "an embedding, which `LoadEmbedding` loads",
    };
    let names: Vec<_> = kinds.iter().map(name).collect();
    names.join(", and ")
}
