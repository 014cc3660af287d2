//! Pictures as latents, made once for an autoencoder and kept beside the data set.

use std::{
    collections::HashMap,
    fs,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
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
use weft_store::{Existing, WriteError, write_atomically};

use super::View;
use crate::data::{DataError, DataSet};

/// Why there are no latents.
#[derive(Debug, Error)]
pub enum LatentsError {
    /// A picture.
    #[error(transparent)]
    Data(#[from] DataError),
    /// They make no file.
    #[error("the latents cannot be put together: {0}")]
    Format(String),
    /// The file.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Latents of the pictures of a data set: those of the drawings are all made at first, those of other views when
/// they are asked for.
#[derive(Debug)]
pub struct Latents<'a> {
    data: &'a DataSet,
    autoencoder: &'a Autoencoder,
    shape: [usize; 3],
    drawings: Vec<f16>,
    others: Mutex<Seen>,
}

/// Latents by picture and view.
type Seen = HashMap<(usize, View), Arc<[f16]>>;

/// Pictures in one call of the autoencoder.
const BATCH: usize = 32;

impl<'a> Latents<'a> {
    /// Reads the latents of the drawings from the folder beside the data set at `path`, or makes them; `told` hears
    /// of pictures done and of all.
    ///
    /// # Errors
    /// A picture that cannot be read, a file that cannot be written.
    pub fn open(
        (data, path): (&'a DataSet, &Path),
        (autoencoder, hash): (&'a Autoencoder, blake3::Hash),
        told: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, LatentsError> {
        let side = data.side() / autoencoder.config().factor();
        let shape = [autoencoder.config().channels, side, side];
        let mark = blake3::hash(&[*data.hash().as_bytes(), *hash.as_bytes()].concat());
        let name = format!("{}-picture.safetensors", &mark.to_hex()[..12]);
        let file = path.with_extension("latents").join(name);
        let length = data.pictures().len() * shape.iter().product::<usize>();
        let drawings = match read(&file, length) {
            Some(drawings) => drawings,
            None => {
                let drawings = drawings(data, autoencoder, told)?;
                write(&file, &drawings, shape)?;
                drawings
            }
        };
        Ok(Self {
            data,
            autoencoder,
            shape,
            drawings,
            others: Mutex::default(),
        })
    }

    /// Channels, height, width.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// Of a picture.
    ///
    /// # Shapes
    /// result: `[channels, height, width]` of mean 0 and deviation 1
    ///
    /// # Errors
    /// The picture cannot be read.
    pub fn of(&self, picture: usize, view: View) -> Result<Vec<f32>, DataError> {
        let spread = |values: &[f16]| values.iter().map(|value| value.to_f32()).collect();
        if view == View::Picture {
            let length = self.shape.iter().product::<usize>();
            return Ok(spread(
                &self.drawings[picture * length..(picture + 1) * length],
            ));
        }
        let key = (picture, view);
        if let Some(known) = self.remembered().get(&key) {
            return Ok(spread(known));
        }
        let made: Arc<[f16]> = encoded(self.data, self.autoencoder, (&[picture], view))?.into();
        self.remembered().insert(key, made.clone());
        Ok(spread(&made))
    }

    fn remembered(&self) -> MutexGuard<'_, Seen> {
        self.others.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn drawings(
    data: &DataSet,
    autoencoder: &Autoencoder,
    told: &mut dyn FnMut(usize, usize),
) -> Result<Vec<f16>, DataError> {
    let all = data.pictures().len();
    let pictures: Vec<usize> = (0..all).collect();
    let mut latents = Vec::new();
    for some in pictures.chunks(BATCH) {
        latents.extend(encoded(data, autoencoder, (some, View::Picture))?);
        told(some[some.len() - 1] + 1, all);
    }
    Ok(latents)
}

fn encoded(
    data: &DataSet,
    autoencoder: &Autoencoder,
    (pictures, view): (&[usize], View),
) -> Result<Vec<f16>, DataError> {
    let (side, count) = (data.side(), pictures.len());
    let mut pixels = vec![0.0; count * 3 * side * side];
    pixels
        .par_chunks_exact_mut(3 * side * side)
        .zip(pictures)
        .try_for_each(|(out, &picture)| view.show(data, picture, out))?;
    let pixels = TensorData::new(pixels, [count, 3, side, side]);
    let found = autoencoder.latents(Tensor::from_data(pixels, &autoencoder.devices()[0]));
    let values = found.into_data().try_into_vec::<f32>().unwrap_or_default();
    Ok(values.into_iter().map(f16::from_f32).collect())
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
    let wrong = |why: safetensors::SafeTensorError| LatentsError::Format(why.to_string());
    let count = values.len() / shape.iter().product::<usize>().max(1);
    let shape = [&[count], shape.as_slice()].concat();
    let bytes: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let view = TensorView::new(Dtype::F16, shape, &bytes).map_err(wrong)?;
    let file = serialize([("latents", view)], None).map_err(wrong)?;
    Ok(write_atomically(path, &file, Existing::Replace)?)
}
