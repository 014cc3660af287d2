//! Convolution on a graphics adapter.

use burn::backend::{Cube, ops::FloatTensorOps, tensor::FloatTensor};
use burn::tensor::Shape;
use burn_cubecl::kernel::into_contiguous;

use super::{Convolution, Plan, patches::Patches};
use crate::{
    adapter::{self, Opened},
    half::{half, is_half, wide},
    optional::Optional,
    plain,
};

/// What burn gives lies channels last, and so does what is made of it; it sums such tensors wrongly over axes of 1
/// (`SUM_OVER_ONE` among the faults), as it does for the gradient of any sum. So nothing that learns, and whose weight
/// is therefore not kept, leaves here lying so.
impl Convolution for Cube {
    fn convolve(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Optional<Self>,
        plan: Plan,
    ) -> FloatTensor<Self> {
        let bias = bias.into_option();
        if !is_half(&x) {
            let out = plain::conv::conv2d::<Self>(x, weight, bias, &plan.options);
            return if plan.keep { out } else { into_contiguous(out) };
        }
        let opened = plan.adapter.and_then(adapter::numbered);
        let made = opened.and_then(|opened| as_product(&opened, [&x, &weight], &plan));
        match (made, bias) {
            (Some(out), None) => out,
            (Some(out), Some(bias)) => {
                let count = bias.meta.shape().num_elements();
                let bias = Self::float_reshape(bias, Shape::new([1, count, 1, 1]));
                Self::float_add(out, bias)
            }
            // cubek's direct convolution sums in the type of its operands.
            (None, bias) => {
                let (x, weight, bias) = (wide(x), wide(weight), bias.map(wide));
                half(plain::conv::conv2d::<Self>(x, weight, bias, &plan.options))
            }
        }
    }

    fn convolve_input_grad(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        x: [usize; 4],
        plan: Plan,
    ) -> FloatTensor<Self> {
        let found = plain::conv::input_grad::<Self>(grad, weight, x, &plan.options);
        into_contiguous(found)
    }
}

/// The weight times the patches, which is summed in `f32` and lies as the result does; or nothing where there is no room
/// for patches.
fn as_product(
    opened: &Opened,
    [x, weight]: [&FloatTensor<Cube>; 2],
    plan: &Plan,
) -> Option<FloatTensor<Cube>> {
    let of_x @ [batch, inputs, _, _] = x.meta.shape().dims();
    let of_weight @ [outputs, _, rows, columns] = weight.meta.shape().dims();
    let shape = plan.options.shape(of_x, of_weight);
    let [height, width] = shape.output().ok()?;
    if !is_half(weight) || [batch, inputs, outputs].contains(&0) {
        return None;
    }
    let depth = inputs * rows * columns;
    let weight = Cube::float_reshape(weight.clone(), Shape::new([1, outputs, depth]));
    let product = |patches| Cube::float_matmul(weight.clone(), patches);
    let out = if is_one_to_one(&shape) {
        let pixels = Shape::new([batch, inputs, height * width]);
        product(Cube::float_reshape(x.clone(), pixels))
    } else {
        let patches = Patches::of(opened, x, shape)?;
        let parts = patches.parts().into_iter();
        let mut parts = parts
            .map(|rows| patches.laid_out(rows).map(product))
            .collect::<Option<Vec<_>>>()?;
        match parts.len() {
            1 => parts.remove(0),
            _ => Cube::float_cat(parts, 2),
        }
    };
    let whole = Shape::new([batch, outputs, height, width]);
    Some(Cube::float_reshape(out, whole))
}

/// Whether each pixel of the result comes from its own pixel alone, so that the map is its own patches.
fn is_one_to_one(shape: &weft_kernels::ConvShape) -> bool {
    shape.kernel == [1, 1] && shape.stride == 1 && shape.upsample == 1 && shape.padding == [0; 4]
}
