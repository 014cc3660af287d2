//! A picture as plain numbers, for measures that walk over its pixels.

use burn::tensor::{Device, Tensor, TensorData};
use weft_train::{
    data::{DataError, DataSet},
    stages::View,
};
use weft_vision::resample::{Filter, resize};

use crate::EvalError;

/// A square picture: three planes, sRGB-encoded, -1..=1.
#[derive(Clone, Debug, PartialEq)]
pub struct Raster {
    side: usize,
    values: Vec<f32>,
}

/// Part of a picture: its first row and column, and those behind its last.
pub(crate) type Part = [usize; 4];

impl Raster {
    /// A picture of `values`, `[3, side, side]`.
    ///
    /// # Panics
    /// There are not as many values as that.
    pub fn new(side: usize, values: Vec<f32>) -> Self {
        assert_eq!(values.len(), 3 * side * side, "a picture of {side} pixels");
        Self { side, values }
    }

    /// What is seen of a picture of a data set, as a model is shown it.
    ///
    /// # Errors
    /// The picture cannot be unpacked.
    pub fn view(data: &DataSet, picture: usize, view: View) -> Result<Self, DataError> {
        let side = data.side();
        let mut values = vec![0.0; 3 * side * side];
        view.show(data, picture, &mut values)?;
        Ok(Self { side, values })
    }

    /// The pictures of a batch, `[n, 3, side, side]`.
    ///
    /// # Errors
    /// The device did not give them back.
    pub fn each(batch: Tensor<4>) -> Result<Vec<Self>, EvalError> {
        let [count, channels, height, width] = batch.dims();
        if count == 0 || channels != 3 || height != width {
            return Err(EvalError::Unread);
        }
        let values = batch.into_data().convert::<f32>().try_into_vec::<f32>();
        let values = values.map_err(|_| EvalError::Unread)?;
        let pictures = values.chunks_exact(3 * height * width);
        Ok(pictures
            .map(|values| Self::new(height, values.to_vec()))
            .collect())
    }

    /// Pictures of one size as a batch, `[n, 3, side, side]`.
    ///
    /// # Panics
    /// There is none.
    pub fn batch<'a>(pictures: impl IntoIterator<Item = &'a Self>, device: &Device) -> Tensor<4> {
        let (mut values, mut side) = (Vec::new(), 0);
        for picture in pictures {
            values.extend_from_slice(&picture.values);
            side = picture.side;
        }
        let count = values.len() / (3 * side * side);
        Tensor::from_data(TensorData::new(values, [count, 3, side, side]), device)
    }

    /// Pixels along a side.
    pub fn side(&self) -> usize {
        self.side
    }

    /// `[3, side, side]`.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Opaque pixels, `[side, side, 4]`.
    pub fn rgba(&self) -> Vec<u8> {
        let pixels = self.side * self.side;
        let mut rgba = vec![255; 4 * pixels];
        for (channel, plane) in self.values.chunks_exact(pixels).enumerate() {
            for (pixel, value) in rgba.chunks_exact_mut(4).zip(plane) {
                pixel[channel] = ((value + 1.0) * 127.5).round().clamp(0.0, 255.0) as u8;
            }
        }
        rgba
    }

    /// What is drawn within a part, as large as fits, in the middle of a white picture of the same size; white where
    /// nothing is drawn. `mask` says where something is, `[side, side]`.
    pub(crate) fn enlarged(&self, [top, left, bottom, right]: Part, mask: &[f32]) -> Self {
        let side = self.side;
        let inside = (top * side..bottom * side)
            .filter(|place| (left..right).contains(&(place % side)) && mask[*place] > 0.0);
        let bounds = inside.fold(None, |bounds: Option<Part>, place| {
            let [row, column] = [place / side, place % side];
            let [a, b, c, d] = bounds.unwrap_or([row, column, row + 1, column + 1]);
            Some([a.min(row), b.min(column), c.max(row + 1), d.max(column + 1)])
        });
        let Some([top, left, bottom, right]) = bounds else {
            return Self::new(side, vec![1.0; 3 * side * side]);
        };
        let [height, width] = [bottom - top, right - left];
        let square = height.max(width);
        let [above, before] = [(square - height) / 2, (square - width) / 2];
        let mut values = vec![1.0; 3 * square * square];
        for (from, to) in
            (self.values.chunks_exact(side * side)).zip(values.chunks_exact_mut(square * square))
        {
            for row in 0..height {
                let source = &from[(top + row) * side + left..][..width];
                to[(above + row) * square + before..][..width].copy_from_slice(source);
            }
        }
        Self::new(square, values).resized(side)
    }

    /// Two pictures side by side, each half as large, on white.
    pub(crate) fn beside(&self, other: &Self) -> Self {
        let (side, half) = (self.side, self.side / 2);
        let mut values = vec![1.0; 3 * side * side];
        for (picture, left) in [(self, 0), (other, half)] {
            let small = picture.resized(half);
            for (from, to) in
                (small.values.chunks_exact(half * half)).zip(values.chunks_exact_mut(side * side))
            {
                for row in 0..half {
                    let start = (side / 4 + row) * side + left;
                    to[start..start + half].copy_from_slice(&from[row * half..][..half]);
                }
            }
        }
        Self::new(side, values)
    }

    /// The same upside down, by half a turn.
    pub(crate) fn turned(&self) -> Self {
        let planes = self.values.chunks_exact(self.side * self.side);
        let values = planes.flat_map(|plane| plane.iter().rev().copied());
        Self::new(self.side, values.collect())
    }

    #[cfg(test)]
    pub(crate) fn values_of(&mut self, channel: usize) -> &mut [f32] {
        let pixels = self.side * self.side;
        &mut self.values[channel * pixels..(channel + 1) * pixels]
    }

    fn resized(&self, side: usize) -> Self {
        let pixels = Self::batch([self], &Device::flex());
        let resized = resize(pixels, (side, side), Filter::Bilinear).clamp(-1.0, 1.0);
        let values = resized.into_data().try_into_vec::<f32>();
        // The CPU always gives its numbers back.
        Self::new(side, values.unwrap_or_else(|_| vec![1.0; 3 * side * side]))
    }
}
