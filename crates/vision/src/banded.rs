//! Weighted sums over neighbours along one axis: what blurs and resampling are made of.

use burn::tensor::{Float, Tensor, TensorData};
use weft_tensor::constant;

use crate::border::Border;

/// Outputs that one matrix product makes: few enough that the matrix is mostly its band, and enough to
/// keep the processor busy.
const BLOCK: usize = 32;

/// A matrix whose entries lie along its diagonal: each output along an axis is a weighted sum of inputs
/// side by side.
pub(crate) struct Banded {
    rows: Vec<Row>,
}

/// The weights of one output.
pub(crate) struct Row {
    /// The first input that counts.
    pub(crate) first: usize,
    /// The weights of that input and of those that follow it.
    pub(crate) weights: Vec<f32>,
}

impl Banded {
    /// The matrix of these rows.
    pub(crate) fn new(rows: Vec<Row>) -> Self {
        Self { rows }
    }

    /// Correlation over `length` inputs with a kernel of an odd number of weights.
    pub(crate) fn filter(kernel: &[f32], length: usize, border: Border) -> Self {
        let radius = kernel.len() / 2;
        let row = |output: usize| {
            let first = output.saturating_sub(radius);
            let mut weights = vec![0.0; (output + radius + 1).min(length) - first];
            for (i, weight) in kernel.iter().enumerate() {
                let place = (output + i) as i64 - radius as i64;
                if let Some(pixel) = border.pixel(place, length) {
                    weights[pixel - first] += weight;
                }
            }
            Row { first, weights }
        };
        Self {
            rows: (0..length).map(row).collect(),
        }
    }

    /// Sums along the width.
    ///
    /// # Shapes
    /// pixels: `[batch, channels, height, inputs]`, result: `[batch, channels, height, outputs]`
    pub(crate) fn along_width(&self, pixels: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = pixels.dims();
        let device = pixels.device();
        let lines: Tensor<2> = pixels.reshape([batch * channels * height, width]);
        let sums = self.blocks().map(|block| {
            let matrix = constant::<2, Float>(block.matrix(), &device).transpose();
            lines
                .clone()
                .narrow(1, block.first, block.inputs)
                .matmul(matrix)
        });
        Tensor::cat(sums.collect(), 1).reshape([batch, channels, height, self.rows.len()])
    }

    /// Sums along the height.
    ///
    /// # Shapes
    /// pixels: `[batch, channels, inputs, width]`, result: `[batch, channels, outputs, width]`
    pub(crate) fn along_height(&self, pixels: Tensor<4>) -> Tensor<4> {
        let device = pixels.device();
        let sums = self.blocks().map(|block| {
            let matrix = constant::<2, Float>(block.matrix(), &device).unsqueeze::<4>();
            matrix.matmul(pixels.clone().narrow(2, block.first, block.inputs))
        });
        Tensor::cat(sums.collect(), 2)
    }

    fn blocks(&self) -> impl Iterator<Item = Block<'_>> {
        self.rows.chunks(BLOCK).map(|rows| {
            let first = rows.iter().map(|row| row.first).min().unwrap_or(0);
            let end = rows
                .iter()
                .map(|row| row.first + row.weights.len())
                .max()
                .unwrap_or(0);
            Block {
                rows,
                first,
                inputs: end - first,
            }
        })
    }
}

/// Some outputs side by side, and the inputs they need.
struct Block<'a> {
    rows: &'a [Row],
    first: usize,
    inputs: usize,
}

impl Block<'_> {
    /// `[outputs, inputs]`
    fn matrix(&self) -> TensorData {
        let mut matrix = vec![0.0; self.rows.len() * self.inputs];
        for (row, line) in self.rows.iter().zip(matrix.chunks_mut(self.inputs)) {
            line[row.first - self.first..][..row.weights.len()].copy_from_slice(&row.weights);
        }
        TensorData::new(matrix, [self.rows.len(), self.inputs])
    }
}
