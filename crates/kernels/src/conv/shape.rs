//! The sizes of a convolution.

use crate::ShapeError;

/// The sizes of a convolution with one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    /// Pictures.
    pub batch: usize,
    /// Channels of the input.
    pub inputs: usize,
    /// Channels of the output.
    pub outputs: usize,
    /// Height and width of the input, before upsampling.
    pub size: [usize; 2],
    /// Height and width of the kernel.
    pub kernel: [usize; 2],
    /// From one output to the next, in (upsampled) input pixels.
    pub stride: usize,
    /// Zeros around the (upsampled) input: top, bottom, left, right.
    pub padding: [usize; 4],
    /// How often each pixel is repeated along both axes before the convolution: 1, or 2 for nearest.
    pub upsample: usize,
}

impl ConvShape {
    /// Height and width of the output.
    ///
    /// # Errors
    /// When the kernel is empty or larger than the padded input, or stride or upsampling is zero.
    pub fn output(&self) -> Result<[usize; 2], ShapeError> {
        let [top, bottom, left, right] = self.padding;
        let axis = |size: usize, kernel: usize, before: usize, after: usize| {
            let whole = size.checked_mul(self.upsample)?;
            let padded = whole.checked_add(before)?.checked_add(after)?;
            let room = padded.checked_sub(kernel)?;
            let usable = kernel > 0 && self.upsample > 0;
            usable.then_some(room.checked_div(self.stride)? + 1)
        };
        let height = axis(self.size[0], self.kernel[0], top, bottom);
        let width = axis(self.size[1], self.kernel[1], left, right);
        match (height, width) {
            (Some(height), Some(width)) => Ok([height, width]),
            _ => Err(ShapeError {
                operation: "convolution",
                what: "kernel (with stride and upsampling of at least 1, inside the padded input)",
                wanted: self.size.to_vec(),
                found: vec![self.kernel[0], self.kernel[1], self.stride, self.upsample],
            }),
        }
    }

    /// The weight's `[outputs, inputs, kh, kw]`.
    pub(super) fn weight(&self) -> [usize; 4] {
        [self.outputs, self.inputs, self.kernel[0], self.kernel[1]]
    }

    /// Asserts that the input fits, and gives the size of the output.
    pub(super) fn check_input(
        &self,
        operation: &'static str,
        x: &[f32],
    ) -> Result<[usize; 2], ShapeError> {
        let wanted = [self.batch, self.inputs, self.size[0], self.size[1]];
        ShapeError::unless_fits(operation, "x", x.len(), &wanted)?;
        self.output()
    }

    /// Asserts that a gradient of the output fits, and gives the size of the output.
    pub(super) fn check_grad(
        &self,
        operation: &'static str,
        grad: &[f32],
    ) -> Result<[usize; 2], ShapeError> {
        let [height, width] = self.output()?;
        let wanted = [self.batch, self.outputs, height, width];
        ShapeError::unless_fits(operation, "grad", grad.len(), &wanted)?;
        Ok([height, width])
    }
}
