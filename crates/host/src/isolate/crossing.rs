//! Values on their way from one process to the other.

use std::{
    fs::File as Pixels,
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};
use weft_spec::TypeName;
use weft_tensor::{downloaded, uploaded};
use weft_value::{AnyValue, Color, ColorSpace, File, Folder, Image, Mask, Seed};

/// A value on its way; the numbers of a picture lie in a file beside it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Crossing {
    Bool(bool),
    Integer(i64),
    /// The bits of a number: JSON has no infinite ones.
    Number(u64),
    Text(String),
    Seed(u64),
    Color([u32; 4]),
    File(PathBuf),
    Folder(PathBuf),
    Picture {
        is_mask: bool,
        is_linear: bool,
        axes: [usize; 4],
        /// Where its numbers begin, in bytes.
        at: u64,
    },
    List {
        element: String,
        items: Vec<Crossing>,
    },
}

/// Writes numbers to the file, one picture after the other.
pub(super) struct Writer<'a> {
    file: &'a Pixels,
    at: u64,
}

impl<'a> Writer<'a> {
    /// From the beginning of the file.
    pub(super) fn new(file: &'a Pixels) -> Self {
        Self { file, at: 0 }
    }

    /// The value, on its way.
    ///
    /// # Errors
    /// A sentence on why it cannot cross.
    pub(super) fn cross(&mut self, value: &AnyValue) -> Result<Crossing, String> {
        let plain = [
            value.get::<bool>().map(|it| Crossing::Bool(*it)),
            value.get::<i64>().map(|it| Crossing::Integer(*it)),
            value.get::<f64>().map(|it| Crossing::Number(it.to_bits())),
            value.get::<String>().cloned().map(Crossing::Text),
            value.get::<Seed>().map(|it| Crossing::Seed(it.0)),
            value
                .get::<Color>()
                .map(|it| Crossing::Color(it.0.map(f32::to_bits))),
            value
                .get::<File>()
                .map(|it| Crossing::File(it.path().to_owned())),
            value
                .get::<Folder>()
                .map(|it| Crossing::Folder(it.path().to_owned())),
        ];
        if let Some(plain) = plain.into_iter().flatten().next() {
            return Ok(plain);
        }
        if let Some(items) = value.items() {
            let ty = value.type_name();
            let element = ty.element().map(|element| element.to_string());
            let items = items.iter().map(|item| self.cross(item));
            return Ok(Crossing::List {
                element: element.unwrap_or_default(),
                items: items.collect::<Result<_, _>>()?,
            });
        }
        let (tensor, is_mask, is_linear) = match (value.get::<Image>(), value.get::<Mask>()) {
            (Some(image), _) => (image.pixels(), false, image.space() == ColorSpace::Linear),
            (_, Some(mask)) => (mask.coverage(), true, false),
            _ => {
                let ty = value.type_name();
                return Err(format!(
                    "a value of type {ty} cannot go to an isolated plugin"
                ));
            }
        };
        let (axes, at) = (tensor.dims(), self.at);
        self.write(tensor)
            .map_err(|error| format!("cannot hand over a picture: {error}"))?;
        Ok(Crossing::Picture {
            is_mask,
            is_linear,
            axes,
            at,
        })
    }

    fn write(&mut self, tensor: Tensor<4>) -> io::Result<()> {
        let data = downloaded(tensor)
            .map_err(io::Error::other)?
            .convert::<f32>();
        self.file.write_all_at(data.as_bytes(), self.at)?;
        self.at += data.as_bytes().len() as u64;
        Ok(())
    }
}

impl Crossing {
    /// The value, arrived; nothing that the other side says is taken on trust.
    ///
    /// # Errors
    /// A sentence on what is wrong with it.
    pub(super) fn arrive(self, pixels: &Pixels, device: &Device) -> Result<AnyValue, String> {
        Ok(match self {
            Self::Bool(it) => AnyValue::new(it),
            Self::Integer(it) => AnyValue::new(it),
            Self::Number(bits) => AnyValue::new(f64::from_bits(bits)),
            Self::Text(it) => AnyValue::new(it),
            Self::Seed(it) => AnyValue::new(Seed(it)),
            Self::Color(bits) => AnyValue::new(Color(bits.map(f32::from_bits))),
            Self::File(path) => AnyValue::new(File::open(Path::new(&path))?),
            Self::Folder(path) => AnyValue::new(Folder::open(Path::new(&path))?),
            Self::Picture {
                is_mask,
                is_linear,
                axes,
                at,
            } => {
                let tensor = read(pixels, axes, at, device)?;
                if is_mask {
                    AnyValue::new(Mask::new(tensor))
                } else {
                    let space = if is_linear {
                        ColorSpace::Linear
                    } else {
                        ColorSpace::Srgb
                    };
                    AnyValue::new(Image::in_space(tensor, space))
                }
            }
            Self::List { element, items } => {
                let items = items.into_iter().map(|item| item.arrive(pixels, device));
                AnyValue::list(TypeName::from(element), items.collect::<Result<_, _>>()?)
            }
        })
    }
}

fn read(pixels: &Pixels, axes: [usize; 4], at: u64, device: &Device) -> Result<Tensor<4>, String> {
    let bytes = axes
        .iter()
        .try_fold(size_of::<f32>(), |all, axis| all.checked_mul(*axis));
    let there = pixels.metadata().map_or(0, |of| of.len());
    let end = bytes.and_then(|bytes| at.checked_add(bytes as u64));
    let (Some(bytes), Some(_)) = (bytes, end.filter(|end| *end <= there)) else {
        return Err("a picture is not as large as it was said to be".to_owned());
    };
    let mut raw = vec![0; bytes];
    pixels
        .read_exact_at(&mut raw, at)
        .map_err(|error| format!("cannot take a picture: {error}"))?;
    let data = TensorData::from_bytes_vec(raw, axes, burn::tensor::DType::F32);
    Ok(uploaded(data, device))
}
