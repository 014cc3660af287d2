//! A ControlNet as a value.

use std::sync::Arc;

use burn::module::Module;
use weft_models::stable::{
    File,
    control::{self, Config},
};
use weft_node::{
    Context, Result,
    value::{Digest, Hasher, Value},
};

use crate::source::{Source, precision};

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
        let device = context.device();
        context.model(self.weights(), device, || {
            let net = self.source.read(device, CURE, |file| {
                let file = File {
                    precision: precision(self.half),
                    ..file
                };
                control::ControlNet::read(file, &self.config)
            })?;
            let bytes = 4 * net.num_params() as u64;
            Ok((net, bytes))
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
