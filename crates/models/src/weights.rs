//! Reads the tensors of a network from a safetensors file, and tells everything that does not fit at once.

mod error;
mod wrapped;

use std::collections::{BTreeMap, HashSet};

use burn::tensor::{Device, Tensor, TensorData};
use half::{bf16, f16};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

pub use error::{Problem, WeightsError};
use wrapped::Wrapping;

use crate::describe::Held;

/// The BLAKE3 hash of tensors in the order of their keys, which the caller has sorted.
pub(crate) fn hash<'a>(tensors: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut hasher = blake3::Hasher::new();
    for (key, bytes) in tensors {
        let lengths = [key.len(), bytes.len()].map(|length| (length as u64).to_le_bytes());
        hasher.update(lengths.as_flattened());
        hasher.update(key.as_bytes()).update(bytes);
    }
    hasher.finalize().to_hex().to_string()
}

/// Whether a file that begins so is one of PyTorch: a zip, or a pickle of an old one. Eight bytes tell.
pub fn is_pickle(bytes: &[u8]) -> bool {
    // A safetensors file starts with the length of its index, in eight bytes; these would be lengths beyond
    // what it may have.
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0x80, 0x02, 0x8A, 0x0A])
}

/// A file of weights that a network is being read from.
///
/// A network asks for each of its tensors and then calls [`Weights::finish`]: a tensor that does not fit
/// is replaced by zeros until then, so that every key that does not fit is told in one error.
pub struct Weights<'a> {
    tensors: BTreeMap<String, TensorView<'a>>,
    /// What the files say of themselves.
    notes: BTreeMap<String, String>,
    wrapping: Wrapping,
    device: &'a Device,
    asked: HashSet<String>,
    problems: Vec<Problem>,
}

impl<'a> Weights<'a> {
    /// Reads the index of a safetensors file; tensors will be made on `device`.
    ///
    /// # Errors
    /// The bytes are not a whole safetensors file; a pickle is told how to become one.
    pub fn new(bytes: &'a [u8], device: &'a Device) -> Result<Self, WeightsError> {
        Self::of_shards(&[bytes], device)
    }

    /// The same for a network that several files hold together.
    ///
    /// # Errors
    /// Those of [`Weights::new`] for any of them.
    pub fn of_shards(shards: &[&'a [u8]], device: &'a Device) -> Result<Self, WeightsError> {
        let malformed =
            |error: safetensors::SafeTensorError| WeightsError::Malformed(error.to_string());
        let mut tensors = BTreeMap::new();
        let mut notes = BTreeMap::new();
        for bytes in shards {
            if is_pickle(bytes) {
                return Err(WeightsError::Pickle);
            }
            let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(malformed)?;
            let shard = SafeTensors::deserialize(bytes).map_err(malformed)?;
            tensors.extend(shard.tensors());
            notes.extend(metadata.metadata().clone().unwrap_or_default());
        }
        Ok(Self {
            tensors,
            notes,
            wrapping: Wrapping::default(),
            device,
            asked: HashSet::new(),
            problems: Vec::new(),
        })
    }

    /// What the file says of itself under that key.
    pub fn note(&self, key: &str) -> Option<&str> {
        self.notes.get(key).map(String::as_str)
    }

    /// The BLAKE3 hash of the tensors, key by key in their order.
    pub(crate) fn hash(&self) -> String {
        let parts = self
            .tensors
            .iter()
            .map(|(key, tensor)| (key.as_str(), tensor.data()));
        hash(parts)
    }

    /// Every key of the network with the number of its axes.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&str, usize)> {
        let tensors = self.tensors.iter();
        tensors.filter_map(|(key, tensor)| Some((self.wrapping.inner(key)?, tensor.shape().len())))
    }

    /// Every tensor of the file, in the order of its keys.
    pub(crate) fn held(&self) -> Vec<Held> {
        let held = |(key, tensor): (&String, &TensorView<'_>)| Held {
            key: key.clone(),
            shape: tensor.shape().to_vec(),
            number: tensor.dtype().to_string(),
        };
        self.tensors.iter().map(held).collect()
    }

