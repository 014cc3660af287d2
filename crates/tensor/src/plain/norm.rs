//! Normalisation in burn's own terms.

use burn::backend::{Backend, TensorMetadata, tensor::FloatTensor};
use burn::tensor::Shape;

use super::activation::{silu, silu_slope};
use crate::norm::{Kept, Norm, NormGrads, Normed};

/// The shape in which a mean is that of the last axis: `[items, groups, numbers]`.
fn rows(x: &Shape, norm: &Norm) -> [usize; 3] {
    let share = |groups: usize| x.num_elements().checked_div(groups).unwrap_or(0);
    match *norm {
        Norm::Groups { groups, .. } => [x[0], groups, share(x[0] * groups)],
        Norm::Rows { .. } => {
            let columns = x[x.num_dims() - 1];
            [1, share(columns), columns]
        }
    }
}

/// One number per channel, or per column, for each of those rows.
fn spread<B: Backend>(channel: FloatTensor<B>, x: &Shape, norm: &Norm) -> FloatTensor<B> {
    let [count] = channel.shape().dims();
    let Norm::Groups { groups, .. } = *norm else {
        return B::float_reshape(channel, Shape::new([1, 1, count]));
    };
    let pixels = x[2] * x[3];
    let channel = B::float_reshape(channel, Shape::new([count, 1]));
    let channel = B::float_expand(channel, Shape::new([count, pixels]));
    B::float_reshape(channel, Shape::new([1, groups, count / groups * pixels]))
}

/// The sum over all that one number of [`spread`] was used for.
fn gathered<B: Backend>(grad: FloatTensor<B>, x: &Shape, norm: &Norm) -> FloatTensor<B> {
    let [items, rows, columns] = rows(x, norm);
    let (shape, count) = match norm {
        Norm::Groups { .. } => ([x[0], x[1], x[2] * x[3]], x[1]),
        Norm::Rows { .. } => ([items * rows, columns, 1], columns),
    };
    let sums = B::float_sum_dims(B::float_reshape(grad, Shape::new(shape)), &[0, 2]);
    B::float_reshape(sums, Shape::new([count]))
}

/// The mean of each row, and 1 / √(variance + epsilon).
fn stats<B: Backend>(x: FloatTensor<B>, epsilon: f64) -> (FloatTensor<B>, FloatTensor<B>) {
    let mean = B::float_mean_dim(x.clone(), 2);
    let centred = B::float_sub(x, mean.clone());
    let variance = B::float_mean_dim(B::float_mul(centred.clone(), centred), 2);
    let deviation = B::float_sqrt(B::float_add_scalar(variance, epsilon.into()));
    (mean, B::float_recip(deviation))
}

pub(crate) fn forward<B: Backend>(
    x: FloatTensor<B>,
    gamma: FloatTensor<B>,
    beta: FloatTensor<B>,
    norm: &Norm,
) -> Normed<B> {
    let shape = x.shape();
    let x = B::float_reshape(x, Shape::new(rows(&shape, norm)));
    let (mean, rstd) = stats::<B>(x.clone(), norm.epsilon());
    let normal = B::float_mul(B::float_sub(x, mean.clone()), rstd.clone());
    let scaled = B::float_mul(normal, spread::<B>(gamma, &shape, norm));
    let out = B::float_add(scaled, spread::<B>(beta, &shape, norm));
    let out = if norm.silu() { silu::<B>(out) } else { out };
    Normed {
        out: B::float_reshape(out, shape),
        mean,
        rstd,
    }
}

pub(crate) fn backward<B: Backend>(
    grad: FloatTensor<B>,
    kept: Kept<B>,
    norm: &Norm,
) -> NormGrads<B> {
    let shape = kept.x.shape();
    let [items, groups, numbers] = rows(&shape, norm);
    let as_rows = |x| B::float_reshape(x, Shape::new([items, groups, numbers]));
    let one_each = |x| B::float_reshape(x, Shape::new([items, groups, 1]));
    let (mean, rstd) = (one_each(kept.mean), one_each(kept.rstd));
    let normal = B::float_mul(B::float_sub(as_rows(kept.x), mean), rstd.clone());
    let gamma = spread::<B>(kept.gamma, &shape, norm);
    let mut grad = as_rows(grad);
    if norm.silu() {
        let scaled = B::float_mul(normal.clone(), gamma.clone());
        let before = B::float_add(scaled, spread::<B>(kept.beta, &shape, norm));
        grad = B::float_mul(grad, silu_slope::<B>(before));
    }
    let inner = B::float_mul(grad.clone(), gamma);
    let along = B::float_mean_dim(B::float_mul(inner.clone(), normal.clone()), 2);
    let rest = B::float_sub(inner.clone(), B::float_mean_dim(inner, 2));
    let rest = B::float_sub(rest, B::float_mul(normal.clone(), along));
    NormGrads {
        x: B::float_reshape(B::float_mul(rest, rstd), shape.clone()),
        gamma: gathered::<B>(B::float_mul(grad.clone(), normal), &shape, norm),
        beta: gathered::<B>(grad, &shape, norm),
    }
}
