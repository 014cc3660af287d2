//! A ControlNet as a value.

use std::sync::Arc;

use weft_models::stable::control::{self, Config};
use weft_node::{
    Context, Result,
    value::{Digest, Hasher, Value},
};

use crate::source::{Source, held};

/// A ControlNet; a handle that is cheap to copy. Its weights are read when it is first used, and the host holds them.
#[derive(Clone, Debug)]
pub struct ControlNet {
    pub(crate) source: Source,
    pub(crate) config: Arc<Config>,
    pub(crate) half: bool,
}

/// What to do about a file of other weights.
pub(crate) const CURE: &str =
    "take the .safetensors file of a ControlNet, of diffusers or of the paper's program";

impl ControlNet {
    /// The network.
    ///
    /// # Errors
    /// A file that cannot be read or does not fit.
    pub(crate) fn net(&self, context: &Context) -> Result<Arc<control::ControlNet>> {
        held(context, self.weights(), || {
            self.source.network(context, (self.half, CURE), |file| {
                control::ControlNet::read(file, &self.config)
            })
        })
    }

    fn weights(&self) -> Digest {
        Hasher::new("control net")
            .digest(&self.source.digest())
            .number(u64::from(self.half))
            .field(format!("{:?}", self.config).as_bytes())
            .finish()
    }
}

impl Value for ControlNet {
    const TYPE: &'static str = "ControlNet";

    fn digest(&self) -> Option<Digest> {
        Some(self.weights())
    }
    fn is_current(&self) -> bool {
        self.source.is_current()
    }
}
