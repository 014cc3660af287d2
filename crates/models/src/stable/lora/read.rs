//! Reads the pairs of matrices of a LoRA, in every spelling that is published.

use burn::tensor::{Device, TensorData};

use super::{
    Lora, Pair,
    names::{Target, target},
};
use crate::{Weights, WeightsError};

/// What a person calls it.
pub(in crate::stable) const NAME: &str = "the LoRA";

/// The ends of the keys of both matrices: of kohya, of peft, and of diffusers before its version 0.22.
const ENDS: &[[&str; 2]] = &[
    [".lora_down.weight", ".lora_up.weight"],
    [".lora_A.weight", ".lora_B.weight"],
    [".lora_A.default.weight", ".lora_B.default.weight"],
    [".lora.down.weight", ".lora.up.weight"],
    [
        ".lora_linear_layer.down.weight",
        ".lora_linear_layer.up.weight",
    ],
    [OF_PROCESSOR, "_lora.up.weight"],
];
const OF_PROCESSOR: &str = "_lora.down.weight";

impl Lora {
    /// Reads the bytes of a safetensors file; `device` should be that of the networks.
    ///
    /// # Errors
    /// The bytes are not a safetensors file, or not of a LoRA, a plain one: then every key that does not fit is
    /// named.
    pub fn read(bytes: &[u8], device: &Device) -> Result<Self, WeightsError> {
        let mut weights = Weights::new(bytes, device)?;
        let mut found: Vec<_> = weights.keys().filter_map(|(key, _)| halves(key)).collect();
        found.sort_unstable();
        if found.is_empty() {
            let why = "none of its keys ends with `.lora_down.weight` or the like".to_owned();
            return Err(WeightsError::Config { network: NAME, why });
        }
        let found = found.into_iter();
        let pairs = found.map(|[down, up, module]| pair(&mut weights, (down, up), &module, device));
        let pairs = pairs.collect();
        weights.finish(NAME)?;
        Ok(Self { pairs })
    }
}

/// The keys of both matrices, out of that of the first, and the layer's name.
fn halves(key: &str) -> Option<[String; 3]> {
    ENDS.iter().find_map(|[down, up]| {
        let module = key.strip_suffix(down)?;
        Some([key.to_owned(), format!("{module}{up}"), module.to_owned()])
    })
}

fn pair(
    weights: &mut Weights<'_>,
    (key, up_key): (String, String),
    module: &str,
    device: &Device,
) -> Pair {
    let shape = weights.shape(&key).unwrap_or_default();
    let rank = shape.first().copied().unwrap_or(0);
    let down = weights.numbers(&key, &shape);
    let mut up_shape = weights.shape(&up_key).unwrap_or_default();
    up_shape.resize(shape.len(), 1);
    // The second matrix of a convolution is a 1×1 kernel.
    up_shape.iter_mut().skip(1).for_each(|axis| *axis = 1);
    if let Some(axis) = up_shape.get_mut(1) {
        *axis = rank;
    }
    let up = weights.numbers(&up_key, &up_shape);
    let alpha = format!("{module}.alpha");
    let scale = weights.shape(&alpha).map_or(1.0, |shape| {
        let one: &[usize] = if shape == [1] { &[1] } else { &[] };
        weights.numbers(&alpha, one)[0] / rank.max(1) as f32
    });
    let matrix = |numbers: Vec<f32>, rows: usize| {
        let columns = numbers.len() / rows.max(1);
        weft_tensor::weights::<2>(TensorData::new(numbers, [rows, columns]), device)
    };
    let (target, module) = layer(module, key.ends_with(OF_PROCESSOR));
    Pair {
        target,
        module,
        key,
        up: matrix(up, up_shape.first().copied().unwrap_or(0)) * scale,
        down: matrix(down, rank),
    }
}

/// The network, and the layer's name in it.
fn layer(module: &str, is_of_processor: bool) -> (Target, String) {
    let (target, mut module) = target(module);
    if is_of_processor {
        module = module.replace(".processor.", ".");
        if module.ends_with(".to_out") {
            module.push_str(".0");
        }
    }
    (target, module)
}