    /// Where its tensors are made.
    pub(crate) fn device(&self) -> &'a Device {
        self.device
    }

    /// How many numbers the file holds.
    pub(crate) fn count(&self) -> usize {
        let tensors = self.tensors.iter();
        tensors
            .map(|(_, tensor)| tensor.shape().iter().product::<usize>())
            .sum()
    }

    /// That key may be there, and what it holds is not needed.
    pub(crate) fn pass(&mut self, key: &str) {
        self.asked.insert(self.wrapping.outer(key));
    }

    /// Leaves the keys that `theirs` names to other networks: they are neither read nor unknown.
    pub(crate) fn leave(&mut self, theirs: impl Fn(&str) -> bool) {
        let names = self.tensors.keys();
        let left = names.filter(|name| theirs(name)).cloned();
        self.asked.extend(left);
    }

    /// The shape of that key in the file, if it is there.
    pub(crate) fn shape(&self, key: &str) -> Option<Vec<usize>> {
        let tensor = self.tensors.get(&self.wrapping.outer(key))?;
        Some(tensor.shape().to_vec())
    }

    /// The numbers of that key on the host; they must have that shape.
    pub fn numbers(&mut self, key: &str, shape: &[usize]) -> Vec<f32> {
        let key = self.wrapping.outer(key);
        let found = self.found(&key, shape);
        self.asked.insert(key);
        found.unwrap_or_else(|problem| {
            self.problems.push(problem);
            vec![0.0; shape.iter().product()]
        })
    }

    /// The tensor of that key as `f32`; it must have that shape.
    pub fn tensor<const D: usize>(&mut self, key: &str, shape: [usize; D]) -> Tensor<D> {
        let key = self.wrapping.outer(key);
        let found = self.found(&key, &shape);
        self.asked.insert(key);
        match found {
            Ok(numbers) => weft_tensor::weights(TensorData::new(numbers, shape), self.device),
            Err(problem) => {
                self.problems.push(problem);
                // One zero seen many times: a small file may promise large layers.
                let zero = Tensor::<D>::zeros(shape.map(|side| side.min(1)), self.device);
                zero.expand(shape)
            }
        }
    }

    fn found(&self, key: &str, shape: &[usize]) -> Result<Vec<f32>, Problem> {
        let missing = || Problem::Missing(key.to_owned());
        let found = self.tensors.get(key).ok_or_else(missing)?;
        if found.shape() != shape {
            return Err(Problem::Shape {
                key: key.to_owned(),
                found: found.shape().to_vec(),
                wanted: shape.to_vec(),
            });
        }
        let numbers = as_f32(found).ok_or_else(|| Problem::Kind {
            key: key.to_owned(),
            found: found.dtype().to_string(),
        })?;
        match numbers.iter().find(|number| !number.is_finite()) {
            Some(number) => Err(Problem::Number {
                key: key.to_owned(),
                found: number.to_string(),
            }),
            None => Ok(numbers),
        }
    }

    /// Checks that everything fitted and that nothing is left over.
    ///
    /// # Errors
    /// Names every key that is missing, unknown, or of another shape or kind; `network` is what a person
    /// calls the network.
    pub fn finish(self, network: &'static str) -> Result<(), WeightsError> {
        let Self {
            tensors,
            wrapping,
            asked,
            mut problems,
            ..
        } = self;
        let unknown = tensors
            .into_keys()
            .filter(|name| !asked.contains(name) && !wrapping.is_twin(name));
        problems.extend(unknown.map(Problem::Unknown));
        if problems.is_empty() {
            Ok(())
        } else {
            Err(WeightsError::Unfit { network, problems })
        }
    }
}

/// The elements as `f32`; `None` for a kind that is not read.
fn as_f32(tensor: &TensorView<'_>) -> Option<Vec<f32>> {
    let (pairs, _) = tensor.data().as_chunks::<2>();
    let (quads, _) = tensor.data().as_chunks::<4>();
    match tensor.dtype() {
        Dtype::F32 => Some(
            quads
                .iter()
                .map(|bytes| f32::from_le_bytes(*bytes))
                .collect(),
        ),
        Dtype::F16 => Some(
            pairs
                .iter()
                .map(|bytes| f16::from_le_bytes(*bytes).to_f32())
                .collect(),
        ),
        Dtype::BF16 => Some(
            pairs
                .iter()
                .map(|bytes| bf16::from_le_bytes(*bytes).to_f32())
                .collect(),
        ),
        _ => None,
    }
}
