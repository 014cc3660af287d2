//! Reference numbers from a file.

use std::{collections::BTreeMap, fs, path::Path};

use burn::tensor::{Device, Tensor, TensorData};
use safetensors::{Dtype, SafeTensors};

/// Named tensors of reference numbers.
#[derive(Clone, Debug)]
pub struct Tensors {
    name: String,
    tensors: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
}

/// The tensors of a `.safetensors` file in a crate: `fixture(env!("CARGO_MANIFEST_DIR"), "fixtures/x.safetensors")`.
///
/// Elements are `f32` or `u8`; both are read as numbers, without scaling.
///
/// # Panics
/// The file cannot be read, is no safetensors file, or holds elements of another type.
pub fn fixture(manifest_dir: &str, path: &str) -> Tensors {
    let bytes = fs::read(Path::new(manifest_dir).join(path));
    let bytes = bytes.unwrap_or_else(|error| panic!("cannot read the fixture: {error}: {path}"));
    let file = SafeTensors::deserialize(&bytes);
    let file =
        file.unwrap_or_else(|error| panic!("the fixture is no safetensors file: {error}: {path}"));
    let read = |(name, view): (String, safetensors::tensor::TensorView<'_>)| {
        let elements = match view.dtype() {
            Dtype::F32 => view
                .data()
                .as_chunks()
                .0
                .iter()
                .map(|bytes| f32::from_le_bytes(*bytes))
                .collect(),
            Dtype::U8 => view.data().iter().map(|byte| f32::from(*byte)).collect(),
            other => panic!("`{name}` is {other:?}, and fixtures are F32 or U8: {path}"),
        };
        (name, (view.shape().to_vec(), elements))
    };
    Tensors {
        name: path.to_owned(),
        tensors: file.tensors().into_iter().map(read).collect(),
    }
}

impl Tensors {
    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// The tensor of that name.
    ///
    /// # Panics
    /// There is none, or it has another number of axes.
    pub fn get<const D: usize>(&self, name: &str, device: &Device) -> Tensor<D> {
        let Some((shape, elements)) = self.tensors.get(name) else {
            let names: Vec<_> = self.names().collect();
            panic!(
                "no tensor `{name}` in {}; there are {}",
                self.name,
                names.join(", ")
            );
        };
        assert_eq!(
            shape.len(),
            D,
            "`{name}` has the shape {shape:?}: {}",
            self.name
        );
        Tensor::from_data(TensorData::new(elements.clone(), shape.clone()), device)
    }

    /// The tensor of that name with axes of length 1 before its own, as `[1, 1, height, width]`.
    ///
    /// # Panics
    /// There is none, or it has more than four axes.
    pub fn picture(&self, name: &str, device: &Device) -> Tensor<4> {
        match self.tensors.get(name).map(|(shape, _)| shape.len()) {
            Some(2) => self.get::<2>(name, device).unsqueeze(),
            Some(3) => self.get::<3>(name, device).unsqueeze(),
            _ => self.get::<4>(name, device),
        }
    }
}
