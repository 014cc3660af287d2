//! Weights that are packed once and then kept.

use burn::tensor::{Device, Tensor};
use weft_tensor::{ConvOptions, Precision, conv2d, conv2d_weight, linear, linear_weight};
use weft_testing::{assert_close, for_each_device, numbers};

use crate::agree::noise;

fn weight() -> Tensor<2> {
    Tensor::<1>::from_data(noise(48 * 48, 5).as_slice(), &Device::flex()).reshape([48, 48])
}

fn ones() -> Tensor<2> {
    Tensor::ones([3, 48], &Device::flex())
}

fn assert_fresh(weight: &Tensor<2>) {
    let product = linear(ones(), weight.clone(), None, Precision::F32);
    assert_close(&product, &ones().matmul(weight.clone()), 1e-4);
    let kernel = weight.clone().reshape([48, 48, 1, 1]);
    let map = Tensor::ones([1, 48, 1, 3], &Device::flex());
    let convolved = conv2d(map, kernel, None, ConvOptions::default(), Precision::F32);
    let expected = weight.clone().matmul(ones().transpose());
    assert_close(&convolved.reshape([48, 3]), &expected, 1e-4);
}

#[test]
fn a_weight_changed_in_place_is_not_served_stale() {
    let mut weight = weight();
    for step in 0..5 {
        assert_fresh(&weight);
        // The only owner: burn writes into its buffer.
        weight = weight * 0.7 + 0.01 * f64::from(step);
    }
    let row = Tensor::ones([1, 48], &Device::flex());
    let weight = weight.slice_assign([3..4, 0..48], row);
    assert_fresh(&weight);
}

#[test]
fn views_of_one_buffer_are_told_apart() {
    let weight = weight();
    assert_fresh(&weight);
    assert_fresh(&weight.clone().transpose());
    let (left, right) = (
        weight.clone().slice([0..48, 0..24]),
        weight.slice([0..48, 24..48]),
    );
    for half in [left, right] {
        let product = linear(ones(), half.clone(), None, Precision::F32);
        assert_close(&product, &ones().matmul(half), 1e-4);
    }
}

#[test]
fn many_short_lived_weights_are_told_apart() {
    for seed in 0..50 {
        let numbers = noise(48 * 48, seed);
        let weight = Tensor::<1>::from_data(numbers.as_slice(), &Device::flex());
        assert_fresh(&weight.reshape([48, 48]));
    }
}

#[test]
fn precisions_are_told_apart() {
    let (weight, x) = (weight(), ones() * 0.1234);
    let exact = linear(x.clone(), weight.clone(), None, Precision::F32);
    let rounded = linear(x.clone(), weight.clone(), None, Precision::Bf16);
    assert_ne!(numbers(&exact), numbers(&rounded));
    assert_eq!(
        numbers(&exact),
        numbers(&linear(x, weight, None, Precision::F32))
    );
}

#[test]
fn a_layer_finds_the_weight_that_is_there_for_it_alone() {
    for_each_device(|device| {
        let made = |seed| Tensor::<1>::from_data(noise(48 * 48, seed).as_slice(), device);
        let x = made(6).reshape([48, 48]);
        let map = made(7).reshape([1, 48, 6, 8]);
        for precision in [Precision::F32, Precision::Bf16] {
            let whole = made(5).reshape([48, 48]).transpose();
            let alone = linear_weight(whole.clone(), precision);
            assert_eq!(alone.dims(), whole.dims());
            let product = |weight| numbers(&linear(x.clone(), weight, None, precision));
            assert_eq!(product(alone.clone()), product(whole));
            assert_eq!(product(alone.clone()), product(alone));
            let whole = made(5).reshape([48, 48, 1, 1]);
            let alone = conv2d_weight(whole.clone(), precision);
            let options = ConvOptions::default();
            let convolved =
                |weight| numbers(&conv2d(map.clone(), weight, None, options, precision));
            assert_eq!(convolved(alone), convolved(whole));
        }
    });
}

#[test]
fn other_operations_on_the_cpu_see_no_numbers_of_it() {
    let alone = linear_weight(weight(), Precision::F32);
    assert!(numbers(&alone).iter().all(|number| number.is_nan()));
}

#[test]
#[should_panic(expected = "is read by another layer or in another precision")]
fn another_precision_than_it_was_packed_for_is_refused() {
    let alone = linear_weight(weight(), Precision::F32);
    drop(linear(ones(), alone, None, Precision::Bf16));
}
