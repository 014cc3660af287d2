//! AdamW with clipped gradients and averaged weights, over all parameters of a module in their fixed order.

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    optim::GradientsParams,
    tensor::{Tensor, TensorData},
};
use weft_kernels::{AdamW, AdamWState, adamw_step, ema_step, sum_of_squares};
use weft_models::parameters::{Parameter, named_parameters};

/// What does not change from step to step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// The step itself; its `step` counts up.
    pub adam: AdamW,
    /// Norm to which gradients are clipped, over all parameters together.
    pub clip: f64,
    /// Share of the averaged weights that is kept at a step.
    pub average: f64,
}

/// What is remembered of one parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Memory {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    /// First moment.
    pub(super) m: Vec<f32>,
    /// Second moment.
    pub(super) v: Vec<f32>,
    /// Averaged weights.
    pub(super) average: Vec<f32>,
}

/// AdamW (Loshchilov and Hutter 2017) and an exponential moving average of the weights.
#[derive(Debug)]
pub struct Optimizer {
    rule: Rule,
    pub(super) memories: Vec<Memory>,
    pub(super) step: u32,
}

impl Optimizer {
    /// Nothing remembered; the averaged weights are those of the module.
    pub fn new<M: Module>(module: &M, rule: Rule) -> Self {
        let memories = named_parameters(module)
            .into_iter()
            .map(Memory::new)
            .collect();
        Self {
            rule,
            memories,
            step: 0,
        }
    }

    /// Moves each parameter against its gradient; the norm of all gradients together, before clipping.
    pub fn step<M: Module>(
        &mut self,
        module: &mut M,
        gradients: GradientsParams,
        rate: f64,
    ) -> f64 {
        let mut gathering = Gathering {
            gradients,
            found: Vec::with_capacity(self.memories.len()),
        };
        module.visit(&mut gathering);
        let squares = |found: &Option<Vec<f32>>| found.as_deref().map_or(0.0, sum_of_squares);
        let norm = gathering.found.iter().map(squares).sum::<f64>().sqrt();
        self.step += 1;
        // It starts low, so that the first weights are soon forgotten.
        let kept = f64::from(self.step) / (9.0 + f64::from(self.step));
        let mut stepping = Stepping {
            adam: AdamW {
                rate,
                step: self.step,
                ..self.rule.adam
            },
            keep: self.rule.average.min(kept),
            scale: (self.rule.clip / norm.max(self.rule.clip)) as f32,
            gradients: gathering.found.into_iter(),
            memories: self.memories.iter_mut(),
        };
        *module = module.clone().map(&mut stepping);
        norm
    }

    /// The module with its averaged weights, away from autodiff.
    pub fn averaged<M: Module>(&self, module: M) -> M {
        let mut filling = Filling {
            values: self.memories.iter().map(|memory| &memory.average[..]),
        };
        module.valid().map(&mut filling)
    }

    /// The module with these weights, one slice a parameter, still learning.
    pub(super) fn filled<'a, M: Module>(module: M, values: impl Iterator<Item = &'a [f32]>) -> M {
        module.map(&mut Filling { values })
    }
}

impl Memory {
    fn new(parameter: Parameter) -> Self {
        Self {
            m: vec![0.0; parameter.values.len()],
            v: vec![0.0; parameter.values.len()],
            name: parameter.name,
            shape: parameter.shape,
            average: parameter.values,
        }
    }
}

/// The values of a tensor on the host; no copy where nobody else holds them.
fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    let data = tensor.into_data().convert::<f32>();
    data.try_into_vec().unwrap_or_default()
}

struct Gathering {
    gradients: GradientsParams,
    found: Vec<Option<Vec<f32>>>,
}

impl ModuleVisitor for Gathering {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.found
            .push(self.gradients.remove::<D>(param.id).map(numbers));
    }
}

struct Stepping<'a> {
    adam: AdamW,
    keep: f64,
    scale: f32,
    gradients: std::vec::IntoIter<Option<Vec<f32>>>,
    memories: std::slice::IterMut<'a, Memory>,
}

impl ModuleMapper for Stepping<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let memory = self.memories.next().expect("one memory a parameter");
        let Some(gradient) = self.gradients.next().flatten() else {
            return param;
        };
        // Weights and their shifts are not shrunk alike: a bias or a gain has nothing to gain from it.
        let weight_decay = if D > 1 { self.adam.weight_decay } else { 0.0 };
        let adam = AdamW {
            weight_decay,
            ..self.adam
        };
        param.map(|tensor| {
            let (shape, device) = (tensor.dims(), tensor.device());
            let mut values = numbers(tensor);
            let state = AdamWState {
                m: &mut memory.m,
                v: &mut memory.v,
            };
            adamw_step(&mut values, &gradient, state, &adam, self.scale)
                .and_then(|()| ema_step(&mut memory.average, &values, self.keep))
                .expect("gradient, memory and parameter have one shape");
            Tensor::<D>::from_data(TensorData::new(values, shape), &device).require_grad()
        })
    }
}

struct Filling<I> {
    values: I,
}

impl<'a, I: Iterator<Item = &'a [f32]>> ModuleMapper for Filling<I> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let values = self.values.next().expect("one slice a parameter");
        param.map(|tensor| {
            let (shape, device, learns) =
                (tensor.dims(), tensor.device(), tensor.is_require_grad());
            let filled = Tensor::<D>::from_data(TensorData::new(values.to_vec(), shape), &device);
            if learns {
                filled.require_grad()
            } else {
                filled
            }
        })
    }
}
