//! Convolutions of feature maps `[batch, channels, height, width]` and their gradients, as products of
//! matrices whose patches are never laid out in memory.

mod gather;
mod grads;
mod padded;
mod patches;
mod shape;
#[cfg(test)]
mod tests;
mod weight;

pub use grads::{conv2d_bias_grad, conv2d_input_grad, conv2d_weight_grad};
pub use shape::ConvShape;
pub use weight::ConvWeight;

use padded::with_padded;
use patches::{Order, Patches};

use crate::ShapeError;
use crate::gemm::{Output, Product, Start};

/// A convolution (cross-correlation, as networks mean it), after nearest upsampling if the shape says so.
///
/// # Shapes
/// x: `[batch, inputs, height, width]`, weight: `[outputs, inputs, kh, kw]`, bias: `[outputs]`,
/// out: `[batch, outputs, ...shape.output()]`, overwritten.
///
/// # Errors
/// When the shapes do not fit.
pub fn conv2d(
    x: &[f32],
    weight: &ConvWeight,
    bias: Option<&[f32]>,
    shape: &ConvShape,
    out: &mut [f32],
) -> Result<(), ShapeError> {
    let [height, width] = shape.check_input("conv2d", x)?;
    weight.check("conv2d", shape)?;
    let wanted = [shape.batch, shape.outputs, height, width];
    ShapeError::unless_fits("conv2d", "out", out.len(), &wanted)?;
    if let Some(bias) = bias {
        ShapeError::unless_fits("conv2d", "bias", bias.len(), &[shape.outputs])?;
    }
    let start = bias.map_or(Start::Zero, Start::RowBias);
    convolve(x, (weight, Order::Same), start, (shape, out));
    Ok(())
}

/// [`conv2d`] of checked shapes.
fn convolve(
    x: &[f32],
    (weight, order): (&ConvWeight, Order),
    start: Start<'_>,
    (shape, out): (&ConvShape, &mut [f32]),
) {
    let kernel = weight.kernel();
    with_padded(kernel, x, shape, |words, layout| {
        let pixels = layout.pixels();
        if shape.batch * pixels == 0 {
            return;
        }
        let patches = Patches::new(kernel, words, layout, shape, order);
        Product {
            kernel,
            shape: [shape.outputs, shape.batch * pixels],
            depth: weight.depth(),
            left: weight,
            right: &patches,
            start,
        }
        .run(Output::pictures(
            out,
            pixels,
            pixels,
            shape.outputs * pixels,
        ));
    });
}
