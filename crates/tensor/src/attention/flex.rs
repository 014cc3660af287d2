//! Attention on the CPU.

use burn::backend::{
    Flex,
    flex::{FlexTensor, Layout},
    tensor::FloatTensor,
};
use burn::tensor::Shape;
use weft_kernels::{
    AttentionInputs, AttentionMask, AttentionOutcome, AttentionShape, Heads, HeadsMut,
};

use super::{Attended, Attending, Attention, AttentionGrads, Plan, attend_plainly};
use crate::flex::{Floats, are_f32, axes, fitting, laid_out, room, tensor};
use crate::{optional::Optional, plain};

impl Attention for Flex {
    fn attend(of: Attending<Self>, plan: Plan) -> Attended<Self> {
        if !are_f32([&of.q, &of.k, &of.v].into_iter().chain(of.mask.as_option())) {
            return attend_plainly(of, plan);
        }
        let inputs = Inputs::of(of, plan);
        let AttentionShape {
            batch,
            heads,
            queries,
            value_head,
            ..
        } = inputs.shape;
        let mut out = room(batch * heads * queries * value_head);
        let mut log_sum = room(batch * heads * queries);
        let joined = HeadsMut::joined(&mut out, heads, queries, value_head);
        fitting(weft_kernels::attention(
            &inputs.lent(),
            joined,
            Some(&mut log_sum),
        ));
        Attended {
            out: split(out, [batch, heads, queries, value_head]),
            log_sum: Optional::Given(tensor(log_sum, [batch, heads, queries])),
        }
    }

    fn attend_grads(
        grad: FloatTensor<Self>,
        of: Attending<Self>,
        attended: Attended<Self>,
        plan: Plan,
    ) -> AttentionGrads<Self> {
        let Some(log_sum) = attended.log_sum.as_option().cloned() else {
            return plain::attention::backward::<Self>(grad, of, attended, plan.scale);
        };
        let inputs = Inputs::of(of, plan);
        let AttentionShape {
            batch,
            heads,
            queries,
            keys,
            head,
            value_head,
            ..
        } = inputs.shape;
        let (grad, out, log_sum) = (Rows::of(grad), Rows::of(attended.out), Floats::of(log_sum));
        let done = AttentionOutcome {
            out: out.lent(),
            log_sum: log_sum.slice(),
        };
        let shapes = [
            [batch, heads, queries, head],
            [batch, heads, keys, head],
            [batch, heads, keys, value_head],
        ];
        let [mut dq, mut dk, mut dv] = shapes.map(|shape| room(shape.iter().product()));
        let grads = weft_kernels::AttentionGrads {
            dq: HeadsMut::joined(&mut dq, heads, queries, head),
            dk: HeadsMut::joined(&mut dk, heads, keys, head),
            dv: HeadsMut::joined(&mut dv, heads, keys, value_head),
        };
        let lent = inputs.lent();
        fitting(weft_kernels::attention_grad(
            &lent,
            done,
            grad.lent(),
            grads,
        ));
        let [q, k, v] = shapes;
        AttentionGrads {
            q: split(dq, q),
            k: split(dk, k),
            v: split(dv, v),
        }
    }
}

/// `[batch, heads, rows, size]` of numbers that lie as `[batch, rows, heads, size]`, so that putting the heads
/// of a row together again copies nothing.
fn split(numbers: Vec<f32>, [batch, heads, rows, size]: [usize; 4]) -> FlexTensor {
    let joined = Layout::contiguous(Shape::new([batch, rows, heads, size]));
    laid_out(numbers, joined.transpose(1, 2))
}

struct Inputs {
    q: Rows,
    k: Rows,
    v: Rows,
    mask: Option<Rows>,
    shape: AttentionShape,
    plan: Plan,
}

impl Inputs {
    fn of(of: Attending<Flex>, plan: Plan) -> Self {
        let ([batch, heads, queries, head], [_, _, keys, value_head]) = (axes(&of.q), axes(&of.v));
        Self {
            q: Rows::of(of.q),
            k: Rows::of(of.k),
            v: Rows::of(of.v),
            mask: of.mask.into_option().map(Rows::of),
            shape: AttentionShape {
                batch,
                heads,
                queries,
                keys,
                head,
                value_head,
                scale: plan.scale,
            },
            plan,
        }
    }

    fn lent(&self) -> AttentionInputs<'_> {
        AttentionInputs {
            q: self.q.lent(),
            k: self.k.lent(),
            v: self.v.lent(),
            mask: self
                .mask
                .as_ref()
                .map_or(AttentionMask::None, |mask| AttentionMask::Full(mask.lent())),
            shape: self.shape,
            precision: self.plan.precision,
        }
    }
}

/// A tensor of four axes whose last one is contiguous; the strides of axes of 1 are 0.
struct Rows {
    numbers: FlexTensor,
    strides: [usize; 3],
}

impl Rows {
    fn of(numbers: FlexTensor) -> Self {
        match Self::strides(numbers.layout()) {
            Some(strides) => Self { numbers, strides },
            None => {
                let numbers = numbers.to_contiguous();
                let strides = Self::strides(numbers.layout()).unwrap_or_default();
                Self { numbers, strides }
            }
        }
    }

    fn strides(layout: &Layout) -> Option<[usize; 3]> {
        let (shape, strides) = (layout.shape(), layout.strides());
        let stride = |axis: usize| match shape[axis] {
            1 => Some(0),
            _ => usize::try_from(strides[axis]).ok(),
        };
        let is_straight = shape[3] <= 1 || strides[3] == 1;
        is_straight.then_some([stride(0)?, stride(1)?, stride(2)?])
    }

    fn lent(&self) -> Heads<'_> {
        let begin = self.numbers.layout().start_offset();
        let [batch_stride, head_stride, row_stride] = self.strides;
        Heads {
            data: self.numbers.storage().get(begin..).unwrap_or_default(),
            batch_stride,
            head_stride,
            row_stride,
        }
    }
}
