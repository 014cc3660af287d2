//! The parameters of a network by name, in a fixed order: listed, read from a file and written to one.

#[cfg(test)]
pub(crate) mod stirred;

use std::{collections::HashMap, path::Path};

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{Device, Tensor},
};
use half::f16;
use safetensors::{Dtype, serialize, tensor::TensorView};
use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;
use weft_store::{Existing, write_atomically};
use weft_tensor::{Precision, floats};

use crate::{Maker, Weights, WeightsError, layers::fitted, weights::hash};

/// Why the weights of a network cannot be written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// A number is not finite in the numbers asked for.
    #[error(
        "{name} holds {value}, which {numbers:?} cannot hold; write them as F32, or train again with a lower rate"
    )]
    Number {
        /// The name of the parameter.
        name: String,
        /// The number.
        value: f32,
        /// The kind of numbers asked for.
        numbers: Numbers,
    },
    /// The file cannot be put together.
    #[error("the weights cannot be put together: {0}")]
    Format(String),
    /// The file cannot be written.
    #[error(transparent)]
    File(#[from] weft_store::WriteError),
}

/// The kind of numbers of a file of weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// 4 bytes each: what a trainer goes on from.
    F32,
    /// 2 bytes each: what is shipped.
    F16,
}

/// One parameter of a network, or a constant that its file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its dotted place in the network, such as `down.1.residuals.0.conv1.weight`; stable.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its numbers, row-major.
    pub values: Vec<f32>,
}

/// Every parameter, in an order that depends on nothing but the network's sizes: the order in which burn's
/// visitors and mappers meet them.
///
/// # Panics
/// The device does not give its numbers back.
pub fn named_parameters<M: Module>(module: &M) -> Vec<Parameter> {
    let mut listing = Listing::default();
    module.visit(&mut listing);
    listing.found
}

/// A network that is made from sizes and a seed, or read from a file that tells its sizes.
pub trait Network: Module {
    /// Its sizes; JSON in the file's metadata.
    type Config: Clone + Serialize + DeserializeOwned;
    /// What a person calls the network; the file says it too.
    const NAME: &'static str;
    /// Whether it may keep its numbers in `f16` on a graphics adapter.
    const HALVES: bool = false;

    /// Its sizes.
    fn config(&self) -> &Self::Config;

