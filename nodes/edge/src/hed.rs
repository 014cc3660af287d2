//! `edge.Hed`.

use burn::tensor::Device;
use weft_models::hed;
use weft_node::{
    Context, Error, Inputs, Node, Result,
    value::{File, Image, Mask},
};
use weft_vision::color::rgb;

/// Find the outlines that a person would draw.
///
/// A trained network of five scales (holistically-nested edge detection, Xie and Tu 2015): soft contours of
/// things, little of their texture. It needs its weights, 29 MB, which `crates/models/scripts/hed_weights.py`
/// makes once from a Python package. Enlarge pictures below 128 pixels first. A picture of 1920 by 1080
/// pixels takes some 2 GB of memory.
#[derive(Inputs)]
pub struct Hed {
    /// Picture to search.
    pub image: Image,
    /// Weights of the network, a safetensors file.
    pub weights: Option<File>,
}

impl Node for Hed {
    const ID: &str = "edge.Hed";
    type Output = Mask;

    fn run(self, context: &mut Context) -> Result<Mask> {
        let weights = self
            .weights
            .ok_or_else(|| Error::Missing(LACK.to_owned()))?;
        let device = self.image.device();
        let network = context.network(weights.content(), &device, || read(&weights, &device))?;
        network
            .forward(rgb(&self.image), |done, total| context.step(done, total))
            .map(Mask::new)
    }
}

const LACK: &str = "no weights were given: make them once with \
    `python crates/models/scripts/hed_weights.py hed.safetensors`, whose first lines say what to install, \
    and set `weights: \"hed.safetensors\"`";

fn read(weights: &File, device: &Device) -> Result<hed::Hed> {
    let bytes = weights.map().map_err(Error::Io)?;
    hed::Hed::read(&hed::Config::VGG16, &bytes, device).map_err(|error| {
        let message = format!("{error}\nin {}", weights.path().display());
        Error::input("weights", message)
    })
}
