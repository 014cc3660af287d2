//! The autoencoder as a value.

use std::sync::Arc;

use weft_models::stable::kl::{AutoencoderKl, Config};
use weft_node::{
    Context, Result,
    value::{Digest, Hasher, Value},
};

use crate::source::{Source, held};

/// An autoencoder of Stable Diffusion; a handle that is cheap to copy. Its weights are read when it is first used,
/// and the host holds them.
#[derive(Clone, Debug)]
pub struct Vae {
    pub(crate) source: Source,
    pub(crate) config: Config,
    pub(crate) half: bool,
}

/// What to do about a file of other weights.
pub(crate) const CURE: &str =
    "take a file of an AutoencoderKL, or of a whole Stable Diffusion 1, 2 or XL model";

impl Vae {
    /// The network.
    ///
    /// # Errors
    /// A file that cannot be read or does not fit.
    pub(crate) fn net(&self, context: &Context) -> Result<Arc<AutoencoderKl>> {
        held(context, self.weights(), || {
            self.source.network(context, (self.half, CURE), |file| {
                AutoencoderKl::read(file, &self.config)
            })
        })
    }

    fn weights(&self) -> Digest {
        Hasher::new("vae")
            .digest(&self.source.digest())
            .number(u64::from(self.half))
            .field(format!("{:?}", self.config).as_bytes())
            .finish()
    }
}

impl Value for Vae {
    const TYPE: &'static str = "Vae";

    fn digest(&self) -> Option<Digest> {
        Some(self.weights())
    }
    fn is_current(&self) -> bool {
        self.source.is_current()
    }
}
