//! An upscaler of any kind that is known, from the bytes of a file.

use burn::tensor::{Device, Tensor};

use super::{
    ARCHITECTURES,
    network::Enlarge,
    tiles::{self, Tiles},
};
use crate::{Weights, WeightsError};

/// How many pixels around it a tile sees at most, where a network sees further.
///
/// What lies further away has a say in pixels too, but little in trained networks: the authors of SwinIR cut with
/// as many, those of Real-ESRGAN with 10.
const FAR: usize = 32;

/// How many keys of a strange file are told.
const TOLD: usize = 6;

/// A network that enlarges pictures by a whole factor, of one of the kinds in [`ARCHITECTURES`].
#[derive(Debug)]
pub struct Upscaler {
    architecture: &'static str,
    network: Box<dyn Enlarge>,
    bytes: u64,
}

impl Upscaler {
    /// Reads a network from the bytes of a safetensors file of `f32`, `f16` or `bf16`. Its kind is found by its
    /// keys, its sizes by its shapes; `params_ema`, `params` and `module` before all keys are left out.
    ///
    /// # Errors
    /// The bytes are a pickle or no whole safetensors file, of a network that is not known, or not all of one:
    /// then every key that does not fit is named.
    pub fn read(bytes: &[u8], device: &Device) -> Result<Self, WeightsError> {
        let mut weights = Weights::new(bytes, device)?.unwrapped();
        let kind = ARCHITECTURES.iter().find(|kind| (kind.detect)(&weights));
        let kind = kind.ok_or_else(|| strange(&weights))?;
        let network = (kind.read)(&mut weights).map_err(|why| WeightsError::Config {
            network: kind.name,
            why,
        })?;
        let bytes = 4 * weights.count() as u64;
        weights.finish(kind.name)?;
        Ok(Self {
            architecture: kind.name,
            network,
            bytes,
        })
    }

    /// The name of its kind in [`ARCHITECTURES`].
    pub fn architecture(&self) -> &'static str {
        self.architecture
    }

    /// By how much it enlarges each side, 1 or more.
    pub fn scale(&self) -> usize {
        self.network.scale()
    }

    /// How many pixels of the small picture to each side have a say in a pixel, at most. The channel attention
    /// of HAT sees the whole picture besides.
    pub fn reach(&self) -> usize {
        self.network.reach()
    }

    /// How many pixels around it a tile should see: all that have a say, but no more than 32. Tiles of Compact, SPAN
    /// and other shallow networks then leave no seam at all; of a deep one, what lies beyond is left out.
    pub fn overlap(&self) -> usize {
        self.reach().min(FAR)
    }

    /// Bytes that a pixel of the small picture takes while it is enlarged, in `f32`, estimated for networks of 64
    /// features: a dozen maps of them before, and three after the picture is large.
    pub fn pixel_bytes(&self) -> u64 {
        const FEATURES: u64 = 64;
        let scale = self.scale() as u64;
        4 * FEATURES * (12 + 3 * scale * scale)
    }

    /// The bytes of its numbers in memory.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The pictures enlarged, one tile of one picture at a time, in memory that does not grow with them but
    /// for the result. `step(done, total)` is called after each layer or block of each tile and may stop the
    /// work with an error.
    ///
    /// # Shapes
    /// - rgb: `[batch, 3, height, width]`, sRGB-encoded, 0..=1; no axis is 0
    /// - result: `[batch, 3, scale · height, scale · width]`, about 0..=1
    ///
    /// # Errors
    /// That of `step`.
    pub fn enlarge<E>(
        &self,
        rgb: Tensor<4>,
        tiles: Tiles,
        step: impl FnMut(usize, usize) -> Result<(), E>,
    ) -> Result<Tensor<4>, E> {
        tiles::enlarged(self.network.as_ref(), rgb, tiles, step)
    }
}

fn strange(weights: &Weights<'_>) -> WeightsError {
    let mut keys: Vec<_> = weights.keys().map(|(key, _)| key).collect();
    keys.sort_unstable();
    let told: Vec<_> = keys
        .iter()
        .take(TOLD)
        .map(|key| format!("`{key}`"))
        .collect();
    let keys = match (told.len(), keys.len() - told.len()) {
        (0, _) => "no tensors".to_owned(),
        (_, 0) => told.join(", "),
        (_, more) => format!("{} and {more} more keys", told.join(", ")),
    };
    let known: Vec<_> = ARCHITECTURES.iter().map(|kind| kind.name).collect();
    WeightsError::Strange {
        known: known.join(", "),
        keys,
    }
}
