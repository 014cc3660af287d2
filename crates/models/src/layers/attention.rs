//! Heads apart, attended and together again.

use burn::tensor::Tensor;
use weft_tensor::{Precision, attention};

use super::alike;

/// `[batch, tokens, width]` as `[batch, heads, tokens, head]`, without a copy.
pub(crate) fn apart(x: Tensor<3>, heads: usize) -> Tensor<4> {
    let [batch, tokens, width] = x.dims();
    x.reshape([batch, tokens, heads, width / heads])
        .swap_dims(1, 2)
}

/// `[batch, heads, tokens, head]` as `[batch, tokens, width]`.
fn together(x: Tensor<4>) -> Tensor<3> {
    let [batch, heads, tokens, head] = x.dims();
    x.swap_dims(1, 2).reshape([batch, tokens, heads * head])
}

/// What queries `[batch, tokens, width]` find among keys and values that are `apart`; `mask` is added to
/// the scores.
pub(crate) fn attended(
    queries: Tensor<3>,
    [keys, values]: [Tensor<4>; 2],
    mask: Option<Tensor<4>>,
    precision: Precision,
) -> Tensor<3> {
    let queries = apart(queries, keys.dims()[1]);
    let [keys, values] = [keys, values].map(|x| alike(x, &queries));
    let mask = mask.map(|mask| alike(mask, &queries));
    together(attention(queries, keys, values, mask, None, precision))
}

/// 1 for what is there and 0 for what is not, `[batch, tokens]`, as what is added to scores.
pub(crate) fn scores(present: &Tensor<2>) -> Tensor<4> {
    let absent = present.clone().equal_elem(0.0);
    let added = present.zeros_like().mask_fill(absent, f32::NEG_INFINITY);
    added.unsqueeze_dims::<4>(&[1, 2])
}
