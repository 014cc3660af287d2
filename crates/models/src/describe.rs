//! What a file of weights holds, in words.

use burn::tensor::Device;
use serde_json::Value;

use crate::{
    Weights, WeightsError,
    stable::{self, Kind},
    upscale::Upscaler,
};

/// What a file of weights holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// What it is, in a few words.
    pub what: String,
    /// Its tensors, by key.
    pub tensors: Vec<Held>,
    /// How many numbers it holds.
    pub numbers: u64,
}

/// One tensor of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its key.
    pub key: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// The type of its numbers, such as `F16`.
    pub number: String,
}

/// Says what the bytes of a safetensors file hold, or what those of several hold together.
///
/// # Errors
/// Some bytes are not a safetensors file; a pickle is told how to become one.
pub fn describe(shards: &[&[u8]]) -> Result<Described, WeightsError> {
    let device = Device::flex();
    let weights = Weights::of_shards(shards, &device)?;
    Ok(Described {
        what: what(shards, &weights, &device),
        tensors: weights.held(),
        numbers: weights.count() as u64,
    })
}

fn what(shards: &[&[u8]], weights: &Weights<'_>, device: &Device) -> String {
    let ours = weights
        .note("weft")
        .and_then(|note| serde_json::from_str(note).ok());
    let network = ours
        .as_ref()
        .and_then(|note: &Value| note["network"].as_str());
    if let Some(network) = network {
        return format!("{network}, written by Weft");
    }
    let [first, others @ ..] = shards else {
        return "nothing".to_owned();
    };
    let file = stable::File {
        others,
        ..stable::File::new(first, device)
    };
    if let Ok(found) = stable::detect(file) {
        let parts: Vec<&str> = found.kinds.iter().map(|kind| word(*kind)).collect();
        let family = found
            .family
            .map_or("of a family that it does not tell", |family| family.name);
        let inputs = match found.inputs {
            Some(9) => ", for inpainting",
            Some(8) => ", which edits pictures",
            _ => "",
        };
        return format!("{family}{inputs}: {}", parts.join(", "));
    }
    match Upscaler::read(first, device) {
        Ok(network) => format!(
            "an upscaler, {}, factor {}",
            network.architecture(),
            network.scale()
        ),
        Err(_) => "no network that is known here".to_owned(),
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::UNet => "U-Net",
        Kind::TextEncoder => "text encoder",
        Kind::ImageEncoder => "image encoder",
        Kind::Autoencoder => "autoencoder",
        Kind::ControlNet => "ControlNet",
        Kind::Lora => "LoRA",
        Kind::Adapter => "IP-Adapter",
        Kind::Embedding => "embedding",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Result<Described, WeightsError> {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/");
        describe(&[&std::fs::read(format!("{root}{path}.safetensors")).unwrap()])
    }

    #[test]
    fn upscalers_and_parts_are_told_apart() {
        let span = of("upscale/span_x4").unwrap();
        assert!(span.what.contains("SPAN, factor 4"), "{}", span.what);
        assert!(
            of("stable/clip_quick")
                .unwrap()
                .what
                .ends_with("text encoder")
        );
        assert!(
            of("stable/autoencoder_one")
                .unwrap()
                .what
                .ends_with("autoencoder")
        );
        let shapes = span
            .tensors
            .iter()
            .map(|held| held.shape.iter().product::<usize>());
        assert_eq!(shapes.sum::<usize>() as u64, span.numbers);
    }

    #[test]
    fn an_index_whose_length_begins_like_a_pickle_is_read() {
        // 640, little end first, is 0x80 0x02, with which the second protocol of pickles begins.
        let mut bytes = 640u64.to_le_bytes().to_vec();
        bytes.extend(format!("{:640}", "{}").bytes());
        assert_eq!(describe(&[&bytes]).unwrap().tensors, []);
    }

    #[test]
    fn our_own_networks_say_what_they_are() {
        let found = describe(&[weft_shipped::AUTOENCODER]).unwrap();
        assert!(found.what.ends_with("written by Weft"), "{}", found.what);
    }

    #[test]
    fn a_pickle_is_told_how_to_become_safetensors() {
        assert!(matches!(
            describe(&[b"PK\x03\x04rest"]),
            Err(WeightsError::Pickle)
        ));
        assert!(matches!(
            describe(&[b"nothing"]),
            Err(WeightsError::Malformed(_))
        ));
    }
}
