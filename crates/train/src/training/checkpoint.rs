//! Everything a run needs to go on as if it had never stopped, in one safetensors file.

use std::{collections::HashMap, fs, path::Path};

use burn::module::Module;
use bytemuck::cast_slice;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};
use weft_models::parameters::named_parameters;
use weft_store::{Existing, write_atomically};

use super::{Optimizer, TrainError, optimizer::Memory};

/// The weights, what the optimiser remembers, and where the run is.
pub struct Checkpoint {
    head: Head,
    weights: Vec<Vec<f32>>,
    memories: Vec<Memory>,
}

/// What is no tensor.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
struct Head {
    step: u64,
    taken: u32,
    config: String,
}

/// What is kept of each parameter; the first part of a tensor's name.
const PARTS: [&str; 4] = ["weight", "m", "v", "average"];

impl Checkpoint {
    /// The state of a run.
    pub fn of<M: Module>(net: &M, optimizer: &Optimizer, step: u64, config: String) -> Self {
        Self {
            head: Head {
                step,
                taken: optimizer.step,
                config,
            },
            weights: named_parameters(net)
                .into_iter()
                .map(|it| it.values)
                .collect(),
            memories: optimizer.memories.clone(),
        }
    }

    /// Writes it; a file that was there stays whole until this one is.
    ///
    /// # Errors
    /// The folder is missing, full or read-only.
    pub fn write(&self, path: &Path) -> Result<(), TrainError> {
        let mut tensors = Vec::with_capacity(4 * self.memories.len());
        for (memory, weight) in self.memories.iter().zip(&self.weights) {
            let held = [weight, &memory.m, &memory.v, &memory.average];
            for (part, numbers) in PARTS.iter().zip(held) {
                let name = format!("{part}.{}", memory.name);
                tensors.push((name, memory.shape.clone(), cast_slice::<f32, u8>(numbers)));
            }
        }
        let views = tensors.iter().filter_map(|(name, shape, bytes)| {
            let view = TensorView::new(Dtype::F32, shape.clone(), bytes).ok()?;
            Some((name.as_str(), view))
        });
        let head = serde_json::to_string(&self.head).unwrap_or_default();
        let metadata = HashMap::from([("training".to_owned(), head)]);
        let bytes =
            safetensors::serialize(views, Some(metadata)).map_err(|why| TrainError::Foreign {
                why: why.to_string(),
                path: path.to_owned(),
            })?;
        Ok(write_atomically(path, &bytes, Existing::Replace)?)
    }

    /// Reads one.
    ///
    /// # Errors
    /// A file that cannot be read or is no checkpoint.
    pub fn read(path: &Path) -> Result<Self, TrainError> {
        let foreign = |why: String| TrainError::Foreign {
            why,
            path: path.to_owned(),
        };
        let bytes = fs::read(path).map_err(TrainError::file("cannot read the checkpoint", path))?;
        let (_, metadata) = SafeTensors::read_metadata(&bytes)
            .map_err(|why| foreign(format!("it is damaged ({why})")))?;
        let head = metadata
            .metadata()
            .as_ref()
            .and_then(|texts| serde_json::from_str(texts.get("training")?).ok())
            .ok_or_else(|| foreign("it is no checkpoint of a training run".to_owned()))?;
        let tensors = SafeTensors::deserialize(&bytes)
            .map_err(|why| foreign(format!("it is damaged ({why})")))?;
        let mut checkpoint = Self {
            head,
            weights: Vec::new(),
            memories: Vec::new(),
        };
        let names = metadata.offset_keys();
        for name in names.iter().filter_map(|name| name.strip_prefix("weight.")) {
            let part = |part: &str| {
                let view = tensors
                    .tensor(&format!("{part}.{name}"))
                    .map_err(|why| foreign(why.to_string()))?;
                let numbers = view
                    .data()
                    .chunks_exact(4)
                    .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
                Ok::<_, TrainError>((view.shape().to_vec(), numbers.collect::<Vec<f32>>()))
            };
            let (shape, weight) = part("weight")?;
            checkpoint.weights.push(weight);
            checkpoint.memories.push(Memory {
                name: name.to_owned(),
                shape,
                m: part("m")?.1,
                v: part("v")?.1,
                average: part("average")?.1,
            });
        }
        Ok(checkpoint)
    }

    /// Puts everything back into a network and its optimiser; the network and the step to go on with.
    ///
    /// # Errors
    /// Another network, or another configuration of it.
    pub fn restore<M: Module>(
        self,
        net: M,
        optimizer: &mut Optimizer,
        config: &str,
    ) -> Result<(M, u64), TrainError> {
        let foreign = |why: String| TrainError::Foreign {
            why,
            path: "checkpoint.safetensors".into(),
        };
        if self.head.config != config {
            return Err(foreign("it was made with another configuration".to_owned()));
        }
        let mut by_name: HashMap<String, (Vec<f32>, Memory)> = self
            .memories
            .into_iter()
            .zip(self.weights)
            .map(|(memory, weight)| (memory.name.clone(), (weight, memory)))
            .collect();
        let mut weights = Vec::with_capacity(optimizer.memories.len());
        for memory in &mut optimizer.memories {
            let found = by_name
                .remove(&memory.name)
                .filter(|(_, found)| found.shape == memory.shape);
            let (weight, found) =
                found.ok_or_else(|| foreign(format!("it has no fitting `{}`", memory.name)))?;
            *memory = found;
            weights.push(weight);
        }
        optimizer.step = self.head.taken;
        let net = Optimizer::filled(net, weights.iter().map(Vec::as_slice));
        Ok((net, self.head.step))
    }
}
