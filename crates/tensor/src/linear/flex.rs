//! Dense layers on the CPU.

use burn::backend::{
    Flex, TensorMetadata,
    flex::{FlexTensor, Layout},
    tensor::FloatTensor,
};
use weft_kernels::{Matrix, Packed, Precision};

use super::{Dense, Plan};
use crate::flex::{Floats, are_f32, axes, fitting, room, tensor};
use crate::plain::linear::with_columns;
use crate::{
    optional::Optional,
    packed::{instead, packed},
    plain,
};

impl Dense for Flex {
    fn dense(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: Optional<Self>,
        plan: Plan,
    ) -> FloatTensor<Self> {
        if !are_f32([&x, &weight].into_iter().chain(bias.as_option())) {
            return plain::linear::linear::<Self>(x, weight, bias.into_option());
        }
        let [_, outputs] = axes(&weight);
        let shape = with_columns(x.shape(), outputs);
        let pack = || pack(&weight, plan.precision);
        let weight = if plan.keep {
            packed(&weight, plan.precision, pack)
        } else {
            pack().into()
        };
        let (x, bias) = (Planes::of(x), bias.into_option().map(Floats::of));
        let bias = bias.as_ref().map(Floats::slice);
        let mut out = room(shape.num_elements());
        let plane = (x.rows * outputs).max(1);
        for (i, out) in out.chunks_mut(plane).enumerate() {
            fitting(weft_kernels::linear(x.plane(i), &weight, bias, out));
        }
        tensor(out, shape)
    }

    fn dense_weight(weight: FloatTensor<Self>, precision: Precision) -> FloatTensor<Self> {
        if !are_f32([&weight]) {
            return weight;
        }
        instead(weight.shape(), precision, pack(&weight, precision))
    }

    fn dense_input_grad(
        grad: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        plan: Plan,
    ) -> FloatTensor<Self> {
        if !are_f32([&grad, &weight]) {
            return plain::linear::input_grad::<Self>(grad, weight);
        }
        let [inputs, _] = axes(&weight);
        let shape = with_columns(grad.shape(), inputs);
        let (grad, weight) = (Planes::rows_of(grad), Planes::of(weight));
        let mut out = room(shape.num_elements());
        fitting(weft_kernels::linear_input_grad(
            grad.plane(0),
            weight.plane(0),
            plan.precision,
            &mut out,
        ));
        tensor(out, shape)
    }

    fn dense_weight_grad(
        x: FloatTensor<Self>,
        grad: FloatTensor<Self>,
        plan: Plan,
    ) -> FloatTensor<Self> {
        if !are_f32([&x, &grad]) {
            return plain::linear::weight_grad::<Self>(x, grad);
        }
        let (x, grad) = (Planes::rows_of(x), Planes::rows_of(grad));
        let shape = [x.columns, grad.columns];
        let mut out = room(shape.iter().product());
        fitting(weft_kernels::linear_weight_grad(
            x.plane(0),
            grad.plane(0),
            plan.precision,
            &mut out,
        ));
        tensor(out, shape)
    }

    fn dense_bias_grad(grad: FloatTensor<Self>) -> FloatTensor<Self> {
        if !are_f32([&grad]) {
            return plain::linear::bias_grad::<Self>(grad);
        }
        let grad = Planes::rows_of(grad);
        let mut out = room(grad.columns);
        fitting(weft_kernels::column_sums(
            grad.plane(0).data,
            grad.columns,
            &mut out,
        ));
        tensor(out, [grad.columns])
    }
}

fn pack(weight: &FlexTensor, precision: Precision) -> Packed {
    let weight = Planes::of(weight.clone());
    fitting(Packed::new(weight.plane(0), precision))
}

/// A tensor as matrices of one shape at equal distances.
struct Planes {
    numbers: FlexTensor,
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
    plane_stride: usize,
}

impl Planes {
    /// The matrices of the last two axes where there are at most three; otherwise one, as of [`Planes::rows_of`].
    fn of(x: FlexTensor) -> Self {
        match Self::where_it_lies(x.layout()) {
            Some([rows, columns, row_stride, column_stride, plane_stride]) => Self {
                numbers: x,
                rows,
                columns,
                row_stride,
                column_stride,
                plane_stride,
            },
            None => Self::rows_of(x),
        }
    }

    /// One contiguous matrix: the last axis as columns, all others as rows.
    fn rows_of(x: FlexTensor) -> Self {
        let x = match x.as_slice::<f32>() {
            Some(_) => x,
            None => x.to_contiguous(),
        };
        let shape = x.shape();
        let columns = shape[shape.num_dims() - 1];
        Self {
            rows: shape.num_elements().checked_div(columns).unwrap_or(0),
            columns,
            row_stride: columns,
            column_stride: 1,
            plane_stride: 0,
            numbers: x,
        }
    }

    fn where_it_lies(layout: &Layout) -> Option<[usize; 5]> {
        if layout.is_contiguous() || layout.num_elements() == 0 {
            return None;
        }
        let stride = |axis: usize| usize::try_from(layout.strides()[axis]).ok();
        let shape = layout.shape();
        match shape.num_dims() {
            2 => Some([shape[0], shape[1], stride(0)?, stride(1)?, 0]),
            3 => Some([shape[1], shape[2], stride(1)?, stride(2)?, stride(0)?]),
            _ => None,
        }
    }

    fn plane(&self, i: usize) -> Matrix<'_> {
        let begin = self.numbers.layout().start_offset() + i * self.plane_stride;
        Matrix {
            data: self.numbers.storage().get(begin..).unwrap_or_default(),
            rows: self.rows,
            columns: self.columns,
            row_stride: self.row_stride,
            column_stride: self.column_stride,
        }
    }
}
