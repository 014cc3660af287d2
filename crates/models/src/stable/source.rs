//! A file that a network is read from, by the network's own names.

mod layers;

use std::collections::BTreeMap;

use burn::{
    module::Param,
    tensor::{Device, Tensor, TensorData},
};
use weft_tensor::{Precision, moved};

use super::{
    layout::{Layout, Turn},
    lora::{self, Aliases, Lora, Target},
};
use crate::{Problem, Weights, WeightsError};

pub(super) use layers::Norms;

/// The bytes of a safetensors file of `f32`, `f16` or `bf16`, and what its network shall be on.
#[derive(Clone, Copy)]
pub struct File<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Those of the other files that hold the network together with it.
    pub others: &'a [&'a [u8]],
    /// Where the tensors will be.
    pub device: &'a Device,
    /// That of the layers' operands. On a graphics adapter that computes in `f16`, a U-Net and a ControlNet that shall
    /// be less precise than `f32` keep weights and maps in it; text and image encoders stay `f32`, and so does the
    /// autoencoder, since the maps of SDXL's are beyond `f16`.
    pub precision: Precision,
    /// Added to the weights of U-Nets and text encoders, each with a strength.
    pub loras: &'a [(&'a Lora, f32)],
    /// Hears how many numbers of how many a network has read.
    pub progress: &'a dyn Fn(usize, usize),
}

impl<'a> File<'a> {
    /// A file read to `device`, computing in `f32`.
    pub fn new(bytes: &'a [u8], device: &'a Device) -> Self {
        Self {
            bytes,
            others: &[],
            device,
            precision: Precision::F32,
            loras: &[],
            progress: &|_, _| {},
        }
    }

    /// The tensors of all its files.
    pub(super) fn weights(&self) -> Result<Weights<'a>, WeightsError> {
        let shards: Vec<_> = [self.bytes].iter().chain(self.others).copied().collect();
        Weights::of_shards(&shards, self.device)
    }
}

/// A network being read.
pub(super) struct Source<'a> {
    weights: Weights<'a>,
    layout: Layout,
    device: &'a Device,
    precision: Precision,
    loras: &'a [(&'a Lora, f32)],
    /// What is added to a weight, by its name.
    added: BTreeMap<String, Vec<Tensor<2>>>,
    progress: &'a dyn Fn(usize, usize),
    /// How many numbers have been read, and how many there are.
    read: (usize, usize),
}

impl<'a> Source<'a> {
    /// A network of the file, once it is known where its tensors lie.
    pub(super) fn new(
        file: File<'a>,
        network: &'static str,
        layout: impl FnOnce(&mut Weights<'_>) -> Result<Layout, String>,
    ) -> Result<Self, WeightsError> {
        let mut weights = file.weights()?;
        let layout = layout(&mut weights).map_err(|why| WeightsError::Config { network, why })?;
        let mut source = Self {
            weights,
            layout,
            device: file.device,
            precision: file.precision,
            loras: file.loras,
            added: BTreeMap::new(),
            progress: file.progress,
            read: (0, 0),
        };
        let numbers = |name| {
            source
                .found(name)
                .map_or(0, |(_, shape)| shape.iter().product())
        };
        let total = source.names().map(numbers).sum();
        source.read.1 = total;
        Ok(source)
    }

    /// Finds the weights to which the LoRAs add something; the network is `target`, and its layers may be called
    /// as in `aliases`.
    pub(super) fn adapt(&mut self, target: Target, aliases: &Aliases) -> Result<(), WeightsError> {
        let mut problems = Vec::new();
        for (lora, strength) in self.loras {
            for pair in lora.pairs.iter().filter(|pair| pair.target == target) {
                let name = aliases
                    .ours(&pair.module)
                    .map(|ours| format!("{ours}.weight"));
                let wanted = name.as_deref().and_then(|name| self.found(name).ok());
                let (Some(name), Some((_, wanted))) = (name, wanted) else {
                    problems.push(Problem::Unknown(pair.key.clone()));
                    continue;
                };
                let found = vec![pair.up.dims()[0], pair.down.dims()[1]];
                let rows = wanted.first().copied().unwrap_or(0);
                let wanted = vec![rows, wanted.iter().skip(1).product()];
                if found != wanted {
                    let key = pair.key.clone();
                    problems.push(Problem::Shape { key, found, wanted });
                    continue;
                }
                let product = pair.up.clone().matmul(pair.down.clone()) * *strength;
                let product = moved(product, self.device);
                self.added.entry(name).or_default().push(product);
            }
        }
        if problems.is_empty() {
            return Ok(());
        }
        Err(WeightsError::Unfit {
            network: lora::NAME,
            problems,
        })
    }

    /// The names of all layers that have a weight.
    pub(super) fn modules(&self) -> impl Iterator<Item = &str> {
        self.names().filter_map(|name| name.strip_suffix(".weight"))
    }

    /// The precision of the layers' operands.
    pub(super) fn precision(&self) -> Precision {
        self.precision
    }

    /// The names of all tensors.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.layout.names()
    }

