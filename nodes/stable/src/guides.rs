//! What leads a model besides the text: ControlNets, pictures, and what stays when a part is painted anew.

use burn::tensor::Tensor;

use crate::{ControlNet, PictureTokens};

/// What leads a model besides the text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guides {
    pub(crate) controls: Vec<Control>,
    pub(crate) pictures: Option<Shown>,
    pub(crate) painted: Option<Painted>,
}

/// The part of the way from noise, 0, to picture, 1, on which something counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) from: f64,
    pub(crate) to: f64,
}

impl Part {
    /// Whether it counts at that place of the way.
    pub(crate) fn holds(self, place: f64) -> bool {
        (self.from..=self.to).contains(&place)
    }
}

/// A ControlNet and its picture.
#[derive(Clone, Debug)]
pub(crate) struct Control {
    pub(crate) net: ControlNet,
    /// `[1, 3, height, width]`, sRGB-encoded, 0..=1, of any size.
    pub(crate) picture: Tensor<4>,
    pub(crate) strength: f32,
    pub(crate) part: Part,
}

/// Pictures to attend to.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) tokens: PictureTokens,
    pub(crate) strength: f32,
    pub(crate) part: Part,
}

/// What a model for inpainting sees besides the latents.
#[derive(Clone, Debug)]
pub(crate) struct Painted {
    /// `[1, 1 + channels, height, width]`: the mask, and the latents of what stays.
    pub(crate) seen: Tensor<4>,
}

impl Guides {
    pub(crate) fn is_empty(&self) -> bool {
        self.controls.is_empty() && self.pictures.is_none() && self.painted.is_none()
    }

    /// Memory of the tensors.
    pub(crate) fn bytes(&self) -> u64 {
        let count = |x: &Tensor<4>| x.dims().iter().product::<usize>() as u64;
        let controls: u64 = self.controls.iter().map(|it| count(&it.picture)).sum();
        let painted = self.painted.as_ref().map_or(0, |it| count(&it.seen));
        4 * (controls + painted)
    }
}
