//! Agreement with scipy (fixtures/make.py), and what must hold by mathematics.

use burn::tensor::{Device, Tensor};
use weft_testing::{assert_close, fixture, for_each_device, numbers};

use super::{Border, gaussian, gaussian_at, gaussian_kernel, separable};

const BORDERS: [(&str, Border); 3] = [
    ("mirror", Border::Mirror),
    ("edge", Border::Edge),
    ("zero", Border::Zero),
];

#[test]
fn gaussians_are_those_of_scipy_at_every_border() {
    let fixtures = fixture(env!("CARGO_MANIFEST_DIR"), "fixtures/picture.safetensors");
    for_each_device(|device| {
        let soft: Tensor<4> = fixtures.picture("soft", device);
        // The widest reaches 52 pixels, which is more than the picture is high.
        for sigma in ["0.3", "1.0", "2.0", "13.0"] {
            for (name, border) in BORDERS {
                let expected = fixtures.picture(&format!("soft.gaussian.{sigma}.{name}"), device);
                assert_close(
                    &gaussian_at(soft.clone(), sigma.parse().unwrap(), border),
                    &expected,
                    1e-5,
                );
            }
        }
    });
}

#[test]
fn variances_of_two_blurs_add_up() {
    let device = Device::flex();
    let point =
        Tensor::<4>::zeros([1, 1, 81, 81], &device).slice_fill([0..1, 0..1, 40..41, 40..41], 1.0);
    let twice = gaussian(gaussian(point.clone(), 3.0), 4.0);
    let mass = numbers(&twice).iter().sum::<f32>();
    assert!((mass - 1.0).abs() < 1e-4, "{mass}");
    assert_close(&twice, &gaussian(point, 5.0), 2e-5);
}

#[test]
fn a_blur_of_nothing_changes_nothing() {
    for_each_device(|device| {
        let picture =
            Tensor::<1>::from_data([0.0, 0.2, 1.0, 0.4, 0.9, 0.1], device).reshape([1, 1, 2, 3]);
        assert_close(&gaussian(picture.clone(), 0.0), &picture, 0.0);
        assert_close(&gaussian(picture.clone(), 0.1), &picture, 0.0);
    });
}

#[test]
fn each_channel_and_picture_is_blurred_alone() {
    for_each_device(|device| {
        let plane = |value| Tensor::<4>::full([1, 1, 9, 8], value, device);
        let one = Tensor::cat(vec![plane(0.1), plane(0.9), plane(0.4)], 1);
        let both = Tensor::cat(vec![one.clone(), one.neg() + 1.0], 0);
        assert_close(&gaussian(both.clone(), 2.0), &both, 1e-6);
    });
}

#[test]
fn kernels_are_symmetric_and_sum_to_one() {
    for sigma in [0.2, 1.0, 7.7] {
        let kernel = gaussian_kernel(sigma);
        assert_eq!(kernel.len(), 2 * (4.0 * sigma + 0.5) as usize + 1);
        assert!(kernel.iter().zip(kernel.iter().rev()).all(|(a, b)| a == b));
        assert!((kernel.iter().sum::<f32>() - 1.0).abs() < 1e-6);
    }
}

#[test]
fn a_border_of_nothing_darkens_the_rim() {
    for_each_device(|device| {
        let white = Tensor::ones([1, 1, 3, 3], device);
        let sums = numbers(&separable(white, &[0.25, 0.5, 0.25], Border::Zero));
        assert_eq!(
            sums,
            [0.5625, 0.75, 0.5625, 0.75, 1.0, 0.75, 0.5625, 0.75, 0.5625]
        );
    });
}
