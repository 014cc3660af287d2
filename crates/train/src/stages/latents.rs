//! Pictures as latents, made once for an autoencoder and kept beside the data set.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use burn::{
    module::Module,
    tensor::{Tensor, TensorData},
};
use half::f16;
use rayon::prelude::{IndexedParallelIterator, ParallelIterator, ParallelSliceMut};
use safetensors::{Dtype, SafeTensors, serialize, tensor::TensorView};
use thiserror::Error;
use weft_models::{Network, autoencoder::Autoencoder};
use weft_store::{Existing, write_atomically};

use super::View;
use crate::data::{DataError, DataSet};

/// Why there are no latents.
#[derive(Debug, Error)]
pub enum LatentsError {
    /// A picture.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A file.
    #[error("cannot keep the latents: {why}: {}", path.display())]
    File {
        /// What is wrong.
        why: String,
        /// Which.
        path: PathBuf,
    },
}

/// Latents of every picture of a data set, in several views.
#[derive(Clone, Debug)]
pub struct Latents {
    shape: [usize; 3],
    views: BTreeMap<View, Vec<f16>>,
}

/// Pictures in one call of the autoencoder.
const BATCH: usize = 32;

impl Latents {
    /// Reads the latents of `views` from the folder beside the data set at `path`, and makes those that are not
    /// there; `told` hears of pictures done and of all.
    ///
    /// # Errors
    /// A picture that cannot be read, a file that cannot be written.
    pub fn open(
        (data, path): (&DataSet, &Path),
        autoencoder: (&Autoencoder, blake3::Hash),
        views: &[View],
        told: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, LatentsError> {
        let (autoencoder, hash) = autoencoder;
        let side = data.side() / autoencoder.config().factor();
        let shape = [autoencoder.config().channels, side, side];
        let mark = blake3::hash(&[*data.hash().as_bytes(), *hash.as_bytes()].concat());
        let folder = path.with_extension("latents");
        let mut found = BTreeMap::new();
        for &view in views {
            let file = folder.join(format!(
                "{}-{}.safetensors",
                &mark.to_hex()[..12],
                view.name()
            ));
            let length = data.pictures().len() * shape.iter().product::<usize>();
            let values = match read(&file, length) {
                Some(values) => values,
                None => {
                    let values = made(data, autoencoder, view, told)?;
                    write(&file, &values, shape)?;
                    values
                }
            };
            found.insert(view, values);
        }
        Ok(Self {
            shape,
            views: found,
        })
    }

    /// Channels, height, width.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// Of a picture; zeros for a view that was not asked for.
    ///
    /// # Shapes
    /// result: `[channels, height, width]` of mean 0 and deviation 1
    pub fn of(&self, picture: usize, view: View) -> Vec<f32> {
        let length = self.shape.iter().product::<usize>();
        let place = picture * length..(picture + 1) * length;
        let values = self.views.get(&view).and_then(|values| values.get(place));
        values.map_or_else(
            || vec![0.0; length],
            |values| values.iter().map(|value| value.to_f32()).collect(),
        )
    }
}

fn made(
    data: &DataSet,
    autoencoder: &Autoencoder,
    view: View,
    told: &mut dyn FnMut(usize, usize),
) -> Result<Vec<f16>, LatentsError> {
    let device = &autoencoder.devices()[0];
    let (side, all) = (data.side(), data.pictures().len());
    let mut latents = Vec::new();
    let pictures: Vec<usize> = (0..all).collect();
    for some in pictures.chunks(BATCH) {
        let mut pixels = vec![0.0; some.len() * 3 * side * side];
        pixels
            .par_chunks_exact_mut(3 * side * side)
            .zip(some)
            .try_for_each(|(out, &picture)| view.show(data, picture, out))?;
        let pixels = TensorData::new(pixels, [some.len(), 3, side, side]);
        let found = autoencoder.latents(Tensor::from_data(pixels, device));
        let values = found.into_data().try_into_vec::<f32>().unwrap_or_default();
        latents.extend(values.into_iter().map(f16::from_f32));
        told(some[some.len() - 1] + 1, all);
    }
    Ok(latents)
}

/// The values of a whole file of that length.
fn read(path: &Path, length: usize) -> Option<Vec<f16>> {
    let bytes = fs::read(path).ok()?;
    let tensors = SafeTensors::deserialize(&bytes).ok()?;
    let values = tensors.tensor("latents").ok()?;
    let fits = values.dtype() == Dtype::F16 && values.data().len() == 2 * length;
    let (pairs, _) = values.data().as_chunks::<2>();
    fits.then(|| pairs.iter().map(|pair| f16::from_le_bytes(*pair)).collect())
}

fn write(path: &Path, values: &[f16], shape: [usize; 3]) -> Result<(), LatentsError> {
    let wrong = |why: String| LatentsError::File {
        why,
        path: path.to_owned(),
    };
    let count = values.len() / shape.iter().product::<usize>().max(1);
    let shape = [&[count], shape.as_slice()].concat();
    let bytes: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let view = TensorView::new(Dtype::F16, shape, &bytes).map_err(|why| wrong(why.to_string()))?;
    let file = serialize([("latents", view)], None).map_err(|why| wrong(why.to_string()))?;
    write_atomically(path, &file, Existing::Replace).map_err(|why| wrong(why.to_string()))
}