    /// Whether the file has a tensor of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.layout.place(name).is_some()
    }

    /// How many of `name.0`, `name.1`, … there are.
    pub(super) fn count(&self, name: &str) -> usize {
        let there = |i: &usize| {
            let prefix = format!("{name}.{i}.");
            self.names().any(|name| name.starts_with(&prefix))
        };
        (0..).take_while(there).count()
    }

    /// The key and the shape of that tensor; `Err` names what the file lacks.
    fn found(&self, name: &str) -> Result<(&str, Vec<usize>), String> {
        let absent = || format!("it has no `{}`", self.layout.told(name));
        let place = self.layout.place(name).ok_or_else(absent)?;
        let mut shape = self.weights.shape(&place.key).ok_or_else(absent)?;
        match (place.turn, shape.first_mut()) {
            (Turn::Third(_), Some(rows)) => *rows /= 3,
            (Turn::Transposed, _) => shape.reverse(),
            _ => {}
        }
        Ok((&place.key, shape))
    }

    /// The shape of that tensor; `Err` names what the file lacks, or says that it has another number of axes.
    pub(super) fn shape<const D: usize>(&self, name: &str) -> Result<[usize; D], String> {
        let (key, shape) = self.found(name)?;
        let axes = |shape: Vec<usize>| format!("`{key}` is {shape:?}, not of {D} axes");
        shape.try_into().map_err(axes)
    }

    /// The tensor of that name. Axes of 1 at the end of its shape may be there or not, which is all that tells a
    /// 1×1 convolution from a dense layer.
    pub(super) fn tensor<const D: usize>(&mut self, name: &str, shape: [usize; D]) -> Tensor<D> {
        let numbers = match self.layout.place(name).cloned() {
            None => self.weights.numbers(&self.layout.told(name), &shape),
            Some(place) => {
                let found = self.weights.shape(&place.key).unwrap_or_default();
                let wanted = wanted(place.turn, &shape, &found);
                let numbers = self.weights.numbers(&place.key, &wanted);
                turned(place.turn, numbers, &shape)
            }
        };
        let mut tensor = weft_tensor::weights(TensorData::new(numbers, shape), self.device);
        self.read.0 += shape.iter().product::<usize>();
        (self.progress)(self.read.0, self.read.1);
        for more in self.added.remove(name).into_iter().flatten() {
            tensor = tensor + more.reshape(shape);
        }
        tensor
    }

    /// The same as a parameter.
    pub(super) fn param<const D: usize>(
        &mut self,
        name: &str,
        shape: [usize; D],
    ) -> Param<Tensor<D>> {
        Param::from_tensor(self.tensor(name, shape))
    }

    /// Checks that everything fitted and that nothing is left over.
    pub(super) fn finish(self, network: &'static str) -> Result<(), WeightsError> {
        self.weights.finish(network)
    }
}

/// The shape that the file's tensor must have.
fn wanted(turn: Turn, shape: &[usize], found: &[usize]) -> Vec<usize> {
    let mut wanted = shape.to_vec();
    match turn {
        Turn::Whole if trimmed(found) == trimmed(shape) => wanted = found.to_vec(),
        Turn::Whole => {}
        Turn::Third(_) => wanted[0] *= 3,
        Turn::Transposed => wanted.reverse(),
    }
    wanted
}

/// Without axes of 1 at the end.
fn trimmed(shape: &[usize]) -> &[usize] {
    let ones = shape.iter().rev().take_while(|&&axis| axis == 1).count();
    &shape[..shape.len() - ones]
}

/// The numbers of the tensor out of those of the file's.
fn turned(turn: Turn, numbers: Vec<f32>, shape: &[usize]) -> Vec<f32> {
    match turn {
        Turn::Whole => numbers,
        Turn::Third(i) => {
            let third = numbers.len() / 3;
            numbers[i * third..(i + 1) * third].to_vec()
        }
        Turn::Transposed => {
            let (rows, columns) = (shape[0], numbers.len() / shape[0].max(1));
            let at = |i: usize| numbers[(i % columns) * rows + i / columns];
            (0..numbers.len()).map(at).collect()
        }
    }
}
