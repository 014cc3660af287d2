//! Why arithmetic was refused.

use thiserror::Error;

/// Shapes that do not fit together.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{operation}: {what} should have {wanted:?} but has {found:?}")]
pub struct ShapeError {
    /// The operation.
    pub operation: &'static str,
    /// Which of its operands.
    pub what: &'static str,
    /// What would fit.
    pub wanted: Vec<usize>,
    /// What was given.
    pub found: Vec<usize>,
}

impl ShapeError {
    /// Asserts that a slice holds exactly the numbers of a shape.
    pub(crate) fn unless_fits(
        operation: &'static str,
        what: &'static str,
        length: usize,
        shape: &[usize],
    ) -> Result<(), Self> {
        let wanted = shape
            .iter()
            .try_fold(1usize, |product, &axis| product.checked_mul(axis));
        if wanted == Some(length) {
            return Ok(());
        }
        Err(Self {
            operation,
            what,
            wanted: shape.to_vec(),
            found: vec![length],
        })
    }
}
