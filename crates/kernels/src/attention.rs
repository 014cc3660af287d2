//! Attention of many heads without the matrix of all scores.

mod arithmetic;
mod backward;
mod forward;
mod grad_tile;
mod heads;
mod key_grads;
mod mask;
mod pack;
mod product;
mod query_grads;
mod softmax;
#[cfg(test)]
mod tests;
mod tiles;

pub use heads::{Heads, HeadsMut};
pub use mask::AttentionMask;

use crate::{Precision, ShapeError};
use arithmetic::Way;
use pack::Source;

/// The sizes of an attention.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AttentionShape {
    /// Items.
    pub batch: usize,
    /// Heads of an item.
    pub heads: usize,
    /// Rows of q.
    pub queries: usize,
    /// Rows of k and v.
    pub keys: usize,
    /// Numbers in a row of q and k.
    pub head: usize,
    /// Numbers in a row of v.
    pub value_head: usize,
    /// What the scores are multiplied by; usually 1 / √head.
    pub scale: f32,
}

/// What attention reads.
#[derive(Clone, Copy, Debug)]
pub struct AttentionInputs<'a> {
    /// `[batch, heads, queries, head]`.
    pub q: Heads<'a>,
    /// `[batch, heads, keys, head]`.
    pub k: Heads<'a>,
    /// `[batch, heads, keys, value_head]`.
    pub v: Heads<'a>,
    /// What is added to the scores.
    pub mask: AttentionMask<'a>,
    /// The sizes.
    pub shape: AttentionShape,
    /// How exact the operands of the products are; the softmax is always f32.
    pub precision: Precision,
}

/// What attention left for its backward pass.
#[derive(Clone, Copy, Debug)]
pub struct AttentionOutcome<'a> {
    /// `[batch, heads, queries, value_head]`.
    pub out: Heads<'a>,
    /// `[batch, heads, queries]`, contiguous.
    pub log_sum: &'a [f32],
}

/// Where the gradients go.
#[derive(Debug)]
pub struct AttentionGrads<'a> {
    /// `[batch, heads, queries, head]`.
    pub dq: HeadsMut<'a>,
    /// `[batch, heads, keys, head]`.
    pub dk: HeadsMut<'a>,
    /// `[batch, heads, keys, value_head]`.
    pub dv: HeadsMut<'a>,
}

/// `softmax(q · kᵀ · scale + mask) · v` (Vaswani et al., 2017), tile by tile with an online softmax (Dao et al., 2022).
///
/// A query whose keys are all left out gives zeros. The outcome does not depend on the number of threads.
/// With bf16 the operands of both products are rounded where the processor multiplies bf16 (AVX512-BF16,
/// which processors with AMX use here as well: the tiles are too small to fill theirs); elsewhere q, k and v are.
///
/// # Shapes
/// out: `[batch, heads, queries, value_head]`, overwritten; log_sum: `[batch, heads, queries]`, the natural
/// logarithm of the sum of each query's powers, -∞ where all keys are left out. [`attention_grad`] wants it.
///
/// # Errors
/// When the shapes do not fit, or rows of `out` overlap.
pub fn attention(
    of: &AttentionInputs<'_>,
    out: HeadsMut<'_>,
    log_sum: Option<&mut [f32]>,
) -> Result<(), ShapeError> {
    attention_by(Way::chosen(of.precision), of, out, log_sum)
}

/// [`attention`] by a given arithmetic.
fn attention_by(
    way: Way,
    of: &AttentionInputs<'_>,
    out: HeadsMut<'_>,
    log_sum: Option<&mut [f32]>,
) -> Result<(), ShapeError> {
    of.check("attention")?;
    let AttentionShape {
        batch,
        heads,
        queries,
        value_head,
        ..
    } = of.shape;
    let out = out.checked("attention", "out", [batch, heads, queries, value_head])?;
    let log_sum = log_sum
        .map(|log_sum| HeadsMut::apart(log_sum, heads, queries, 1))
        .map(|log_sum| log_sum.checked("attention", "log_sum", [batch, heads, queries, 1]))
        .transpose()?;
    forward::run(way, of, &out, log_sum.as_ref());
    Ok(())
}

/// The gradients of [`attention`] at q, k and v, from the scores computed anew (Dao et al., 2022, algorithm 4).
///
/// # Shapes
/// grad: `[batch, heads, queries, value_head]`; the gradients have the shapes of their operands and are overwritten.
///
/// # Errors
/// When the shapes do not fit, or rows of a gradient overlap.
pub fn attention_grad(
    of: &AttentionInputs<'_>,
    done: AttentionOutcome<'_>,
    grad: Heads<'_>,
    grads: AttentionGrads<'_>,
) -> Result<(), ShapeError> {
    attention_grad_by(Way::chosen(of.precision), of, (done, grad), grads)
}

/// [`attention_grad`] by a given arithmetic.
fn attention_grad_by(
    way: Way,
    of: &AttentionInputs<'_>,
    (done, grad): (AttentionOutcome<'_>, Heads<'_>),
    grads: AttentionGrads<'_>,
) -> Result<(), ShapeError> {
    const NAME: &str = "attention_grad";
    of.check(NAME)?;
    let [b, h] = [of.shape.batch, of.shape.heads];
    let AttentionShape {
        queries,
        keys,
        head,
        value_head,
        ..
    } = of.shape;
    done.out.check(NAME, "out", [b, h, queries, value_head])?;
    grad.check(NAME, "grad", [b, h, queries, value_head])?;
    ShapeError::unless_fits(NAME, "log_sum", done.log_sum.len(), &[b, h, queries])?;
    let dq = grads.dq.checked(NAME, "dq", [b, h, queries, head])?;
    let dk = grads.dk.checked(NAME, "dk", [b, h, keys, head])?;
    let dv = grads.dv.checked(NAME, "dv", [b, h, keys, value_head])?;
    backward::run(way, of, (done, grad), [&dq, &dk, &dv]);
    Ok(())
}

impl<'a> AttentionInputs<'a> {
    fn check(&self, operation: &'static str) -> Result<(), ShapeError> {
        let shape = self.shape;
        let [batch, heads] = [shape.batch, shape.heads];
        let [queries, keys] = [shape.queries, shape.keys];
        self.q
            .check(operation, "q", [batch, heads, queries, shape.head])?;
        self.k
            .check(operation, "k", [batch, heads, keys, shape.head])?;
        self.v
            .check(operation, "v", [batch, heads, keys, shape.value_head])?;
        self.mask.check(operation, [batch, heads, queries, keys])
    }

    /// The rows of q, k and v of a head.
    fn sources(&self, [batch, head]: [usize; 2]) -> [Source<'a>; 3] {
        let shape = self.shape;
        let source = |heads: Heads<'a>, count, size| Source {
            rows: heads.rows(batch, head),
            count,
            size,
        };
        [
            source(self.q, shape.queries, shape.head),
            source(self.k, shape.keys, shape.head),
            source(self.v, shape.keys, shape.value_head),
        ]
    }

    /// Multiplications of a head.
    fn work(&self) -> usize {
        let shape = self.shape;
        let sizes = shape.head.saturating_add(shape.value_head);
        shape
            .queries
            .saturating_mul(shape.keys)
            .saturating_mul(sizes)
    }
}
