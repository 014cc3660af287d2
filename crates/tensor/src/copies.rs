//! What crosses between the host and a graphics adapter, counted. Nothing in Weft's nodes and networks crosses elsewhere:
//! `.clippy.toml` forbids burn's own functions for it.
//!
//! On the CPU host and device are one, so nothing crosses.

use std::{
    cell::Cell,
    ops::{Add, AddAssign},
};

use burn::{
    module::Module,
    tensor::{Device, Tensor, TensorData, kind::Basic},
};

use crate::device::is_gpu;

/// Crossings of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crossed {
    /// How often.
    pub count: u64,
    /// Bytes in all.
    pub bytes: u64,
}

/// What crossed between host and device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copies {
    /// Values that went to the device: pictures of files, results kept on disk.
    pub up: Crossed,
    /// Values that came back to the host.
    pub down: Crossed,
    /// Weights of networks that went to the device.
    pub weights: Crossed,
    /// Numbers that code on the host made for the device to compute with: taps of filters, ids of words, noise.
    pub made: Crossed,
}

impl Copies {
    /// Whether no value crossed, in either direction.
    pub fn are_none(&self) -> bool {
        self.up.count == 0 && self.down.count == 0
    }
}

impl Add for Copies {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            up: self.up + other.up,
            down: self.down + other.down,
            weights: self.weights + other.weights,
            made: self.made + other.made,
        }
    }
}

impl AddAssign for Copies {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Add for Crossed {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            bytes: self.bytes + other.bytes,
        }
    }
}

thread_local! {
    static HERE: Cell<Copies> = const { Cell::new(Copies {
        up: NONE,
        down: NONE,
        weights: NONE,
        made: NONE,
    }) };
}

const NONE: Crossed = Crossed { count: 0, bytes: 0 };

/// What `work` gives, and what crossed on this thread meanwhile.
pub fn counted<T>(work: impl FnOnce() -> T) -> (T, Copies) {
    let before = HERE.replace(Copies::default());
    let done = work();
    let during = HERE.get();
    HERE.set(before + during);
    (done, during)
}

fn count(bytes: usize, to: impl FnOnce(&mut Copies) -> &mut Crossed) {
    let mut copies = HERE.get();
    let crossed = to(&mut copies);
    *crossed = *crossed
        + Crossed {
            count: 1,
            bytes: bytes as u64,
        };
    HERE.set(copies);
}

/// The tensor of a value that lies on the host, such as the pixels of a file.
///
/// # Panics
/// The data has not `D` axes.
pub fn uploaded<const D: usize, K: Basic>(
    data: impl Into<TensorData>,
    device: &Device,
) -> Tensor<D, K> {
    sent(data.into(), device, |copies| &mut copies.up)
}

/// The tensor of weights that were read from a file.
///
/// # Panics
/// The data has not `D` axes.
pub fn weights<const D: usize>(data: impl Into<TensorData>, device: &Device) -> Tensor<D> {
    sent(data.into(), device, |copies| &mut copies.weights)
}

/// A tensor of numbers that code on the host has made to compute with.
///
/// # Panics
/// The data has not `D` axes.
pub fn constant<const D: usize, K: Basic>(
    data: impl Into<TensorData>,
    device: &Device,
) -> Tensor<D, K> {
    sent(data.into(), device, |copies| &mut copies.made)
}

/// The numbers of a tensor, brought to the host.
///
/// # Errors
/// A sentence on why the device did not give them back.
pub fn downloaded<const D: usize, K: Basic>(tensor: Tensor<D, K>) -> Result<TensorData, String> {
    let from_gpu = is_gpu(&tensor.device());
    let data = into_data(tensor)?;
    if from_gpu {
        count(data.as_bytes().len(), |copies| &mut copies.down);
    }
    Ok(data)
}

/// The numbers of a tensor as `f32`, in the order of its axes, brought to the host.
///
/// # Errors
/// A sentence on why the device did not give them back.
pub fn floats<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, String> {
    let data = downloaded(tensor)?.convert::<f32>();
    data.try_into_vec().map_err(|error| format!("{error:?}"))
}

/// The tensor on that device; the same one if it is there.
pub fn moved<const D: usize, K: Basic>(tensor: Tensor<D, K>, device: &Device) -> Tensor<D, K> {
    let from = tensor.device();
    if from == *device {
        return tensor;
    }
    let bytes = tensor.shape().num_elements() * tensor.dtype().size();
    if is_gpu(&from) {
        count(bytes, |copies| &mut copies.down);
    }
    if is_gpu(device) {
        count(bytes, |copies| &mut copies.up);
    }
    to_device(tensor, device)
}

/// The network on that device; its weights count.
pub fn network<N: Module>(network: N, device: &Device) -> N {
    let bytes = 4 * network.num_params();
    if is_gpu(device) {
        count(bytes, |copies| &mut copies.weights);
    }
    network.to_device(device)
}

/// A tensor of what the host has, counted there if it crosses.
#[expect(clippy::disallowed_methods, reason = "it is counted here")]
fn sent<const D: usize, K: Basic>(
    data: TensorData,
    device: &Device,
    to: impl FnOnce(&mut Copies) -> &mut Crossed,
) -> Tensor<D, K> {
    if is_gpu(device) {
        count(data.as_bytes().len(), to);
    }
    Tensor::from_data(data, device)
}

#[expect(clippy::disallowed_methods, reason = "it is counted here")]
fn into_data<const D: usize, K: Basic>(tensor: Tensor<D, K>) -> Result<TensorData, String> {
    tensor.try_into_data().map_err(|error| error.to_string())
}

#[expect(clippy::disallowed_methods, reason = "it is counted here")]
fn to_device<const D: usize, K: Basic>(tensor: Tensor<D, K>, device: &Device) -> Tensor<D, K> {
    tensor.to_device(device)
}
