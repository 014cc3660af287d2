//! How much of something is there, pixel by pixel.

use burn::tensor::{Device, Tensor};
use weft_tensor::{Trouble, computed};

use crate::{
    Decode, Encode, Malformed, Value,
    image::{decode_tensor, encode_tensor, tensor_bytes},
};

/// Coverage, pixel by pixel: an edge map, a matte, a selection.
///
/// # Shapes
/// coverage: `[batch, 1, height, width]`, `f32`, 0 for nothing to 1 for all.
#[derive(Clone, Debug)]
pub struct Mask {
    coverage: Tensor<4>,
}

impl Mask {
    /// A mask of this coverage, `[batch, 1, height, width]`.
    pub fn new(coverage: Tensor<4>) -> Self {
        Self { coverage }
    }

    /// The coverage, `[batch, 1, height, width]`.
    pub fn coverage(&self) -> Tensor<4> {
        self.coverage.clone()
    }

    /// The coverage, without keeping the mask.
    pub fn into_coverage(self) -> Tensor<4> {
        self.coverage
    }

    /// Masks in the batch.
    pub fn batch(&self) -> usize {
        self.coverage.dims()[0]
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.coverage.dims()[2]
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.coverage.dims()[3]
    }

    /// The device that holds the coverage.
    pub fn device(&self) -> Device {
        self.coverage.device()
    }
}

impl Value for Mask {
    const TYPE: &'static str = "Mask";

    fn bytes(&self) -> u64 {
        tensor_bytes(&self.coverage)
    }
    fn device(&self) -> Option<Device> {
        Some(self.coverage.device())
    }
    fn computed(&self) -> Result<(), Trouble> {
        computed(&self.coverage)
    }
    fn encode(&self) -> Option<Encode> {
        let mut out = Encode::default();
        encode_tensor(&self.coverage, &mut out)?;
        Some(out)
    }
    fn decode(from: &mut Decode<'_>, device: &Device) -> Result<Self, Malformed> {
        decode_tensor(from, device).map(Self::new)
    }
}
