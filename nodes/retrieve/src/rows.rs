//! Many vectors of one length, as one block of numbers.

use std::sync::Arc;

/// Many vectors of one length. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    dims: usize,
    numbers: Arc<[f32]>,
}

impl Rows {
    /// The rows of `numbers`, each of `dims`; `None` if they do not come out even, or one is not finite.
    pub fn new(dims: usize, numbers: Vec<f32>) -> Option<Self> {
        let is_even = dims > 0 && numbers.len().is_multiple_of(dims);
        let is_finite = numbers.iter().all(|number| number.is_finite());
        (is_even && is_finite).then(|| Self {
            dims,
            numbers: numbers.into(),
        })
    }

    /// Length of a row.
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.numbers.len() / self.dims
    }

    /// All numbers, row after row.
    pub fn numbers(&self) -> &[f32] {
        &self.numbers
    }

    /// The row at `place`.
    pub fn row(&self, place: usize) -> &[f32] {
        &self.numbers[place * self.dims..(place + 1) * self.dims]
    }
}

/// The sum of products. Eight sums side by side, so that the order of additions is fixed and wide.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a
        .remainder()
        .iter()
        .zip(b.remainder())
        .map(|(a, b)| a * b)
        .sum();
    for (a, b) in a.zip(b) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// Scales to length 1; a vector of zeros stays.
pub(crate) fn normalize(vector: &mut [f32]) {
    let length = dot(vector, vector).sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|number| *number /= length);
    }
}
