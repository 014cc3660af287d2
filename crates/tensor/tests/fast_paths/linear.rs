use burn::tensor::{Device, Tensor};
use weft_tensor::{Precision, linear, matmul};

use crate::agree::{agree, nearly_agree};

const SHAPES: [[usize; 3]; 4] = [[1, 1, 1], [7, 13, 5], [33, 64, 48], [3, 130, 17]];

fn formula(x: Tensor<2>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<1> {
    (x.matmul(weight) + bias.unsqueeze()).flatten(0, 1)
}

#[test]
fn a_dense_layer_equals_its_formula() {
    for [rows, inputs, outputs] in SHAPES {
        let x = |x: Tensor<1>| x.reshape([rows, inputs]);
        let weight = |w: Tensor<1>| w.reshape([inputs, outputs]);
        let ours = |precision| {
            move |[a, w, b]: [Tensor<1>; 3]| {
                linear(x(a), weight(w), Some(b), precision).flatten(0, 1)
            }
        };
        let sizes = [rows * inputs, inputs * outputs, outputs];
        let plain = |[a, w, b]: [Tensor<1>; 3]| formula(x(a), weight(w), b);
        agree(sizes, ours(Precision::F32), plain);
        nearly_agree(sizes, ours(Precision::Bf16), plain);
    }
}

#[test]
fn a_dense_layer_reads_views_where_they_lie() {
    let x = |x: Tensor<1>| x.reshape([2, 6, 5]).swap_dims(1, 2);
    let weight = |w: Tensor<1>| w.reshape([7, 6]).transpose();
    agree(
        [60, 42],
        |[a, w]| linear(x(a), weight(w), None, Precision::F32).flatten(0, 2),
        |[a, w]| x(a).matmul(weight(w).unsqueeze()).flatten(0, 2),
    );
    let part = |x: Tensor<1>| x.reshape([9, 4, 6]).slice([2..7, 0..4, 0..6]);
    agree(
        [216, 42],
        |[a, w]| linear(part(a), weight(w), None, Precision::F32).flatten(0, 2),
        |[a, w]| part(a).matmul(weight(w).unsqueeze()).flatten(0, 2),
    );
}

#[test]
fn products_of_a_batch_equal_burns() {
    for [m, k, n] in SHAPES {
        let a = |a: Tensor<1>| a.reshape([3, m, k]);
        let b = |b: Tensor<1>| b.reshape([3, n, k]).swap_dims(1, 2);
        let ours =
            |precision| move |[x, y]: [Tensor<1>; 2]| matmul(a(x), b(y), precision).flatten(0, 2);
        let plain = |[x, y]: [Tensor<1>; 2]| a(x).matmul(b(y)).flatten(0, 2);
        agree([3 * m * k, 3 * k * n], ours(Precision::F32), plain);
        nearly_agree([3 * m * k, 3 * k * n], ours(Precision::Bf16), plain);
    }
}

#[test]
#[should_panic(expected = "linear: x [2, 3], weight [4, 5] and bias None do not fit")]
fn shapes_of_a_dense_layer_that_do_not_fit_are_named() {
    let device = Device::flex();
    let x = Tensor::<2>::zeros([2, 3], &device);
    linear(x, Tensor::zeros([4, 5], &device), None, Precision::F32);
}

#[test]
#[should_panic(expected = "matmul: [2, 3, 4] and [2, 3, 4] do not fit")]
fn shapes_of_products_that_do_not_fit_are_named() {
    let x = Tensor::<3>::zeros([2, 3, 4], &Device::flex());
    matmul(x.clone(), x, Precision::F32);
}
