//! Normalisation on the CPU.

use burn::backend::{Flex, TensorMetadata, flex::FlexTensor, tensor::FloatTensor};
use burn::tensor::Shape;
use weft_kernels::{Affine, GroupNormShape, LayerNormShape, ShapeError, Stats};

use super::{Kept, Norm, NormGrads, Normalisation, Normed};
use crate::flex::{Floats, are_f32, fitting, room, tensor};
use crate::plain;

/// The shape of either norm as its kernel takes it.
enum Sized {
    Groups(GroupNormShape),
    Rows(LayerNormShape),
}

impl Sized {
    fn of(shape: &Shape, norm: &Norm) -> Self {
        match *norm {
            Norm::Groups {
                groups,
                epsilon,
                silu,
            } => Self::Groups(GroupNormShape {
                batch: shape[0],
                channels: shape[1],
                pixels: shape[2] * shape[3],
                groups,
                epsilon: epsilon as f32,
                silu,
            }),
            Norm::Rows { epsilon } => {
                let columns = shape[shape.num_dims() - 1];
                Self::Rows(LayerNormShape {
                    rows: shape.num_elements().checked_div(columns).unwrap_or(0),
                    columns,
                    epsilon: epsilon as f32,
                })
            }
        }
    }

    /// How many means there are.
    fn means(&self) -> usize {
        match self {
            Self::Groups(shape) => shape.batch * shape.groups,
            Self::Rows(shape) => shape.rows,
        }
    }

    fn forward(
        &self,
        x: &[f32],
        affine: Affine<'_>,
        out: &mut [f32],
        stats: Stats<'_>,
    ) -> Result<(), ShapeError> {
        match self {
            Self::Groups(shape) => {
                weft_kernels::group_norm_silu(x, affine, shape, out, Some(stats))
            }
            Self::Rows(shape) => weft_kernels::layer_norm(x, affine, shape, out, Some(stats)),
        }
    }

    fn backward(
        &self,
        grad: &[f32],
        kept: weft_kernels::Normed<'_>,
        affine: Affine<'_>,
        out: weft_kernels::NormGrads<'_>,
    ) -> Result<(), ShapeError> {
        match self {
            Self::Groups(shape) => {
                weft_kernels::group_norm_silu_grad(grad, kept, affine, shape, out)
            }
            Self::Rows(shape) => weft_kernels::layer_norm_grad(grad, kept, affine, shape, out),
        }
    }
}

impl Normalisation for Flex {
    fn normalise(
        x: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        norm: Norm,
    ) -> Normed<Self> {
        if !are_f32([&x, &gamma, &beta]) {
            return plain::norm::forward::<Self>(x, gamma, beta, &norm);
        }
        let shape = x.shape();
        let sized = Sized::of(&shape, &norm);
        let [x, gamma, beta] = [x, gamma, beta].map(Floats::of);
        let mut out = room(shape.num_elements());
        let (mut mean, mut rstd) = (room(sized.means()), room(sized.means()));
        let stats = Stats {
            mean: &mut mean,
            rstd: &mut rstd,
        };
        fitting(sized.forward(x.slice(), affine(&gamma, &beta), &mut out, stats));
        Normed {
            out: tensor(out, shape),
            mean: row(mean),
            rstd: row(rstd),
        }
    }

    fn normalise_grads(grad: FloatTensor<Self>, kept: Kept<Self>, norm: Norm) -> NormGrads<Self> {
        if !are_f32([&grad, &kept.x, &kept.gamma, &kept.beta]) {
            return plain::norm::backward::<Self>(grad, kept, &norm);
        }
        let (shape, channels) = (kept.x.shape(), kept.gamma.shape().num_elements());
        let sized = Sized::of(&shape, &norm);
        let Kept {
            x,
            gamma,
            beta,
            mean,
            rstd,
        } = kept;
        let [grad, x, gamma, beta, mean, rstd] = [grad, x, gamma, beta, mean, rstd].map(Floats::of);
        let mut dx = room(shape.num_elements());
        let (mut dgamma, mut dbeta) = (room(channels), room(channels));
        let normed = weft_kernels::Normed {
            x: x.slice(),
            mean: mean.slice(),
            rstd: rstd.slice(),
        };
        let out = weft_kernels::NormGrads {
            dx: &mut dx,
            dgamma: Some(&mut dgamma),
            dbeta: Some(&mut dbeta),
        };
        fitting(sized.backward(grad.slice(), normed, affine(&gamma, &beta), out));
        NormGrads {
            x: tensor(dx, shape),
            gamma: row(dgamma),
            beta: row(dbeta),
        }
    }
}

fn affine<'a>(gamma: &'a Floats, beta: &'a Floats) -> Affine<'a> {
    Affine {
        gamma: Some(gamma.slice()),
        beta: Some(beta.slice()),
    }
}

fn row(numbers: Vec<f32>) -> FlexTensor {
    let count = numbers.len();
    tensor(numbers, [count])
}
