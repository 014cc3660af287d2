//! The network: six blocks whose own outcome says how much of it goes on, without learnt attention.

use burn::tensor::{Tensor, activation::sigmoid};
use weft_tensor::silu;

use crate::{
    layers::{Conv, shuffle},
    upscale::{
        color::{RANGE, centred},
        network::{Enlarge, Step, Stopped},
    },
};

/// `SPAN`.
#[derive(Debug)]
pub(in crate::upscale) struct Span {
    /// Whether colours are taken about their mean, in steps of 1/255.
    pub(super) is_centred: bool,
    pub(super) first: Conv,
    pub(super) blocks: Vec<Block>,
    pub(super) body: Conv,
    pub(super) joined: Conv,
    pub(super) last: Conv,
    pub(super) scale: usize,
}

/// Three convolutions.
#[derive(Debug)]
pub(super) struct Block(pub(super) [Conv; 3]);

impl Block {
    /// What the block makes, and what its first convolution made.
    fn forward(&self, x: Tensor<4>) -> [Tensor<4>; 2] {
        let [first, second, third] = &self.0;
        let early = silu(first.forward(x.clone()));
        let late = third.forward(silu(second.forward(early.clone())));
        let attention = sigmoid(late.clone()) - 0.5;
        [(late + x) * attention, early]
    }
}

impl Enlarge for Span {
    fn scale(&self) -> usize {
        self.scale
    }

    fn steps(&self) -> usize {
        self.blocks.len() + 1
    }

    fn reach(&self) -> usize {
        3 * self.blocks.len() + 3
    }

    fn forward(&self, rgb: Tensor<4>, step: Step<'_>) -> Result<Tensor<4>, Stopped> {
        let x = if self.is_centred {
            centred(rgb) * RANGE
        } else {
            rgb
        };
        let first = self.first.forward(x);
        let mut x = first.clone();
        let mut kept = Vec::with_capacity(self.blocks.len());
        for block in &self.blocks {
            let [made, early] = block.forward(x);
            x = made.clone();
            kept.push((made, early));
            step()?;
        }
        let body = self.body.forward(x);
        let made = kept.first().map(|(made, _)| made.clone());
        let early = kept.last().map(|(_, early)| early.clone());
        let all = [Some(first), Some(body), made, early];
        let x = self
            .joined
            .forward(Tensor::cat(all.into_iter().flatten().collect(), 1));
        let x = shuffle(self.last.forward(x), self.scale);
        step()?;
        Ok(x)
    }
}
