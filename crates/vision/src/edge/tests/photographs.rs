//! Agreement with scikit-image 0.26 on photographs (fixtures/make_edge.py).

use burn::tensor::{Device, Tensor};
use weft_testing::{Tensors, assert_close, fixture, for_each_device, numbers};

use crate::edge::{canny, laplacian, scharr, sobel};

const PHOTOGRAPHS: [&str; 3] = ["astronaut", "coffee", "chelsea"];
const SETTINGS: [[&str; 3]; 4] = [
    ["1.4", "0.03", "0.06"],
    ["2.5", "0.02", "0.05"],
    ["0.8", "0.05", "0.15"],
    ["0.0", "0.1", "0.2"],
];

fn photograph(name: &str, device: &Device) -> Tensor<4> {
    fixtures().picture(&format!("{name}.gray"), device) / 255.0
}

fn fixtures() -> Tensors {
    fixture(env!("CARGO_MANIFEST_DIR"), "fixtures/edge.safetensors")
}

/// Whether each pixel is an edge, from one bit per pixel.
fn unpacked(key: &str) -> Vec<bool> {
    let bytes = numbers(&fixtures().get::<1>(key, &Device::flex()));
    let bits = |byte: f32| (0..8).rev().map(move |bit| byte as u8 >> bit & 1 == 1);
    bytes.into_iter().flat_map(bits).collect()
}

/// How well two sets of pixels agree, 1 if they are the same: the harmonic mean of what part of the one is
/// in the other and of the other in the one. Nothing is allowed for a pixel next to the right one.
fn f1(found: &[bool], wanted: &[bool]) -> f32 {
    let count = |set: &[bool]| set.iter().filter(|is_in| **is_in).count();
    let both: Vec<_> = found.iter().zip(wanted).map(|(a, b)| *a && *b).collect();
    2.0 * count(&both) as f32 / (count(found) + count(wanted)) as f32
}

#[test]
fn canny_finds_the_edges_that_scikit_image_finds() {
    for_each_device(|device| {
        for name in PHOTOGRAPHS {
            for setting in SETTINGS {
                let [sigma, low, high] = setting.map(|number| number.parse().unwrap());
                let edges = canny(photograph(name, device), sigma, low, high).unwrap();
                let found: Vec<_> = numbers(&edges).iter().map(|edge| *edge == 1.0).collect();
                let wanted = unpacked(&format!("{name}.canny.{}", setting.join(".")));
                assert!(wanted.contains(&true));
                let score = f1(&found, &wanted);
                assert!(score > 0.999, "{score} on {name} with {setting:?}");
            }
        }
    });
}

#[test]
fn gradients_are_those_of_scikit_image() {
    for_each_device(|device| {
        for name in PHOTOGRAPHS {
            let corner = photograph(name, device).narrow(2, 0, 64).narrow(3, 0, 71);
            let fixtures = fixtures();
            let wanted = |key: &str| fixtures.picture(&format!("{name}.{key}"), device);
            let gradient = sobel(corner.clone());
            assert_close(&gradient.magnitude(), &wanted("sobel"), 1e-6);
            assert_close(&gradient.across, &wanted("sobel.across"), 1e-6);
            assert_close(&gradient.down, &wanted("sobel.down"), 1e-6);
            assert_close(&scharr(corner.clone()).magnitude(), &wanted("scharr"), 1e-6);
            assert_close(&laplacian(corner), &wanted("laplace"), 1e-6);
        }
    });
}
