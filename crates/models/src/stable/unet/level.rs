//! The rooms of a U-Net: residual blocks with transformers behind them, at one resolution.

use burn::{
    module::Module,
    tensor::{Int, Tensor, TensorData},
};
use weft_tensor::{ConvOptions, constant};

use super::{
    transformer::{Attention, Sizes, Transformer},
    trunk::Seen,
};
use crate::{
    layers::{Conv, Residual},
    stable::source::{Norms, Source},
};

/// Added to variances.
pub(super) const EPSILON: f64 = 1e-5;

/// Residual blocks, each with a transformer behind it or none of them.
#[derive(Module, Debug)]
pub(super) struct Blocks {
    residuals: Vec<Residual>,
    transformers: Vec<Transformer>,
}

impl Blocks {
    /// One residual block for each pair of channels in and out.
    pub(super) fn read(
        source: &mut Source<'_>,
        name: &str,
        channels: &[[usize; 2]],
        (sizes, time): (Sizes, usize),
    ) -> Self {
        let norms = norms(sizes);
        let (mut residuals, mut transformers) = (Vec::new(), Vec::new());
        for (i, &pair) in channels.iter().enumerate() {
            residuals.push(source.residual(&format!("{name}.resnets.{i}"), pair, norms, time));
            if sizes.depth > 0 {
                let name = format!("{name}.attentions.{i}");
                transformers.push(Transformer::read(source, &name, sizes));
            }
        }
        Self {
            residuals,
            transformers,
        }
    }

    /// The last residual block of the middle, alone.
    pub(super) fn read_last(
        source: &mut Source<'_>,
        channels: [usize; 2],
        (sizes, time): (Sizes, usize),
    ) -> Self {
        let residual = source.residual("mid_block.resnets.1", channels, norms(sizes), time);
        Self {
            residuals: vec![residual],
            transformers: Vec::new(),
        }
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.residuals.len()
    }

    /// The attentions to text.
    pub(super) fn attentions(&mut self) -> impl Iterator<Item = &mut Attention> {
        let transformers = self.transformers.iter_mut();
        let blocks = transformers.flat_map(|transformer| &mut transformer.blocks);
        blocks.map(|block| &mut block.cross)
    }

    /// The `i`th.
    pub(super) fn forward(&self, i: usize, x: Tensor<4>, seen: &Seen<'_>) -> Tensor<4> {
        let x = self.residuals[i].forward(x, Some(&seen.time));
        match self.transformers.get(i) {
            Some(transformer) => transformer.forward(x, seen),
            None => x,
        }
    }
}

fn norms(sizes: Sizes) -> Norms {
    Norms {
        groups: sizes.groups,
        epsilon: EPSILON,
    }
}

/// One resolution on the way down, and the convolution that leads to the next.
#[derive(Module, Debug)]
pub(super) struct Down {
    pub(super) blocks: Blocks,
    pub(super) next: Option<Conv>,
}

impl Down {
    /// What comes out of each block and of the convolution, in their order, behind those of `outcomes`.
    pub(super) fn forward(
        &self,
        outcomes: &mut Vec<Tensor<4>>,
        mut x: Tensor<4>,
        seen: &Seen<'_>,
    ) -> Tensor<4> {
        for i in 0..self.blocks.len() {
            x = self.blocks.forward(i, x, seen);
            outcomes.push(x.clone());
        }
        if let Some(next) = &self.next {
            x = next.forward(x);
            outcomes.push(x.clone());
        }
        x
    }
}

/// One resolution on the way up, and the convolution that leads to the next.
#[derive(Module, Debug)]
pub(super) struct Up {
    pub(super) blocks: Blocks,
    pub(super) next: Option<Conv>,
}

impl Up {
    /// Takes the outcomes of the way down from the last on.
    pub(super) fn forward(
        &self,
        outcomes: &mut Vec<Tensor<4>>,
        mut x: Tensor<4>,
        seen: &Seen<'_>,
    ) -> Tensor<4> {
        for i in 0..self.blocks.len() {
            let beside = outcomes.pop();
            x = Tensor::cat([x].into_iter().chain(beside).collect(), 1);
            x = self.blocks.forward(i, x, seen);
        }
        match (&self.next, outcomes.last()) {
            (Some(next), Some(beside)) => {
                let [_, _, rows, columns] = beside.dims();
                enlarged(next, x, [rows, columns])
            }
            _ => x,
        }
    }
}

/// A convolution of the map enlarged to that size, by the nearest pixel.
fn enlarged(conv: &Conv, x: Tensor<4>, size: [usize; 2]) -> Tensor<4> {
    let [_, _, rows, columns] = x.dims();
    if size == [2 * rows, 2 * columns] {
        return conv.forward(x);
    }
    // A side that halved to one half rounded up has no double of its own.
    let nearest = |to: usize, from: usize| {
        let places: Vec<i32> = (0..to).map(|i| (i * from / to) as i32).collect();
        constant::<1, Int>(TensorData::new(places, [to]), &x.device())
    };
    let (down, across) = (nearest(size[0], rows), nearest(size[1], columns));
    let as_it_is = Conv {
        options: ConvOptions {
            upsample: 1,
            ..conv.options
        },
        ..conv.clone()
    };
    as_it_is.forward(x.select(2, down).select(3, across))
}
