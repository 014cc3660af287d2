//! The network: the shipped one, or that of a file.

use std::sync::Arc;

use burn::tensor::Device;
use weft_models::upscale::Upscaler;
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
) -> Result<Arc<Upscaler>> {
    let content = model.map_or_else(|| Digest::of(b"shipped"), File::content);
    context.model(content, device, || {
        let network = network(model, device)?;
        let bytes = network.bytes();
        Ok((network, bytes))
    })
}

/// Reads the network of `model`, or the shipped one.
pub(crate) fn network(model: Option<&File>, device: &Device) -> Result<Upscaler> {
    let Some(file) = model else {
        let spoilt = |error| Error::Missing(format!("the shipped network cannot be read: {error}"));
        return Upscaler::read(UPSCALE, device).map_err(spoilt);
    };
    let bytes = file.map().map_err(Error::Io)?;
    Upscaler::read(&bytes, device).map_err(|error| {
        let message = format!(
            "{error}\nleave `model` out for the shipped network\nin {}",
            file.path().display()
        );
        Error::input("model", message)
    })
}
