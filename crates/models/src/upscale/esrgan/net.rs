//! The network: dense blocks within residuals within a residual, then doublings.

use burn::tensor::{Tensor, activation::leaky_relu};

use crate::{
    layers::{Conv, unshuffle},
    upscale::{
        network::{Enlarge, Step, Stopped},
        padding::mirrored,
    },
};

const SLOPE: f64 = 0.2;
/// How much of a residual is added.
const ADDED: f32 = 0.2;

/// `RRDBNet` of ESRGAN and Real-ESRGAN.
#[derive(Debug)]
pub(in crate::upscale) struct Esrgan {
    /// The side of the squares of pixels that become channels first; 1 for none.
    pub(super) unshuffle: usize,
    pub(super) first: Conv,
    pub(super) blocks: Vec<[Dense; 3]>,
    pub(super) body: Conv,
    /// One for each doubling.
    pub(super) ups: Vec<Conv>,
    pub(super) high: Conv,
    pub(super) last: Conv,
}

/// Five convolutions, each of all that was there before it.
#[derive(Debug)]
pub(super) struct Dense(pub(super) Vec<Conv>);

impl Dense {
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let mut seen = x.clone();
        for (i, conv) in self.0.iter().enumerate() {
            let made = conv.forward(seen.clone());
            if i + 1 == self.0.len() {
                return made * ADDED + x;
            }
            seen = Tensor::cat(vec![seen, leaky_relu(made, SLOPE)], 1);
        }
        x
    }
}

impl Enlarge for Esrgan {
    fn scale(&self) -> usize {
        (1 << self.ups.len()) / self.unshuffle
    }

    fn steps(&self) -> usize {
        3 * self.blocks.len() + 1
    }

    fn reach(&self) -> usize {
        // The ends of the way up look half as far from doubling to doubling, 2 pixels in all.
        let convs = 1 + 15 * self.blocks.len() + 1 + 2;
        self.unshuffle * convs + self.unshuffle - 1
    }

    fn grain(&self) -> usize {
        self.unshuffle
    }

    fn forward(&self, rgb: Tensor<4>, step: Step<'_>) -> Result<Tensor<4>, Stopped> {
        let [_, _, height, width] = rgb.dims();
        let x = unshuffle(mirrored(rgb, self.unshuffle), self.unshuffle);
        let first = self.first.forward(x);
        let mut x = first.clone();
        for block in &self.blocks {
            let before = x.clone();
            for dense in block {
                x = dense.forward(x);
                step()?;
            }
            x = x * ADDED + before;
        }
        let x = self.body.forward(x) + first;
        let up = |x, conv: &Conv| leaky_relu(conv.forward(x), SLOPE);
        let x = up(self.ups.iter().fold(x, up), &self.high);
        let x = self.last.forward(x);
        step()?;
        let size = [height, width].map(|side| side * self.scale());
        Ok(x.narrow(2, 0, size[0]).narrow(3, 0, size[1]))
    }
}
