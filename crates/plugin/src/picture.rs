//! Pictures and masks: numbers of one's own, or the host's until they are asked for.

use std::sync::Arc;

use weft_abi::{Kind, Shape, Space, Status, Value};

use crate::{Error, Result, boundary::Host};

/// How the numbers of a picture stand for light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorSpace {
    /// sRGB-encoded, as files and screens hold it.
    #[default]
    Srgb,
    /// Proportional to light.
    Linear,
}

/// Numbers in the shape of pictures.
#[derive(Clone)]
pub(crate) struct Picture {
    dims: [usize; 4],
    space: ColorSpace,
    numbers: Numbers,
}

#[derive(Clone)]
enum Numbers {
    Own(Arc<[f32]>),
    Held(Host, Value),
}

impl Picture {
    fn new(dims: [usize; 4], numbers: Vec<f32>) -> Result<Self> {
        let count = dims
            .iter()
            .try_fold(1usize, |all, axis| all.checked_mul(*axis));
        let is_none = |axis: &usize| *axis == 0 || u32::try_from(*axis).is_err();
        if dims.iter().any(is_none) || count != Some(numbers.len()) {
            let message = format!(
                "{} numbers do not make a picture of {dims:?}",
                numbers.len()
            );
            return Err(Error::Input {
                input: None,
                message,
            });
        }
        Ok(Self {
            dims,
            space: ColorSpace::Srgb,
            numbers: Numbers::Own(numbers.into()),
        })
    }

    pub(crate) fn held(host: Host, value: Value) -> Result<Self, Status> {
        let shape = host.shape(value)?;
        let space = match shape.space {
            Space::LINEAR => ColorSpace::Linear,
            _ => ColorSpace::Srgb,
        };
        Ok(Self {
            dims: [shape.batch, shape.channels, shape.height, shape.width]
                .map(|axis| axis as usize),
            space,
            numbers: Numbers::Held(host, value),
        })
    }

    pub(crate) fn shape(&self, kind: Kind) -> Shape {
        let [batch, channels, height, width] = self.dims.map(|axis| axis as u32);
        let space = match self.space {
            ColorSpace::Srgb => Space::SRGB,
            ColorSpace::Linear => Space::LINEAR,
        };
        Shape {
            kind,
            space,
            batch,
            channels,
            height,
            width,
        }
    }

    fn numbers(&self) -> Result<Vec<f32>> {
        match &self.numbers {
            Numbers::Own(numbers) => Ok(numbers.to_vec()),
            Numbers::Held(host, value) => {
                let read = host.read(*value, self.dims.iter().product());
                read.map_err(|status| Error::host("read a picture", status))
            }
        }
    }

    /// The host's number for it; what is the host's already stays where it is.
    pub(crate) fn make(&self, host: Host, kind: Kind) -> Result<Value, Status> {
        match &self.numbers {
            Numbers::Own(numbers) => host.make_picture(&self.shape(kind), numbers),
            // A number of another call may be that of another value in this one.
            Numbers::Held(holder, _) if !holder.is(host) => Err(Status::NO_SUCH),
            Numbers::Held(_, value) => Ok(*value),
        }
    }
}

/// One picture or a batch of pictures of one size.
///
/// # Shapes
/// pixels: `[batch, channels, height, width]`, `f32`, nominally 0..=1, rows from the top; the channels are luma, or red,
/// green, blue, or red, green, blue and straight alpha: 1, 3 or 4.
#[derive(Clone)]
pub struct Image(Picture);

impl Image {
    /// An sRGB-encoded picture of these numbers, `[batch, channels, height, width]`.
    ///
    /// # Errors
    /// They are not as many as `dims` says, or the channels are not 1, 3 or 4.
    pub fn new(dims: [usize; 4], pixels: Vec<f32>) -> Result<Self> {
        if !matches!(dims[1], 1 | 3 | 4) {
            let message = format!("a picture has 1, 3 or 4 channels, not {}", dims[1]);
            return Err(Error::Input {
                input: None,
                message,
            });
        }
        Picture::new(dims, pixels).map(Self)
    }

    /// The same numbers, standing for light in another way.
    #[must_use]
    pub fn in_space(mut self, space: ColorSpace) -> Self {
        self.0.space = space;
        self
    }

    /// The numbers; the host's are copied once.
    ///
    /// # Errors
    /// The host cannot read them back.
    pub fn pixels(&self) -> Result<Vec<f32>> {
        self.0.numbers()
    }

    /// How the numbers stand for light.
    pub fn space(&self) -> ColorSpace {
        self.0.space
    }

    /// `[batch, channels, height, width]`.
    pub fn dims(&self) -> [usize; 4] {
        self.0.dims
    }

    /// Pictures in the batch.
    pub fn batch(&self) -> usize {
        self.0.dims[0]
    }

    /// 1, 3 or 4.
    pub fn channels(&self) -> usize {
        self.0.dims[1]
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.0.dims[2]
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.0.dims[3]
    }

    pub(crate) fn of(picture: Picture) -> Self {
        Self(picture)
    }

    pub(crate) fn picture(&self) -> &Picture {
        &self.0
    }
}

/// Coverage, pixel by pixel: an edge map, a matte, a selection.
///
/// # Shapes
/// coverage: `[batch, 1, height, width]`, `f32`, 0 for nothing to 1 for all.
#[derive(Clone)]
pub struct Mask(Picture);

impl Mask {
    /// A mask of this coverage, of so many masks, rows and columns.
    ///
    /// # Errors
    /// The numbers are not as many.
    pub fn new([batch, height, width]: [usize; 3], coverage: Vec<f32>) -> Result<Self> {
        Picture::new([batch, 1, height, width], coverage).map(Self)
    }

    /// The coverage; the host's is copied once.
    ///
    /// # Errors
    /// The host cannot read it back.
    pub fn coverage(&self) -> Result<Vec<f32>> {
        self.0.numbers()
    }

    /// Masks in the batch.
    pub fn batch(&self) -> usize {
        self.0.dims[0]
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.0.dims[2]
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.0.dims[3]
    }

    pub(crate) fn of(picture: Picture) -> Self {
        Self(picture)
    }

    pub(crate) fn picture(&self) -> &Picture {
        &self.0
    }
}
