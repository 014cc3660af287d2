//! Numbers of 16 bits on a graphics adapter are summed in 32.

use burn::tensor::{Device, FloatDType, Tensor, module, ops};
use weft_tensor::{
    ConvOptions, Precision, conv2d, geglu, group_norm_silu, has_f16, launches, layer_norm, linear,
    set_f16, silu,
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
fn products_of_every_shape_sum_in_32_bits() {
    for_each_half(|device| {
        let depth = 6144;
        // One number, a row, a column, small, large, and one weight for many pictures.
        for [batch, rows, columns] in [
            [1, 1, 1],
            [1, 1, 200],
            [1, 200, 1],
            [1, 5, 7],
            [1, 128, 192],
            [3, 64, 48],
        ] {
            let ones = |shape| half(Tensor::<3>::ones(shape, device));
            let found = ones([1, rows, depth]).matmul(ones([batch, depth, columns]));
            assert!(
                numbers(&whole(found))
                    .iter()
                    .all(|&sum| sum == depth as f32)
            );
        }
    });
}

/// The input's size, outputs, the kernel's side, and how it walks.
type Walk = ([usize; 4], usize, usize, ConvOptions);

fn walks() -> Vec<Walk> {
    let padded = ConvOptions::padded(1);
    let lopsided = ConvOptions {
        padding: [0, 1, 2, 1],
        ..ConvOptions::default()
    };
    vec![
        ([1, 32, 16, 16], 64, 3, padded),
        ([2, 33, 7, 13], 5, 3, padded),
        ([2, 16, 9, 7], 24, 3, padded.with_stride(2)),
        ([1, 4, 8, 6], 6, 3, lopsided.with_stride(2)),
        ([2, 3, 5, 4], 7, 3, lopsided),
        ([2, 12, 5, 3], 12, 3, padded.upsampled()),
        ([1, 6, 4, 5], 3, 3, padded.upsampled().with_stride(2)),
        ([2, 40, 5, 9], 24, 1, ConvOptions::default()),
        ([1, 6, 5, 5], 4, 1, ConvOptions::default().with_stride(2)),
        ([1, 1, 3, 3], 1, 3, padded),
        // As the patches of a vision transformer.
        (
            [1, 3, 28, 28],
            10,
            14,
            ConvOptions::default().with_stride(14),
        ),
    ]
}

/// What is found in 16 bits, and in 32 from the same numbers on the CPU.
fn convolved((size, outputs, side, options): Walk, device: &Device) -> [Tensor<1>; 2] {
    let x = half(row(size, 1, device));
    let weight = half(row([outputs, size[1], side, side], 2, device));
    let bias = half(row([outputs], 3, device));
    let cpu = Device::flex();
    let exact = |x: Tensor<1>| x.to_device(&cpu);
    let wanted = conv2d(
        exact(whole(x.clone())).reshape(size),
        exact(whole(weight.clone())).reshape([outputs, size[1], side, side]),
        Some(exact(whole(bias.clone()))),
        options,
        Precision::F32,
    );
    let found = conv2d(x, weight, Some(bias), options, Precision::F32);
    assert_eq!(found.dims(), wanted.dims());
    [whole(found), whole(wanted)]
}

#[test]
fn convolutions_are_those_of_32_bits() {
    for_each_half(|device| {
        for walk in walks() {
            let [found, wanted] = convolved(walk, device);
            assert_near(&format!("{walk:?}"), &found, &wanted, 1e-3);
        }
    });
}

#[test]
fn convolutions_of_views_are_those_of_copies() {
    for_each_half(|device| {
        let x = half(row([2, 6, 5, 4], 1, device)).swap_dims(2, 3);
        let weight = half(row([3, 3, 6, 7], 2, device)).permute([3, 2, 0, 1]);
        let copied = |x: &Tensor<4>| whole(x.clone()).reshape(x.dims());
        let exact = [&x, &weight].map(copied);
        let of = |[x, weight]: [Tensor<4>; 2]| {
            whole(conv2d(
                x,
                weight,
                None,
                ConvOptions::padded(1),
                Precision::F32,
            ))
        };
        assert_near("views", &of([x, weight]), &of(exact), 1e-3);
    });
}

#[test]
fn patches_that_are_too_many_at_once_come_in_parts() {
    for_each_half(|device| {
        // 283 MB of patches.
        let walk = ([1, 192, 320, 256], 2, 3, ConvOptions::padded(1));
        let [found, wanted] = convolved(walk, device);
        assert_near("parts", &found, &wanted, 1e-3);
    });
}

#[test]
fn no_convolution_is_widened() {
    for_each_half(|device| {
        // The patches, the product and the bias; a kernel of one pixel needs no patches.
        for (side, wanted) in [(3, 3), (1, 2)] {
            let x = half(row([1, 8, 6, 6], 1, device));
            let weight = half(row([8, 8, side, side], 2, device));
            let bias = Some(half(row([8], 3, device)));
            let options = ConvOptions::padded(side / 2);
            let (_, found) = launches(|| conv2d(x, weight, bias, options, Precision::F32));
            assert_eq!(found, wanted, "{side}");
        }
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
