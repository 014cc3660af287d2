//! Numbers of 16 bits on a graphics adapter are summed in 32.

use burn::tensor::{Device, FloatDType, Tensor, module, ops};
use weft_tensor::{
    ConvOptions, Precision, conv2d, geglu, group_norm_silu, has_f16, layer_norm, linear, set_f16,
    silu,
};
use weft_testing::{
    faults::{HALF_CONVOLUTION, assert_still_wrong},
    for_each_device, numbers,
};

use crate::agree::{assert_near, noise};

fn for_each_half(test: impl Fn(&Device)) {
    set_f16(true);
    for_each_device(|device| {
        if has_f16(device) {
            test(device);
        }
    });
}

fn half<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x.cast(FloatDType::F16)
}

fn whole<const D: usize>(x: Tensor<D>) -> Tensor<1> {
    let count = x.shape().num_elements();
    x.cast(FloatDType::F32).reshape([count])
}

fn row<const D: usize>(shape: [usize; D], seed: u32, device: &Device) -> Tensor<D> {
    let row = noise(shape.iter().product(), seed);
    Tensor::<1>::from_data(row.as_slice(), device).reshape(shape)
}

#[test]
fn the_cpu_keeps_its_32_bits() {
    assert!(!has_f16(&Device::flex()));
}

#[test]
fn products_and_convolutions_sum_more_ones_than_16_bits_count() {
    for_each_half(|device| {
        let ones = |shape| half(Tensor::<2>::ones(shape, device));
        let found = linear(ones([2, 6144]), ones([6144, 3]), None, Precision::F32);
        assert_eq!(numbers(&whole(found)), [6144.0; 6]);
        let ones = |shape| half(Tensor::<4>::ones(shape, device));
        let (x, kernel) = (ones([1, 512, 3, 3]), ones([1, 512, 3, 3]));
        let found = conv2d(x, kernel, None, ConvOptions::default(), Precision::F32);
        assert_eq!(numbers(&whole(found)), [4608.0]);
    });
}

#[test]
fn burn_still_sums_convolutions_of_16_bits_in_16() {
    assert_still_wrong(&HALF_CONVOLUTION, |device| {
        let ones = |shape| half(Tensor::<4>::ones(shape, device));
        let summed = || {
            let (x, kernel) = (ones([1, 512, 3, 3]), ones([1, 512, 3, 3]));
            let options = ops::ConvOptions::new([1, 1], [0, 0], [1, 1], 1);
            module::conv2d(x, kernel, None, options)
        };
        let has_half = device.supports_dtype(FloatDType::F16);
        has_half.then(|| numbers(&whole(summed())) == [4608.0])
    });
}

#[test]
fn norms_of_the_largest_numbers_are_those_of_32_bits() {
    for_each_half(|device| {
        let x = half(row([2, 8, 5, 3], 1, device) * 6e4);
        let affine = [half(row([8], 2, device)), half(row([8], 3, device))];
        let normed = |x: Tensor<4>, [gamma, beta]: [Tensor<1>; 2]| {
            whole(group_norm_silu(x, gamma, beta, 4, 1e-5, true))
        };
        let exact = affine.clone().map(|x| x.cast(FloatDType::F32));
        let wanted = normed(x.clone().cast(FloatDType::F32), exact);
        assert_near("group norm", &normed(x.clone(), affine), &wanted, 1e-3);
        let x = x.reshape([30, 8]);
        let normed =
            |x: Tensor<2>, [gamma, beta]: [Tensor<1>; 2]| whole(layer_norm(x, gamma, beta, 1e-5));
        let affine = [half(row([8], 2, device)), half(row([8], 3, device))];
        let exact = affine.clone().map(|x| x.cast(FloatDType::F32));
        let wanted = normed(x.clone().cast(FloatDType::F32), exact);
        assert_near("layer norm", &normed(x, affine), &wanted, 1e-3);
    });
}

#[test]
fn activations_are_those_of_32_bits() {
    for_each_half(|device| {
        let x = half(row([3, 20], 1, device) * 30.0);
        let exact = x.clone().cast(FloatDType::F32);
        let (found, wanted) = (silu(x.clone()), silu(exact.clone()));
        assert_near("SiLU", &whole(found), &whole(wanted), 1e-3);
        assert_near("GEGLU", &whole(geglu(x)), &whole(geglu(exact)), 1e-3);
    });
}
