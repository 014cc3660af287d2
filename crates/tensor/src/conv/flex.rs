//! Convolution on the CPU.

use burn::backend::{Flex, TensorMetadata, flex::FlexTensor, tensor::FloatTensor};
use weft_kernels::{ConvShape, ConvWeight, Precision};

use super::{Convolution, Plan};
use crate::flex::{Floats, are_f32, axes, fitting, room, tensor};
use crate::{
    optional::Optional,
    packed::{instead, packed},
    plain,
};

impl Convolution for Flex {
    fn convolve(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Optional<Self>,
        plan: Plan,
    ) -> FloatTensor<Self> {
        if !are_f32([&x, &weight].into_iter().chain(bias.as_option())) {
            return plain::conv::conv2d::<Self>(x, weight, bias.into_option(), &plan.options);
        }
        let shape = plan.options.shape(axes(&x), axes(&weight));
        let pack = || pack(&weight, plan.precision);
        let weight = if plan.keep {
            packed(&weight, plan.precision, pack)
        } else {
            pack().into()
        };
        let (x, bias) = (Floats::of(x), bias.into_option().map(Floats::of));
        let [height, width] = fitting(shape.output());
        let mut out = room(shape.batch * shape.outputs * height * width);
        let bias = bias.as_ref().map(Floats::slice);
        fitting(weft_kernels::conv2d(
            x.slice(),
            &weight,
            bias,
            &shape,
            &mut out,
        ));
        tensor(out, [shape.batch, shape.outputs, height, width])
    }

    fn convolve_weight(weight: FloatTensor<Self>, precision: Precision) -> FloatTensor<Self> {
        if !are_f32([&weight]) {
            return weight;
        }
        instead(weight.shape(), precision, pack(&weight, precision))
    }

    fn convolve_input_grad(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        x: [usize; 4],
        plan: Plan,
    ) -> FloatTensor<Self> {
        if !are_f32([&grad, &weight]) {
            return plain::conv::input_grad::<Self>(grad, weight, x, &plan.options);
        }
        let shape = plan.options.shape(x, axes(&weight));
        let (grad, weight) = (Floats::of(grad), Floats::of(weight));
        let mut out = room(x.iter().product());
        fitting(weft_kernels::conv2d_input_grad(
            grad.slice(),
            weight.slice(),
            &shape,
            plan.precision,
            &mut out,
        ));
        tensor(out, x)
    }

    fn convolve_weight_grad(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        weight: [usize; 4],
        plan: Plan,
    ) -> FloatTensor<Self> {
        if !are_f32([&x, &grad]) {
            return plain::conv::weight_grad::<Self>(x, grad, weight, &plan.options);
        }
        let shape = plan.options.shape(axes(&x), weight);
        let (x, grad) = (Floats::of(x), Floats::of(grad));
        let mut out = room(weight.iter().product());
        fitting(weft_kernels::conv2d_weight_grad(
            x.slice(),
            grad.slice(),
            &shape,
            plan.precision,
            &mut out,
        ));
        tensor(out, weight)
    }

    fn convolve_bias_grad(grad: FloatTensor<Self>) -> FloatTensor<Self> {
        if !are_f32([&grad]) {
            return plain::conv::bias_grad::<Self>(grad);
        }
        let [batch, outputs, height, width] = axes(&grad);
        // A kernel of one pixel has the map's own size.
        let shape = ConvShape {
            batch,
            inputs: outputs,
            outputs,
            size: [height, width],
            kernel: [1, 1],
            stride: 1,
            padding: [0; 4],
            upsample: 1,
        };
        let grad = Floats::of(grad);
        let mut out = room(outputs);
        fitting(weft_kernels::conv2d_bias_grad(
            grad.slice(),
            &shape,
            &mut out,
        ));
        tensor(out, [outputs])
    }
}

fn pack(weight: &FlexTensor, precision: Precision) -> ConvWeight {
    let [outputs, inputs, rows, columns] = axes(weight);
    let numbers = Floats::of(weight.clone());
    let made = ConvWeight::new(numbers.slice(), outputs, inputs, [rows, columns], precision);
    fitting(made)
}
