//! `stable.EncodeImage`.

use burn::tensor::Tensor;
use weft_models::stable::adapter::Adapter;
use weft_node::{
    Context, Error, Inputs, Node, Result,
    value::{ColorSpace, Image},
};
use weft_tensor::moved;
use weft_vision::{
    color::{in_space, rgb},
    geometry::crop,
    resample::{Filter, resize},
};

use crate::{IpAdapter, PictureTokens};

/// Show pictures to an IP-Adapter.
///
/// Each is scaled until its shorter side fits, and its middle is seen. The pictures of a batch are shown together.
#[derive(Inputs)]
pub struct EncodeImage {
    /// The adapter, from `LoadIpAdapter`.
    pub adapter: IpAdapter,
    /// The pictures.
    pub image: Image,
}

impl Node for EncodeImage {
    const ID: &'static str = "stable.EncodeImage";
    const VERSION: u32 = 2;
    type Output = PictureTokens;

    fn run(self, context: &mut Context) -> Result<PictureTokens> {
        let pictures = rgb(&in_space(&self.image, ColorSpace::Srgb));
        shown(self.adapter, vec![pictures], context)
    }
}

/// Shows pictures of any sizes, each `[batch, 3, height, width]`, sRGB-encoded, to an adapter.
///
/// # Errors
/// Weights that cannot be read or do not fit each other.
pub(crate) fn shown(
    adapter: IpAdapter,
    pictures: Vec<Tensor<4>>,
    context: &Context,
) -> Result<PictureTokens> {
    let (net, eye) = (adapter.net(context)?, adapter.eye(context)?);
    let (is_hidden, wanted) = net.wants();
    let sizes = eye.config();
    let given = if is_hidden {
        sizes.width
    } else {
        sizes.projection
    };
    if wanted != given {
        let message =
            format!("it wants {wanted} channels of a picture, and its encoder gives {given}");
        return Err(Error::input("adapter", message));
    }
    let size = sizes.size;
    let fitted = pictures.into_iter();
    let fitted = fitted.map(|picture| middle(moved(picture, context.device()), size));
    let pictures = Tensor::cat(fitted.collect(), 0);
    let count = pictures.dims()[0];
    let said = eye.encode(pictures);
    let (shown, nothing) = if is_hidden {
        let nothing = eye.nothing().hidden;
        (said.hidden, nothing.repeat_dim(0, count))
    } else {
        let nothing = said.whole.zeros_like();
        (said.whole, nothing)
    };
    Ok(PictureTokens {
        shown: row(&net, shown),
        nothing: row(&net, nothing),
        adapter,
    })
}

/// The tokens of all pictures, one after the other.
fn row(net: &Adapter, features: Tensor<3>) -> Tensor<3> {
    let tokens = net.tokens(features);
    let [pictures, count, width] = tokens.dims();
    tokens.reshape([1, pictures * count, width])
}

/// The middle of pictures whose shorter side is scaled to `size`.
fn middle(pictures: Tensor<4>, size: usize) -> Tensor<4> {
    let [_, _, height, width] = pictures.dims();
    let scaled = |side: usize| (side * size / height.min(width)).max(size);
    let (tall, wide) = (scaled(height), scaled(width));
    let pictures = resize(pictures, (tall, wide), Filter::Bicubic);
    crop(
        pictures,
        ((tall - size) / 2, (wide - size) / 2),
        (size, size),
    )
}
