//! The network: the shipped one, or that of a file.

use std::sync::Arc;

use burn::tensor::Device;
use weft_models::compact::Compact;
use weft_node::{
    Context, Error, Result,
    value::{Digest, File},
};
use weft_shipped::UPSCALE;

/// The network of `model`, or the shipped one, which the host holds from call to call.
pub(crate) fn held(
    model: Option<&File>,
    device: &Device,
    context: &Context,
) -> Result<Arc<Compact>> {
    let content = model.map_or_else(|| Digest::of(b"shipped"), File::content);
    // Bytes in f32 of a file in f16.
    let bytes = 2 * UPSCALE.len() as u64;
    context.model(content, device, || Ok((network(model, device)?, bytes)))
}

/// Reads the network of `model`, or the shipped one.
pub(crate) fn network(model: Option<&File>, device: &Device) -> Result<Compact> {
    let Some(file) = model else {
        let spoilt = |error| Error::Missing(format!("the shipped network cannot be read: {error}"));
        return Compact::read(UPSCALE, device).map_err(spoilt);
    };
    let bytes = file.read().map_err(Error::Io)?;
    Compact::read(&bytes, device).map_err(|error| {
        let message = format!(
            "{error}\nleave `model` out for the shipped network, or make such a file as \
             `crates/models/scripts/compact_weights.py` does\nin {}",
            file.path().display()
        );
        Error::input("model", message)
    })
}
