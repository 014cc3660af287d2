//! Networks whose zeros are no zeros any more, and their gradients, for tests.

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    optim::GradientsParams,
    tensor::{Tensor, TensorData},
};
use weft_tensor::constant;
use weft_testing::numbers;

/// The network with every parameter whose name starts with `prefix` moved by up to 0.1.
pub(crate) fn stirred<M: Module>(network: M, prefix: &str) -> M {
    network.map(&mut Stirring {
        path: Vec::new(),
        prefix: prefix.to_owned(),
        at: 0.0,
    })
}

/// The names of the parameters that `gradients` does not move, or moves by no number.
pub(crate) fn unmoved<M: Module>(network: &M, gradients: GradientsParams) -> Vec<String> {
    let is_unmoved = |(_, gradient): &(String, Vec<f32>)| {
        let is_whole = gradient.iter().all(|number| number.is_finite());
        !is_whole || gradient.iter().all(|&number| number == 0.0)
    };
    let all = by_name(network, gradients).into_iter();
    all.filter(is_unmoved).map(|(name, _)| name).collect()
}

/// The gradient of each parameter; no numbers where there is none.
pub(crate) fn by_name<M: Module>(
    network: &M,
    gradients: GradientsParams,
) -> Vec<(String, Vec<f32>)> {
    let mut looking = Looking {
        path: Vec::new(),
        gradients,
        found: Vec::new(),
    };
    network.visit(&mut looking);
    looking.found
}

struct Stirring {
    path: Vec<String>,
    prefix: String,
    at: f32,
}

impl ModuleMapper for Stirring {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if !self.path.join(".").starts_with(&self.prefix) {
            return param;
        }
        param.map(|old| {
            let moved = numbers(&old).into_iter().map(|value| {
                self.at += 1.7;
                value + 0.1 * (self.at * self.at).sin()
            });
            let moved = TensorData::new(moved.collect::<Vec<_>>(), old.dims());
            constant(moved, &old.device()).set_require_grad(old.is_require_grad())
        })
    }
}

struct Looking {
    path: Vec<String>,
    gradients: GradientsParams,
    found: Vec<(String, Vec<f32>)>,
}

impl ModuleVisitor for Looking {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let gradient = self.gradients.get::<D>(param.id);
        let gradient = gradient
            .map(|gradient| numbers(&gradient))
            .unwrap_or_default();
        self.found.push((self.path.join("."), gradient));
    }
}
