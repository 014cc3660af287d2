//! Both sides of guidance in one call of the network.

use burn::tensor::Tensor;
use weft_tensor::is_gpu;

use crate::{
    StableModel,
    denoiser::{Call, Led, Side},
};

/// Whether both sides are better said in one call: on a graphics adapter, which one side seldom fills, and on the CPU
/// where operands are of 16 bits. A U-Net of 42 M weights at 64×64 takes 232 ms alone and 512 for two together in `f32`
/// there, 175 and 289 in bf16 (crates/tensor/README.md); a step of Stable Diffusion 1.5 at 512×512 3.9 s either way in
/// `f32`, and 2.3 apart and 2.1 together in bf16.
pub(crate) fn is_better(model: &StableModel, call: &Call) -> bool {
    model.half || is_gpu(&call.noisy.device())
}

impl Side {
    /// This side and then the other; `None` where they are not of one length.
    pub(crate) fn and(&self, other: &Self) -> Option<Self> {
        let text = joined(&self.text, &other.text)?;
        let added = match (&self.added, &other.added) {
            (None, None) => None,
            (Some([sizes, whole]), Some([other_sizes, other_whole])) => {
                Some([joined(sizes, other_sizes)?, joined(whole, other_whole)?])
            }
            _ => return None,
        };
        let pictures = match (&self.pictures, &other.pictures) {
            (None, None) => None,
            (Some(pictures), Some(others)) => Some(joined(pictures, others)?),
            _ => return None,
        };
        Some(Self {
            text,
            added,
            pictures,
        })
    }
}

fn joined<const D: usize>(one: &Tensor<D>, other: &Tensor<D>) -> Option<Tensor<D>> {
    (one.dims() == other.dims()).then(|| Tensor::cat(vec![one.clone(), other.clone()], 0))
}

impl Call {
    /// The same twice.
    pub(crate) fn twice(&self) -> Self {
        Self {
            noisy: self.noisy.clone().repeat_dim(0, 2),
            inputs: self.inputs.clone().repeat_dim(0, 2),
            time: self.time.clone().repeat_dim(0, 2),
            place: self.place,
        }
    }
}

impl Led {
    /// Its picture for a call of so many.
    pub(crate) fn picture_for(&self, batch: usize) -> Tensor<4> {
        let own = self.picture.dims()[0];
        self.picture.clone().repeat_dim(0, batch / own.max(1))
    }
}