    /// Makes it of parameters from `maker`.
    ///
    /// # Errors
    /// Sizes that do not go together; the message says which and why.
    fn build(config: &Self::Config, maker: &mut Maker<'_>) -> Result<Self, String>;

    /// Numbers that belong to the file and do not learn.
    fn constants(&self) -> Vec<Parameter> {
        Vec::new()
    }

    /// Takes the constants from a file.
    fn read_constants(&mut self, _weights: &mut Weights<'_>) {}

    /// A network that has learnt nothing yet; learning if `device` records gradients.
    ///
    /// # Errors
    /// Sizes that do not go together.
    fn new(
        config: &Self::Config,
        seed: u64,
        device: &Device,
        precision: Precision,
    ) -> Result<Self, String> {
        Self::build(config, &mut Maker::seeded(seed, device, precision))
    }

    /// The network of a file that [`Network::to_safetensors`] made.
    ///
    /// # Errors
    /// No such file, one whose numbers were changed, the file of another network, or one whose tensors are not
    /// those of its sizes: then every key that does not fit is named.
    fn read(bytes: &[u8], device: &Device, precision: Precision) -> Result<Self, WeightsError> {
        let weights = Weights::new(bytes, device)?;
        let refused = |why| WeightsError::Config {
            network: Self::NAME,
            why,
        };
        let note = note_of::<Self>(&weights).map_err(refused)?;
        if let Some(wanted) = note["hash"].as_str() {
            let (found, wanted) = (weights.hash(), wanted.to_owned());
            if found != wanted {
                return Err(WeightsError::Changed { found, wanted });
            }
        }
        let config: Self::Config = serde_json::from_value(note["config"].clone())
            .map_err(|error| refused(error.to_string()))?;
        let network =
            Self::build(&config, &mut Maker::blank(device, precision)).map_err(refused)?;
        let network = network.load(weights)?;
        Ok(match Self::HALVES {
            true => fitted(network, device, precision),
            false => network,
        })
    }

    /// The same network with the numbers of a file in place of its own, whatever the file says of sizes.
    ///
    /// # Errors
    /// Names every key that is missing, unknown, or of another shape or kind.
    fn load(self, mut weights: Weights<'_>) -> Result<Self, WeightsError> {
        let mut reading = Reading {
            path: Vec::new(),
            weights: &mut weights,
        };
        let mut network = self.map(&mut reading);
        network.read_constants(&mut weights);
        weights.finish(Self::NAME)?;
        Ok(network)
    }

    /// The whole network as a safetensors file; the same network gives the same bytes.
    ///
    /// # Errors
    /// A number that `numbers` cannot hold.
    fn to_safetensors(&self, numbers: Numbers) -> Result<Vec<u8>, WriteError> {
        let mut parameters = named_parameters(self);
        parameters.extend(self.constants());
        let about = serde_json::json!({ "network": Self::NAME, "config": self.config() });
        packed(&parameters, numbers, about)
    }

    /// Writes that file; one that was there stays whole until this one is.
    ///
    /// # Errors
    /// A number that `numbers` cannot hold, or a folder that cannot be made, is full or read-only.
    fn write(&self, path: &Path, numbers: Numbers) -> Result<(), WriteError> {
        write_atomically(path, &self.to_safetensors(numbers)?, Existing::Replace)?;
        Ok(())
    }
}

/// The key of the metadata. There is one only, since a file keeps several in no fixed order.
const NOTE: &str = "weft";

/// What the file says of itself, if it is of this network.
fn note_of<N: Network>(weights: &Weights<'_>) -> Result<serde_json::Value, String> {
    let note = weights
        .note(NOTE)
        .ok_or_else(|| format!("its metadata has no `{NOTE}`; is it a file of another program?"))?;
    let note: serde_json::Value = serde_json::from_str(note).map_err(|error| error.to_string())?;
    match note["network"].as_str() {
        Some(name) if name == N::NAME => Ok(note),
        other => Err(format!("it is of {}", other.unwrap_or("no named network"))),
    }
}

fn packed(
    parameters: &[Parameter],
    numbers: Numbers,
    mut about: serde_json::Value,
) -> Result<Vec<u8>, WriteError> {
    let mut tensors = Vec::with_capacity(parameters.len());
    for parameter in parameters {
        tensors.push((parameter, bytes_of(parameter, numbers)?));
    }
    tensors.sort_unstable_by(|(a, _), (b, _)| a.name.cmp(&b.name));
    let parts = tensors.iter();
    about["hash"] =
        hash(parts.map(|(parameter, bytes)| (parameter.name.as_str(), &bytes[..]))).into();
    let dtype = match numbers {
        Numbers::F32 => Dtype::F32,
        Numbers::F16 => Dtype::F16,
    };
    let format = |error: safetensors::SafeTensorError| WriteError::Format(error.to_string());
    let mut views = Vec::with_capacity(tensors.len());
    for (parameter, bytes) in &tensors {
        let view = TensorView::new(dtype, parameter.shape.clone(), bytes).map_err(format)?;
        views.push((parameter.name.as_str(), view));
    }
    let notes = HashMap::from([(NOTE.to_owned(), about.to_string())]);
    serialize(views, Some(notes)).map_err(format)
}

fn bytes_of(parameter: &Parameter, numbers: Numbers) -> Result<Vec<u8>, WriteError> {
    let held = |value: f32| match numbers {
        Numbers::F32 => value.is_finite(),
        Numbers::F16 => f16::from_f32(value).is_finite(),
    };
    if let Some(&value) = parameter.values.iter().find(|&&value| !held(value)) {
        return Err(WriteError::Number {
            name: parameter.name.clone(),
            value,
            numbers,
        });
    }
    let values = parameter.values.iter();
    Ok(match numbers {
        Numbers::F32 => values.flat_map(|value| value.to_le_bytes()).collect(),
        Numbers::F16 => values
            .flat_map(|&value| f16::from_f32(value).to_le_bytes())
            .collect(),
    })
}

#[derive(Default)]
struct Listing {
    path: Vec<String>,
    found: Vec<Parameter>,
}

impl ModuleVisitor for Listing {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        self.found.push(Parameter {
            name: self.path.join("."),
            shape: value.dims().to_vec(),
            values: floats(value).unwrap_or_else(|error| {
                panic!("the device does not give its numbers back: {error}")
            }),
        });
    }
}

struct Reading<'a, 'b> {
    path: Vec<String>,
    weights: &'a mut Weights<'b>,
}

impl ModuleMapper for Reading<'_, '_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.path.join(".");
        param.map(|old| {
            let new = self.weights.tensor(&name, old.dims());
            new.set_require_grad(old.is_require_grad())
        })
    }
}
