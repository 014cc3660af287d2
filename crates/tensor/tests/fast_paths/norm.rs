use burn::tensor::{Device, Tensor, activation};
use weft_tensor::{group_norm_silu, layer_norm};

use crate::agree::agree;

const EPSILON: f64 = 1e-5;

/// The rows with mean 0 and variance 1.
fn normal(x: Tensor<3>) -> Tensor<3> {
    let centred = x.clone() - x.mean_dim(2);
    let variance = (centred.clone() * centred.clone()).mean_dim(2);
    centred / (variance + EPSILON).sqrt()
}

#[test]
fn group_norm_equals_its_formula() {
    let shapes = [
        ([2, 8, 4, 4], 4),
        ([1, 6, 7, 13], 3),
        ([3, 5, 1, 2], 1),
        ([1, 17, 3, 3], 17),
    ];
    for (shape, groups) in shapes {
        for silu in [true, false] {
            let [batch, channels, height, width] = shape;
            let plain = |[x, gamma, beta]: [Tensor<1>; 3]| {
                let rows = channels / groups * height * width;
                let x = normal(x.reshape([batch, groups, rows])).reshape(shape);
                let [gamma, beta] = [gamma, beta].map(|row| row.reshape([1, channels, 1, 1]));
                let y = x * gamma + beta;
                let y = if silu {
                    y.clone() * activation::sigmoid(y)
                } else {
                    y
                };
                y.flatten(0, 3)
            };
            agree(
                [shape.iter().product(), channels, channels],
                |[x, gamma, beta]| {
                    let x = x.reshape(shape);
                    group_norm_silu(x, gamma, beta, groups, EPSILON, silu).flatten(0, 3)
                },
                plain,
            );
        }
    }
}

#[test]
fn layer_norm_equals_its_formula() {
    for [rows, columns] in [[1, 3], [5, 17], [12, 64]] {
        agree(
            [rows * columns, columns, columns],
            |[x, gamma, beta]| {
                let x = x.reshape([rows, columns]);
                layer_norm(x, gamma, beta, EPSILON).flatten(0, 1)
            },
            |[x, gamma, beta]| {
                let x = normal(x.reshape([1, rows, columns]));
                (x * gamma.unsqueeze() + beta.unsqueeze()).flatten(0, 2)
            },
        );
    }
}

#[test]
fn norms_read_views() {
    let turned = |x: Tensor<1>| x.reshape([2, 6, 5]).swap_dims(1, 2);
    agree(
        [60, 6, 6],
        |[x, gamma, beta]| layer_norm(turned(x), gamma, beta, EPSILON).flatten(0, 2),
        |[x, gamma, beta]| (normal(turned(x)) * gamma.unsqueeze() + beta.unsqueeze()).flatten(0, 2),
    );
}

#[test]
#[should_panic(expected = "3 groups do not divide the channels of x [1, 4, 2, 2]")]
fn groups_that_do_not_fit_are_named() {
    let device = Device::flex();
    let (x, row) = (
        Tensor::zeros([1, 4, 2, 2], &device),
        Tensor::<1>::zeros([4], &device),
    );
    group_norm_silu(x, row.clone(), row, 3, EPSILON, true);
}
