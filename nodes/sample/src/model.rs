//! The model as a value: text encoder, U-Net and autoencoder.

use std::sync::Arc;

use burn::tensor::Device;
use weft_models::{
    Network, WeightsError,
    autoencoder::Autoencoder,
    instruct::{Instruct, Pipeline},
    text::TextEncoder,
};
use weft_node::{
    Context, Error, Result,
    value::{Digest, File, Hasher, Value},
};
use weft_tensor::Precision;

/// A model that follows instructions; a handle that is cheap to copy.
#[derive(Clone, Debug)]
pub struct InstructModel {
    encoder: Arc<TextEncoder>,
    net: Arc<Instruct>,
    autoencoder: Arc<Autoencoder>,
    digest: Digest,
}

impl InstructModel {
    /// The model of these files, or the shipped one where they are left out; the host holds its networks.
    ///
    /// # Errors
    /// A file that cannot be read or holds other weights, networks that do not fit each other.
    pub fn load(context: &Context, net: Option<&File>, autoencoder: Option<&File>) -> Result<Self> {
        let device = context.device();
        let [own, other] = sources(net, autoencoder);
        let digest = Hasher::new(Self::TYPE)
            .digest(&own.digest())
            .digest(&other.digest())
            .field(format!("{device:?}").as_bytes())
            .finish();
        let encoder = text_encoder(context)?;
        let net = context.network(own.digest(), device, || own.read::<Instruct>(device))?;
        let autoencoder =
            context.network(other.digest(), device, || other.read::<Autoencoder>(device))?;
        fit(&net, &autoencoder)?;
        Ok(Self {
            encoder,
            net,
            autoencoder,
            digest,
        })
    }

    /// Reads the files that are given, and keeps nothing.
    ///
    /// # Errors
    /// Those of [`InstructModel::load`], but for a file that does not fit a shipped one.
    pub(crate) fn test(net: Option<&File>, autoencoder: Option<&File>) -> Result<()> {
        let device = Device::flex();
        let [own, other] = sources(net, autoencoder);
        let own = net.map(|_| own.read::<Instruct>(&device)).transpose()?;
        let other = autoencoder.map(|_| other.read::<Autoencoder>(&device));
        match (own, other.transpose()?) {
            (Some(net), Some(autoencoder)) => fit(&net, &autoencoder),
            _ => Ok(()),
        }
    }

    /// The parts that draw.
    pub(crate) fn pipeline(&self) -> Pipeline<'_> {
        Pipeline {
            encoder: &self.encoder,
            net: &self.net,
            autoencoder: &self.autoencoder,
        }
    }

    /// The text encoder.
    pub(crate) fn encoder(&self) -> &TextEncoder {
        &self.encoder
    }

    /// The autoencoder.
    pub(crate) fn autoencoder(&self) -> &Autoencoder {
        &self.autoencoder
    }
}

/// Refuses networks that were not trained together, as far as their sizes tell.
fn fit(net: &Instruct, autoencoder: &Autoencoder) -> Result<()> {
    let [drawn, decoded] = [net.config().channels, autoencoder.config().channels];
    if drawn == decoded {
        return Ok(());
    }
    let message = format!(
        "the U-Net draws latents of {drawn} channels, the autoencoder has {decoded}; take the autoencoder that the \
         U-Net was trained with"
    );
    Err(Error::input("autoencoder", message))
}

impl Value for InstructModel {
    const TYPE: &'static str = "InstructModel";

    fn bytes(&self) -> u64 {
        // The networks are held, and counted, by the host.
        size_of::<Self>() as u64
    }
    fn digest(&self) -> Option<Digest> {
        Some(self.digest)
    }
}

/// The encoder of the shipped model, which retrieval uses as well.
fn text_encoder(context: &Context) -> Result<Arc<TextEncoder>> {
    let device = context.device();
    context.model(
        Digest::of(weft_shipped::TEXT_NAME.as_bytes()),
        device,
        || {
            let encoder = TextEncoder::shipped(device).map_err(|why| {
                Error::Missing(format!("the shipped text encoder is spoilt: {why}"))
            })?;
            Ok((encoder, 2 * weft_shipped::TEXT.len() as u64))
        },
    )
}

/// Where the U-Net and the autoencoder are.
fn sources<'a>(net: Option<&'a File>, autoencoder: Option<&'a File>) -> [Source<'a>; 2] {
    let own = ("the shipped U-Net", weft_shipped::INSTRUCT);
    let other = ("the shipped autoencoder", weft_shipped::AUTOENCODER);
    [
        Source::of("model", net, own),
        Source::of("autoencoder", autoencoder, other),
    ]
}

/// Where the weights of a network are.
struct Source<'a> {
    input: &'static str,
    file: Option<&'a File>,
    shipped: (&'static str, &'static [u8]),
}

impl<'a> Source<'a> {
    fn of(
        input: &'static str,
        file: Option<&'a File>,
        shipped: (&'static str, &'static [u8]),
    ) -> Self {
        Self {
            input,
            file,
            shipped,
        }
    }

    fn digest(&self) -> Digest {
        self.file.map_or_else(
            || Digest::of(self.shipped.0.as_bytes()),
            |file| file.content(),
        )
    }

    fn read<N: Network>(&self, device: &Device) -> Result<N> {
        let read = |bytes: &[u8]| N::read(bytes, device, Precision::Bf16);
        let Some(file) = self.file else {
            let (name, bytes) = self.shipped;
            return read(bytes)
                .map_err(|why: WeightsError| Error::Missing(format!("{name} is spoilt: {why}")));
        };
        let bytes = file.map().map_err(Error::Io)?;
        read(&bytes).map_err(|why: WeightsError| {
            let message = format!(
                "{why}\nleave `{}` out for the shipped weights, or train such a file with `weft train`\nin {}",
                self.input,
                file.path().display()
            );
            Error::input(self.input, message)
        })
    }
}
