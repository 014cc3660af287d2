//! Two ways to compute the same, compared on every device, with their gradients.

use burn::tensor::{Device, FloatDType, Tensor};
use weft_testing::{for_each_device, numbers};

/// A function of some tensors, each given as the row of its numbers; its outcome as a row too.
pub(crate) trait Function<const N: usize>: Fn([Tensor<1>; N]) -> Tensor<1> {}

impl<const N: usize, F: Fn([Tensor<1>; N]) -> Tensor<1>> Function<N> for F {}

/// Numbers from -1 to 1 without order, the same in each run.
pub(crate) fn noise(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
    let mut next = || {
        state = state.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
        let word = ((state >> ((state >> 28) + 4)) ^ state).wrapping_mul(277_803_737);
        f64::from((word >> 22) ^ word) / f64::from(u32::MAX / 2) - 1.0
    };
    (0..count).map(|_| next() as f32).collect()
}

pub(crate) fn rows<const N: usize>(sizes: [usize; N], device: &Device) -> [Tensor<1>; N] {
    let mut seed = 0;
    sizes.map(|size| {
        seed += 1;
        Tensor::from_data(noise(size, seed).as_slice(), device)
    })
}

/// The greatest difference as a share of the greatest number expected.
pub(crate) fn error(actual: &Tensor<1>, expected: &Tensor<1>) -> f32 {
    assert_eq!(actual.dims(), expected.dims(), "the counts differ");
    let expected = numbers(expected);
    let greatest = expected.iter().fold(1e-6, |most: f32, x| most.max(x.abs()));
    let differences = numbers(actual)
        .into_iter()
        .zip(expected)
        .map(|(actual, expected)| (actual - expected).abs());
    let worst = differences.fold(0.0, |most: f32, x| if x <= most { most } else { x });
    worst / greatest
}

#[track_caller]
pub(crate) fn assert_near(what: &str, actual: &Tensor<1>, expected: &Tensor<1>, tolerance: f32) {
    let error = error(actual, expected);
    assert!(
        error <= tolerance,
        "{what} is off by {error} of the greatest"
    );
}

/// Both functions give the same on every device and in f64, and so do the gradients of all arguments.
#[track_caller]
pub(crate) fn agree<const N: usize>(
    sizes: [usize; N],
    ours: impl Function<N>,
    plain: impl Function<N>,
) {
    let exact = rows(sizes, &Device::flex()).map(|row| row.cast(FloatDType::F64));
    let expected = plain(exact.clone());
    assert_near("in f64", &ours(exact.clone()), &expected, 1e-6);
    let learned = gradients(exact, &plain);
    for_each_device(|device| {
        let is_cpu = *device == Device::flex();
        let (tolerance, slack) = if is_cpu { (1e-5, 1e-4) } else { (1e-4, 1e-3) };
        let rows = rows(sizes, device);
        let expected = expected.clone().cast(FloatDType::F32);
        assert_near("the outcome", &ours(rows.clone()), &expected, tolerance);
        for (i, (ours, expected)) in gradients(rows, &ours).iter().zip(&learned).enumerate() {
            assert_near(&format!("gradient {i}"), ours, expected, slack);
        }
    });
    let exact = rows_in_f64(sizes);
    for (i, (ours, expected)) in gradients(exact, &ours).iter().zip(&learned).enumerate() {
        assert_near(&format!("gradient {i} in f64"), ours, expected, 1e-5);
    }
}

fn rows_in_f64<const N: usize>(sizes: [usize; N]) -> [Tensor<1>; N] {
    rows(sizes, &Device::flex()).map(|row| row.cast(FloatDType::F64))
}

/// With bf16 operands the outcome and the gradients are within 1e-2 of burn's f32.
#[track_caller]
pub(crate) fn nearly_agree<const N: usize>(
    sizes: [usize; N],
    ours: impl Function<N>,
    plain: impl Function<N>,
) {
    let rows = rows(sizes, &Device::flex());
    assert_near("bf16", &ours(rows.clone()), &plain(rows.clone()), 1e-2);
    let (found, expected) = (gradients(rows.clone(), &ours), gradients(rows, &plain));
    for (i, (ours, expected)) in found.iter().zip(&expected).enumerate() {
        assert_near(&format!("gradient {i} in bf16"), ours, expected, 1e-2);
    }
}

/// The gradients of all arguments for some gradient of the outcome.
fn gradients<const N: usize>(rows: [Tensor<1>; N], function: &impl Function<N>) -> [Tensor<1>; N] {
    let device = rows[0].device();
    let dtype = rows[0].dtype();
    let leaves = rows.map(|row| Tensor::from_inner(row).require_grad());
    let outcome = function(leaves.clone());
    let weights = Tensor::<1>::from_data(noise(outcome.dims()[0], 99).as_slice(), &device);
    let weights = Tensor::from_inner(weights.cast(dtype));
    let found = (outcome * weights).sum().backward();
    leaves.map(|leaf| leaf.grad(&found).expect("each argument learns"))
}
