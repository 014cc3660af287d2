//! Latents: pictures as the model draws them.

use burn::tensor::{Device, Tensor, TensorData};
use weft_models::stable::kl::Scale;
use weft_node::value::{Decode, Encode, Malformed, Value};
use weft_tensor::{Trouble, computed, downloaded, uploaded};

/// Pictures in the small space in which a model draws.
#[derive(Clone, Debug)]
pub struct Latent {
    /// `[batch, channels, height, width]`, of a deviation of about 1.
    pub(crate) x: Tensor<4>,
    /// That of the autoencoder or of the model they are of; empty ones are of any.
    pub(crate) scale: Option<Scale>,
    /// Pixels of the picture, along a side, for one of these.
    pub(crate) factor: usize,
}

impl Latent {
    /// The numbers, `[batch, channels, height, width]`, of a deviation of about 1.
    pub fn numbers(&self) -> Tensor<4> {
        self.x.clone()
    }

    /// These latents with other numbers.
    pub(crate) fn with(&self, x: Tensor<4>) -> Self {
        Self { x, ..self.clone() }
    }
}

impl Value for Latent {
    const TYPE: &'static str = "Latent";

    fn bytes(&self) -> u64 {
        4 * self.x.dims().iter().product::<usize>() as u64
    }
    fn device(&self) -> Option<Device> {
        Some(self.x.device())
    }
    fn computed(&self) -> Result<(), Trouble> {
        computed(&self.x)
    }
    fn encode(&self) -> Option<Encode> {
        let mut out = Encode::default();
        let scale = self.scale.map_or([0, 0], |Scale { factor, shift }| {
            [factor, shift].map(|number| u64::from(number.to_bits()))
        });
        for number in scale {
            out.number(number);
        }
        out.number(self.factor as u64);
        for axis in self.x.dims() {
            out.number(axis as u64);
        }
        let numbers = downloaded(self.x.clone()).ok()?.convert::<f32>();
        out.bytes(numbers.as_bytes());
        Some(out)
    }
    fn decode(from: &mut Decode<'_>, device: &Device) -> Result<Self, Malformed> {
        let bits = [from.number()?, from.number()?];
        let number = |bits: u64| u32::try_from(bits).map(f32::from_bits);
        let [factor, shift] = bits.map(number);
        let (factor, shift) = (
            factor.map_err(|_| Malformed)?,
            shift.map_err(|_| Malformed)?,
        );
        let pixels = usize::try_from(from.number()?).map_err(|_| Malformed)?;
        let mut shape = [0_usize; 4];
        for axis in &mut shape {
            *axis = usize::try_from(from.number()?).map_err(|_| Malformed)?;
        }
        let bytes = from.bytes()?;
        let count = shape
            .iter()
            .try_fold(4_usize, |n, axis| n.checked_mul(*axis));
        if count != Some(bytes.len()) {
            return Err(Malformed);
        }
        let numbers: Vec<f32> = bytemuck::pod_collect_to_vec(bytes);
        Ok(Self {
            x: uploaded(TensorData::new(numbers, shape), device),
            scale: (factor != 0.0).then_some(Scale { factor, shift }),
            factor: pixels,
        })
    }
}
