//! A picture.

use burn::tensor::{Device, Tensor, TensorData};
use weft_tensor::{Trouble, computed, downloaded, uploaded};

use crate::{Decode, Encode, Malformed, Value};

/// How the numbers of a picture stand for light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorSpace {
    /// sRGB-encoded, as files and screens hold it.
    #[default]
    Srgb,
    /// Proportional to light.
    Linear,
}

/// One picture or a batch of pictures of one size.
///
/// # Shapes
/// pixels: `[batch, channels, height, width]`, `f32`, nominally 0..=1; the channels are luma, or red,
/// green, blue, or red, green, blue and straight alpha: 1, 3 or 4.
#[derive(Clone, Debug)]
pub struct Image {
    pixels: Tensor<4>,
    space: ColorSpace,
}

impl Image {
    /// An sRGB-encoded picture of these pixels, `[batch, channels, height, width]`.
    pub fn new(pixels: Tensor<4>) -> Self {
        Self {
            pixels,
            space: ColorSpace::Srgb,
        }
    }

    /// A picture of these pixels, `[batch, channels, height, width]`, in this colour space.
    pub fn in_space(pixels: Tensor<4>, space: ColorSpace) -> Self {
        Self { pixels, space }
    }

    /// The pixels, `[batch, channels, height, width]`.
    pub fn pixels(&self) -> Tensor<4> {
        self.pixels.clone()
    }

    /// The pixels, without keeping the picture.
    pub fn into_pixels(self) -> Tensor<4> {
        self.pixels
    }

    /// How the numbers stand for light.
    pub fn space(&self) -> ColorSpace {
        self.space
    }

    /// `[batch, channels, height, width]`.
    pub fn dims(&self) -> [usize; 4] {
        self.pixels.dims()
    }

    /// Pictures in the batch.
    pub fn batch(&self) -> usize {
        self.dims()[0]
    }

    /// 1, 3 or 4.
    pub fn channels(&self) -> usize {
        self.dims()[1]
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.dims()[2]
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.dims()[3]
    }

    /// The device that holds the pixels.
    pub fn device(&self) -> Device {
        self.pixels.device()
    }
}

impl Value for Image {
    const TYPE: &'static str = "Image";

    fn bytes(&self) -> u64 {
        tensor_bytes(&self.pixels)
    }
    fn device(&self) -> Option<Device> {
        Some(self.pixels.device())
    }
    fn computed(&self) -> Result<(), Trouble> {
        computed(&self.pixels)
    }
    fn encode(&self) -> Option<Encode> {
        let mut out = Encode::default();
        out.number(match self.space {
            ColorSpace::Srgb => 0,
            ColorSpace::Linear => 1,
        });
        encode_tensor(&self.pixels, &mut out)?;
        Some(out)
    }
    fn decode(from: &mut Decode<'_>, device: &Device) -> Result<Self, Malformed> {
        let space = match from.number()? {
            0 => ColorSpace::Srgb,
            1 => ColorSpace::Linear,
            _ => return Err(Malformed),
        };
        Ok(Self {
            pixels: decode_tensor(from, device)?,
            space,
        })
    }
}

/// Bytes of the tensor's elements.
pub(crate) fn tensor_bytes(tensor: &Tensor<4>) -> u64 {
    (tensor.dims().iter().product::<usize>() * size_of::<f32>()) as u64
}

/// Appends shape and elements; `None` if the device did not give them back.
pub(crate) fn encode_tensor(tensor: &Tensor<4>, out: &mut Encode) -> Option<()> {
    for axis in tensor.dims() {
        out.number(axis as u64);
    }
    let elements = downloaded(tensor.clone()).ok()?.convert::<f32>();
    out.bytes(elements.as_bytes());
    Some(())
}

/// Reads what [`encode_tensor`] wrote.
pub(crate) fn decode_tensor(
    from: &mut Decode<'_>,
    device: &Device,
) -> Result<Tensor<4>, Malformed> {
    let mut shape = [0; 4];
    for axis in &mut shape {
        *axis = usize::try_from(from.number()?).map_err(|_| Malformed)?;
    }
    let bytes = from.bytes()?;
    let elements = shape
        .iter()
        .try_fold(1usize, |product, axis| product.checked_mul(*axis));
    if elements.and_then(|n| n.checked_mul(size_of::<f32>())) != Some(bytes.len()) {
        return Err(Malformed);
    }
    let elements: Vec<f32> = bytemuck::pod_collect_to_vec(bytes);
    Ok(uploaded(TensorData::new(elements, shape), device))
}
