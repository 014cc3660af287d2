//! How far numbers are from the expected ones.

use burn::tensor::Tensor;

/// The elements of a tensor, in the order of its axes.
///
/// # Panics
/// The device did not give them back.
pub fn numbers<const D: usize>(tensor: &Tensor<D>) -> Vec<f32> {
    let read = tensor.clone().try_into_vec_as::<f32>();
    read.unwrap_or_else(|error| panic!("the device did not give its elements back: {error}"))
}

/// The greatest difference between two tensors of one shape; infinite where one of them is no number.
///
/// # Panics
/// The shapes differ.
pub fn max_error<const D: usize>(actual: &Tensor<D>, expected: &Tensor<D>) -> f32 {
    differences(actual, expected)
        .into_iter()
        .fold(0.0, f32::max)
}

/// The mean of the absolute differences between two tensors of one shape.
///
/// # Panics
/// The shapes differ.
pub fn mean_error<const D: usize>(actual: &Tensor<D>, expected: &Tensor<D>) -> f32 {
    let differences = differences(actual, expected);
    let sum: f64 = differences
        .iter()
        .map(|difference| f64::from(*difference))
        .sum();
    (sum / differences.len().max(1) as f64) as f32
}

/// Compares two tensors of one shape, which may be on different devices.
///
/// # Panics
/// The shapes differ, or two elements differ by more than `tolerance`; the message names the worst place.
#[track_caller]
pub fn assert_close<const D: usize>(actual: &Tensor<D>, expected: &Tensor<D>, tolerance: f32) {
    let differences = differences(actual, expected);
    let is_wrong = |difference: &&f32| **difference > tolerance;
    let wrong = differences.iter().filter(is_wrong).count();
    if wrong == 0 {
        return;
    }
    let worst = (0..differences.len()).max_by(|a, b| differences[*a].total_cmp(&differences[*b]));
    let worst = worst.unwrap_or(0);
    let (is, should) = (numbers(actual)[worst], numbers(expected)[worst]);
    panic!(
        "{wrong} of {} elements are off by more than {tolerance}; the worst is {is}, not {should}, at {:?} of {:?}",
        differences.len(),
        place(worst, actual.dims()),
        actual.dims(),
    );
}

#[track_caller]
fn differences<const D: usize>(actual: &Tensor<D>, expected: &Tensor<D>) -> Vec<f32> {
    assert_eq!(actual.dims(), expected.dims(), "the shapes differ");
    let difference = |(actual, expected): (f32, f32)| match (actual - expected).abs() {
        difference if difference.is_nan() => f32::INFINITY,
        difference => difference,
    };
    numbers(actual)
        .into_iter()
        .zip(numbers(expected))
        .map(difference)
        .collect()
}

/// The coordinates of element `i`.
fn place<const D: usize>(mut i: usize, dims: [usize; D]) -> [usize; D] {
    let mut place = [0; D];
    for axis in (0..D).rev() {
        place[axis] = i % dims[axis];
        i /= dims[axis];
    }
    place
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn row(elements: [f32; 4]) -> Tensor<2> {
        Tensor::<1>::from_data(elements, &Device::flex()).reshape([2, 2])
    }

    #[test]
    fn errors_are_measured() {
        let (a, b) = (row([0.0, 1.0, 2.0, 3.0]), row([0.0, 1.5, 2.0, 2.0]));
        assert_eq!(max_error(&a, &b), 1.0);
        assert_eq!(mean_error(&a, &b), 0.375);
        assert_close(&a, &b, 1.0);
    }

    #[test]
    #[should_panic(
        expected = "2 of 4 elements are off by more than 0.1; the worst is 3, not 2, at [1, 1] of [2, 2]"
    )]
    fn the_worst_place_is_named() {
        assert_close(&row([0.0, 1.0, 2.0, 3.0]), &row([0.0, 1.5, 2.0, 2.0]), 0.1);
    }

    #[test]
    #[should_panic(expected = "off by more than")]
    fn what_is_no_number_is_never_close() {
        assert_close(&row([f32::NAN; 4]), &row([0.0; 4]), 10.0);
    }

    #[test]
    #[should_panic(expected = "the shapes differ")]
    fn shapes_must_agree() {
        max_error(&row([0.0; 4]), &row([0.0; 4]).reshape([1, 4]));
    }
}
