//! Weighted sums over neighbours along one axis: what blurs and resampling are made of.

use std::sync::LazyLock;

use burn::tensor::{DType, Float, Tensor, TensorData};
use weft_tensor::{Extent, Shader, constant};

use crate::{
    border::Border,
    pass::{BORDER, COLOR, Pass, run_on},
};

static ALONG: Pass = Pass::new(2, &[BORDER, COLOR, include_str!("filter/along.wgsl")]);

/// Outputs that one matrix product makes: few enough that the matrix is mostly its band, and enough to
/// keep the processor busy.
const BLOCK: usize = 32;

/// What a pass does beside summing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sums {
    /// Multiply colour by alpha first.
    multiply: bool,
    /// Divide it by alpha in the end.
    divide: bool,
    /// Hold the sums within 0..=1.
    pub(crate) hold: bool,
}

impl Sums {
    /// Two passes after each other in which each colour counts by its alpha, if it does.
    pub(crate) fn by_alpha(it_does: bool) -> [Self; 2] {
        let (multiply, divide) = (it_does, it_does);
        [
            Self {
                multiply,
                ..Self::default()
            },
            Self {
                divide,
                ..Self::default()
            },
        ]
    }

    /// Both of [`Self::by_alpha`] in one pass.
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            multiply: self.multiply || other.multiply,
            divide: self.divide || other.divide,
            hold: self.hold || other.hold,
        }
    }

    /// Correlation along an axis with a kernel of an odd number of weights, on a graphics adapter.
    pub(crate) fn filtered(
        self,
        pixels: &Tensor<4>,
        axis: usize,
        kernel: &[f32],
        border: Border,
    ) -> Option<Tensor<4>> {
        if !self.multiply && !self.divide && !self.hold {
            return blocked(pixels, axis, kernel, border);
        }
        let weights = || TensorData::new(kernel.to_vec(), [1, 1, 1, kernel.len()]);
        let form = (f32::from(border as u8), kernel.len());
        self.drawn(pixels, (axis, pixels.dims()[axis]), form, weights)
    }

    /// Sums along an axis by the rows of a matrix, on a graphics adapter.
    pub(crate) fn along(
        self,
        pixels: &Tensor<4>,
        axis: usize,
        matrix: &Banded,
    ) -> Option<Tensor<4>> {
        let rows = &matrix.rows;
        let longest = rows.iter().map(|row| row.weights.len()).max()?;
        let weights = || {
            let mut numbers = vec![0.0; rows.len() * (longest + 2)];
            for (row, line) in rows.iter().zip(numbers.chunks_mut(longest + 2)) {
                line[0] = row.first as f32;
                line[1] = row.weights.len() as f32;
                line[2..][..row.weights.len()].copy_from_slice(&row.weights);
            }
            TensorData::new(numbers, [1, 1, rows.len(), longest + 2])
        };
        self.drawn(pixels, (axis, rows.len()), (3.0, longest + 2), weights)
    }

    fn drawn(
        self,
        pixels: &Tensor<4>,
        (axis, length): (usize, usize),
        (kind, row): (f32, usize),
        weights: impl FnOnce() -> TensorData,
    ) -> Option<Tensor<4>> {
        let device = pixels.device();
        if !run_on(&device) {
            return None;
        }
        let dims @ [batch, channels, height, width] = pixels.dims();
        // Numbers that are no colours are sums of their own.
        let is_color = matches!(channels, 1 | 3 | 4);
        let pixels = if is_color {
            pixels.clone()
        } else {
            pixels.clone().reshape([batch * channels, 1, height, width])
        };
        let mut shape = pixels.dims();
        shape[axis] = length;
        let flags = [self.multiply, self.divide, self.hold].map(|flag| f32::from(u8::from(flag)));
        let mut numbers = vec![f32::from(u8::from(axis == 2)), kind, row as f32];
        numbers.extend(flags);
        let made = ALONG.run([&pixels, &constant(weights(), &device)], &numbers, shape)?;
        let mut wanted = dims;
        wanted[axis] = length;
        Some(made.reshape(wanted))
    }
}

/// A kernel along an axis, several sums at a time: many weights read the same pixels.
fn blocked(pixels: &Tensor<4>, axis: usize, kernel: &[f32], border: Border) -> Option<Tensor<4>> {
    static BLOCKED: LazyLock<Option<Shader>> =
        LazyLock::new(|| Shader::new(&[include_str!("filter/blocked.wgsl"), BORDER].concat()).ok());
    const AT_A_TIME: usize = 4;
    let device = pixels.device();
    if !run_on(&device) || pixels.dtype() != DType::F32 {
        return None;
    }
    let shape @ [batch, channels, height, width] = pixels.dims();
    let mut weights = kernel.to_vec();
    weights.resize(kernel.len() + AT_A_TIME - 1, 0.0);
    let data = TensorData::new(weights, [1, 1, 1, kernel.len() + AT_A_TIME - 1]);
    let given = [
        (batch * channels) as f32,
        height as f32,
        width as f32,
        f32::from(u8::from(axis == 2)),
        f32::from(border as u8),
        kernel.len() as f32,
    ];
    let lines: usize = shape.iter().product::<usize>() / shape[axis].max(1);
    let calls = lines * shape[axis].div_ceil(AT_A_TIME);
    let inputs = [pixels.clone(), constant(data, &device)];
    let extent = Extent { shape, calls };
    BLOCKED.as_ref()?.run(&inputs, &given, extent, &device).ok()
}

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
