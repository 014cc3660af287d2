//! What a run is given, checked and brought to the size of the batch.

use std::sync::Arc;

use burn::tensor::{Device, Float, Tensor, TensorData};
use weft_models::stable::unet::UNet;
use weft_node::{Context, Error, Result};
use weft_tensor::{constant, moved};
use weft_vision::{
    color::with_channels,
    resample::{Filter, resize},
};

use super::Sample;
use crate::{
    Conditioning, Sampler, StableModel,
    denoiser::{Led, Side},
};

/// Refuses what does not go together, before any weight is loaded.
///
/// # Errors
/// What does not fit, and the cure.
pub(super) fn fits(node: &Sample) -> Result<()> {
    let (model, config) = (&node.model, &node.model.config);
    let channels = node.latent.x.dims()[1];
    if channels != config.outputs {
        let why = format!(
            "latents of {channels} channels, and the model draws {}; encode them with the autoencoder of its checkpoint",
            config.outputs
        );
        return Err(Error::input("latent", why));
    }
    if node.latent.scale.is_some_and(|scale| scale != model.scale) {
        let why = format!(
            "latents of another family than the model, which is {}; decode them, and encode them with its own autoencoder",
            model.family
        );
        return Err(Error::input("latent", why));
    }
    if node.plus_plus.is_some() && !matches!(node.sampler, Sampler::Euler | Sampler::Ddim) {
        let why = "CFG++ is for the samplers euler and ddim; take one of them, or `guidance`";
        return Err(Error::input("plus_plus", why));
    }
    if node.is_guided() && node.negative.is_none() {
        let why = "guidance leads away from something; wire an `EncodeText`, of an empty text if need be, or set `guidance` to 1";
        return Err(Error::input("negative", why));
    }
    let seen = model.guides.painted.as_ref();
    let inputs = channels + seen.map_or(0, |painted| painted.seen.dims()[1]);
    if inputs != config.inputs {
        let why = format!(
            "the model takes {} channels in, and has {inputs}; a model for inpainting wants `InpaintCondition`, others \
             the `mask` of `Sample`",
            config.inputs
        );
        return Err(Error::input("model", why));
    }
    Ok(())
}

/// A text for a whole batch.
///
/// # Errors
/// It was encoded for another family.
pub(super) fn side(
    node: &Sample,
    (text, input): (&Conditioning, &'static str),
    pictures: Option<&Tensor<3>>,
    device: &Device,
) -> Result<Side> {
    let config = &node.model.config;
    let other = |why: String| {
        let cure = "encode the text with the text encoders of the model's own checkpoint";
        Error::input(
            input,
            format!("{why}, and the model is {}; {cure}", node.model.family),
        )
    };
    let width = text.tokens.dims()[2];
    if width != config.context {
        let wanted = config.context;
        return Err(other(format!("a text of {width} channels, not {wanted}")));
    }
    let [batch, _, height, width] = node.latent.x.dims();
    let added = config.added.map(|added| {
        let whole = text.whole.dims()[1];
        let count = added.inputs.saturating_sub(whole) / added.waves;
        if !matches!(count, 5 | 6) || count * added.waves + whole != added.inputs {
            return Err(other(format!("a whole text of {whole} channels")));
        }
        let drawn = [height, width].map(|side| side * node.latent.factor);
        let numbers = TensorData::new(text.told.numbers(count, drawn), [1, count]);
        let sizes = constant::<2, Float>(numbers, device);
        let whole = moved(text.whole.clone(), device);
        Ok([sizes, whole].map(|row| row.repeat_dim(0, batch)))
    });
    let each = |tokens: &Tensor<3>| moved(tokens.clone(), device).repeat_dim(0, batch);
    Ok(Side {
        text: each(&text.tokens),
        added: added.transpose()?,
        pictures: pictures.map(each),
    })
}

/// The network, which attends to pictures if it is shown any.
///
/// # Errors
/// Weights that cannot be read or do not fit.
pub(super) fn shown(model: &StableModel, context: &Context) -> Result<Arc<UNet>> {
    let net = model.net(context)?;
    let shown = model.guides.pictures.as_ref();
    let Some(shown) = shown.filter(|shown| shown.strength != 0.0) else {
        return Ok(net);
    };
    let adapter = shown.tokens.adapter.net(context)?;
    // The tensors are shared, so a copy is cheap.
    let net = (*net).clone().with_adapter(&adapter);
    net.map(Arc::new)
        .map_err(|why| Error::input("model", why.to_string()))
}

/// The ControlNets, each with its picture at the size of the latents.
///
/// # Errors
/// Weights that cannot be read or do not fit.
pub(super) fn control(
    model: &StableModel,
    latents: &Tensor<4>,
    context: &Context,
) -> Result<Vec<Led>> {
    let [batch, _, height, width] = latents.dims();
    let led = |control: &crate::guides::Control| {
        let net = control.net.net(context)?;
        let factor = net.config().factor();
        let picture = with_channels(control.picture.clone(), net.config().colors);
        let picture = moved(picture, context.device());
        let picture = resize(picture, (factor * height, factor * width), Filter::Bicubic);
        Ok(Led {
            picture: picture.repeat_dim(0, batch),
            net,
            strength: control.strength,
            part: control.part,
        })
    };
    model.guides.controls.iter().map(led).collect()
}

/// What a model for inpainting sees, for the whole batch.
///
/// # Errors
/// It is of another size than the latents.
pub(super) fn painted(node: &Sample, context: &Context) -> Result<Option<Tensor<4>>> {
    let Some(painted) = &node.model.guides.painted else {
        return Ok(None);
    };
    let [batch, _, height, width] = node.latent.x.dims();
    let [_, _, rows, columns] = painted.seen.dims();
    if (rows, columns) != (height, width) {
        let why = format!(
            "latents of {width}×{height}, and those to be painted anew are {columns}×{rows}; take the latent of `InpaintCondition`"
        );
        return Err(Error::input("latent", why));
    }
    let seen = moved(painted.seen.clone(), context.device());
    Ok(Some(seen.repeat_dim(0, batch)))
}
