//! The U-Net with PyTorch's weights against PyTorch's output.

use std::path::Path;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Tensor};
use weft_tensor::Precision;
use weft_testing::{Tensors, fixture, numbers};

use crate::arithmetic::Arithmetic;
use crate::unet::UNet;

/// Prints how far each way to compute is from what `pytorch.py save` wrote into the folder.
pub(crate) fn compare(folder: &Path) {
    let folder = folder.canonicalize().unwrap();
    let folder = folder.to_str().unwrap();
    let device = Device::flex();
    let mut loader = Loader {
        weights: fixture(folder, "unet.safetensors"),
        path: Vec::new(),
        loaded: 0,
    };
    let unet = UNet::new(&device).map(&mut loader);
    let there = loader.weights.names().count();
    println!("{} of {there} tensors loaded", loader.loaded);
    let given = fixture(folder, "io.safetensors");
    let (x, time) = (given.get("x", &device), given.get("temb", &device));
    let (context, expected) = (given.get("context", &device), given.get("y", &device));
    let ways = [
        Arithmetic::Burn,
        Arithmetic::Weft(Precision::F32),
        Arithmetic::Weft(Precision::Bf16),
    ];
    for by in ways {
        let y = unet.forward(x.clone(), time.clone(), &context, by);
        println!("{by:?}: {:.2e} of the norm", distance(&y, &expected));
    }
}

/// The norm of the difference as a share of the norm of what is expected.
fn distance(actual: &Tensor<4>, expected: &Tensor<4>) -> f64 {
    let (actual, expected) = (numbers(actual), numbers(expected));
    let square = |x: f32| f64::from(x) * f64::from(x);
    let pairs = actual.iter().zip(&expected);
    let difference: f64 = pairs.map(|(a, b)| square(a - b)).sum();
    (difference / expected.iter().copied().map(square).sum::<f64>()).sqrt()
}

/// Puts the tensor of its name into each parameter.
struct Loader {
    weights: Tensors,
    path: Vec<String>,
    loaded: usize,
}

impl ModuleMapper for Loader {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (name, device) = (self.path.join("."), param.val().device());
        let tensor: Tensor<D> = self.weights.get(&name, &device);
        self.loaded += 1;
        // PyTorch has the weights of dense layers the other way round.
        let tensor = if D == 2 { tensor.transpose() } else { tensor };
        param.map(|_| tensor)
    }
}
