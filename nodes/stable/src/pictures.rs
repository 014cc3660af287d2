//! An IP-Adapter as a value, and pictures as it shows them.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use weft_models::stable::{
    adapter::Adapter,
    clip_image::{ClipImage, Config},
};
use weft_node::{
    Context, Result,
    value::{Digest, Hasher, Value},
};
use weft_tensor::{Trouble, computed, constant};

use crate::source::{Source, held};

/// An IP-Adapter with the image encoder that it was trained with; a handle that is cheap to copy. Its weights are read
/// when it is first used, and the host holds them.
#[derive(Clone, Debug)]
pub struct IpAdapter {
    pub(crate) source: Source,
    pub(crate) encoder: Source,
    pub(crate) sizes: Arc<Config>,
    pub(crate) half: bool,
}

/// What to do about a file of other weights.
pub(crate) const CURE: &str = "take ip-adapter_*.safetensors, plain or plus, of h94/IP-Adapter or one like them; those of faces are not read";
/// What to do about a file of another image encoder.
pub(crate) const ENCODER: &str = "take image_encoder/model.safetensors of h94/IP-Adapter: that of models/ for SD 1, that of sdxl_models/ for SDXL";

impl IpAdapter {
    /// The adapter.
    ///
    /// # Errors
    /// A file that cannot be read or does not fit.
    pub(crate) fn net(&self, context: &Context) -> Result<Arc<Adapter>> {
        held(context, self.weights(&self.source), || {
            self.source
                .network(context, (self.half, CURE), Adapter::read)
        })
    }

    /// The image encoder.
    ///
    /// # Errors
    /// A file that cannot be read or does not fit.
    pub(crate) fn eye(&self, context: &Context) -> Result<Arc<ClipImage>> {
        held(context, self.weights(&self.encoder), || {
            self.encoder.network(context, (self.half, ENCODER), |file| {
                ClipImage::read(file, &self.sizes)
            })
        })
    }

    fn weights(&self, source: &Source) -> Digest {
        Hasher::new("ip adapter")
            .digest(&source.digest())
            .number(u64::from(self.half))
            .finish()
    }
}

impl Value for IpAdapter {
    const TYPE: &'static str = "IpAdapter";

    fn digest(&self) -> Option<Digest> {
        let mut hasher = Hasher::new(Self::TYPE);
        for source in [&self.source, &self.encoder] {
            hasher.digest(&self.weights(source));
        }
        Some(hasher.finish())
    }
    fn is_current(&self) -> bool {
        self.source.is_current() && self.encoder.is_current()
    }
}

/// Pictures as an IP-Adapter shows them to a U-Net.
#[derive(Clone, Debug)]
pub struct PictureTokens {
    pub(crate) adapter: IpAdapter,
    /// `[1, tokens, context]`, of all pictures one after the other.
    pub(crate) shown: Tensor<3>,
    /// The same of nothing, for guidance to lead away from.
    pub(crate) nothing: Tensor<3>,
}

impl PictureTokens {
    /// Each of the pictures, of which there are as many as weights, on the line from nothing, 0, to itself, 1.
    pub(crate) fn weighted(self, weights: &[f32]) -> Self {
        if weights.iter().all(|weight| *weight == 1.0) {
            return self;
        }
        let count = self.shown.dims()[1] / weights.len();
        let each = weights.iter().flat_map(|weight| vec![*weight; count]);
        let each = TensorData::new(each.collect(), [1, count * weights.len(), 1]);
        let each: Tensor<3> = constant(each, &self.shown.device());
        let nothing = self.nothing.clone();
        Self {
            shown: nothing.clone() + (self.shown - nothing) * each,
            ..self
        }
    }
}

impl Value for PictureTokens {
    const TYPE: &'static str = "PictureTokens";

    fn bytes(&self) -> u64 {
        let count = |tokens: &Tensor<3>| tokens.dims().iter().product::<usize>();
        4 * (count(&self.shown) + count(&self.nothing)) as u64
    }
    fn device(&self) -> Option<Device> {
        Some(self.shown.device())
    }
    fn computed(&self) -> Result<(), Trouble> {
        computed(&self.shown)?;
        computed(&self.nothing)
    }
    fn is_current(&self) -> bool {
        self.adapter.is_current()
    }
}
