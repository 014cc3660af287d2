use burn::tensor::{Device, Tensor, activation};
use weft_tensor::{geglu, gelu, silu};
use weft_testing::numbers;

use crate::agree::{agree, rows};

/// GELU by the error function; burn's own gradient of `gelu` is that of an approximation.
fn exact_gelu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x.clone() * ((x * std::f64::consts::FRAC_1_SQRT_2).erf() + 1.0) * 0.5
}

#[test]
fn silu_equals_its_formula() {
    for count in [1, 7, 1000] {
        agree(
            [count],
            |[x]| silu(x * 8.0),
            |[x]| x.clone() * 8.0 * activation::sigmoid(x * 8.0),
        );
    }
}

#[test]
fn gelu_equals_its_formula() {
    for count in [7, 1000] {
        agree([count], |[x]| gelu(x * 5.0), |[x]| exact_gelu(x * 5.0));
    }
}

#[test]
fn geglu_equals_its_formula() {
    for [rows, half] in [[1, 1], [3, 17], [40, 64]] {
        agree(
            [rows * 2 * half],
            |[x]| geglu(x.reshape([rows, 2 * half])).flatten(0, 1),
            |[x]| {
                let x = x.reshape([rows, 2 * half]);
                let (value, gate) = (x.clone().narrow(1, 0, half), x.narrow(1, half, half));
                (value * exact_gelu(gate)).flatten(0, 1)
            },
        );
    }
}

#[test]
fn activations_leave_a_tensor_alone_that_another_holds() {
    let [x] = rows([64], &Device::flex());
    let before = numbers(&x);
    let _ = silu(x.clone());
    let _ = gelu(x.clone().reshape([8, 8]));
    assert_eq!(numbers(&x), before);
}

#[test]
fn activations_hold_at_extremes() {
    let ends = [
        f32::MAX,
        f32::MIN,
        1e30,
        -1e30,
        88.0,
        -88.0,
        0.0,
        f32::MIN_POSITIVE,
    ];
    let x = Tensor::<1>::from_data(ends, &Device::flex());
    for y in [numbers(&silu(x.clone())), numbers(&gelu(x))] {
        assert!(y.iter().all(|y| y.is_finite()), "{y:?}");
    }
}
