//! First and second differences.

use std::f32::consts::{FRAC_1_SQRT_2, PI};

use weft_testing::{for_each_device, numbers};

use super::picture;
use crate::edge::{laplacian, scharr, sobel};

#[test]
fn a_step_has_a_gradient_of_its_height() {
    for_each_device(|device| {
        let step = picture(device, 5, 6, |_, x| if x < 3 { 0.2 } else { 0.7 });
        for gradient in [sobel(step.clone()), scharr(step)] {
            for (i, across) in numbers(&gradient.across).into_iter().enumerate() {
                let wanted = if (2..4).contains(&(i % 6)) { 0.5 } else { 0.0 };
                assert!((across - wanted).abs() < 1e-6, "{across} at {i}");
            }
            assert!(
                numbers(&gradient.down)
                    .into_iter()
                    .all(|down| down.abs() < 1e-6)
            );
            let most = numbers(&gradient.magnitude())
                .into_iter()
                .fold(0.0, f32::max);
            assert!((most - 0.5 * FRAC_1_SQRT_2).abs() < 1e-6, "{most}");
        }
    });
}

#[test]
fn a_slope_has_its_own_direction() {
    for_each_device(|device| {
        for degrees in (-170..180_i16).step_by(25) {
            let angle = f32::from(degrees) * PI / 180.0;
            let slope =
                |y: usize, x: usize| 0.5 + 0.03 * (angle.cos() * x as f32 + angle.sin() * y as f32);
            let ramp = picture(device, 9, 9, slope);
            for gradient in [sobel(ramp.clone()), scharr(ramp)] {
                let middle = numbers(&gradient.direction())[4 * 9 + 4];
                assert!((middle - angle).abs() < 1e-4, "{middle} for {angle}");
            }
        }
    });
}

#[test]
fn a_slope_has_no_laplacian_and_a_lone_pixel_has_four() {
    for_each_device(|device| {
        let ramp = laplacian(picture(device, 6, 7, |y, x| {
            0.1 * x as f32 - 0.05 * y as f32
        }));
        for inner in numbers(&ramp.narrow(2, 1, 4).narrow(3, 1, 5)) {
            assert!(inner.abs() < 1e-6, "{inner}");
        }
        let lone = picture(device, 3, 3, |y, x| f32::from(u8::from(y == 1 && x == 1)));
        assert_eq!(
            numbers(&laplacian(lone)),
            [0.0, -1.0, 0.0, -1.0, 4.0, -1.0, 0.0, -1.0, 0.0]
        );
    });
}
