//! Where there are no sockets of the kind that plugins in processes of their own need: there they cannot be had.

use std::{path::Path, process::ExitCode, sync::Arc};

use weft_abi::Described;
use weft_node::Kind;

use crate::Limits;

/// Serves nobody.
pub fn serve() -> ExitCode {
    ExitCode::FAILURE
}

/// A plugin whose code never runs in this process, of which there are none here.
pub(crate) enum Isolated {}

impl Isolated {
    /// Says that there are none.
    ///
    /// # Errors
    /// Always.
    pub(crate) fn start(_: &Path, _: &[u8], _: &Limits) -> Result<Arc<Self>, String> {
        Err(
            "plugins run in processes of their own only on Unix systems; leave `isolate` off"
                .to_owned(),
        )
    }

    pub(crate) fn described(&self) -> &Described {
        match *self {}
    }

    pub(crate) fn kinds(self: &Arc<Self>) -> Vec<Arc<dyn Kind>> {
        match **self {}
    }

    pub(crate) fn resident(&self) -> Option<u64> {
        match *self {}
    }
}
