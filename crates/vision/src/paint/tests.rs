//! Plain colour and gradients.

use burn::tensor::Tensor;
use weft_testing::{assert_close, for_each_device, numbers};

use super::{along_line, between, from_middle, solid};

#[test]
fn a_solid_has_its_color_everywhere() {
    for_each_device(|device| {
        let plane = solid(2, (1, 2), &[0.1, 0.2, 0.3], device);
        assert_eq!(
            numbers(&plane),
            [0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.1, 0.1, 0.2, 0.2, 0.3, 0.3]
        );
    });
}

#[test]
fn a_line_runs_from_side_to_side_and_turns_with_its_angle() {
    for_each_device(|device| {
        let right = numbers(&along_line((1, 4), 0.0, device));
        assert_eq!(right, [0.125, 0.375, 0.625, 0.875]);
        let left = along_line((3, 4), 180.0, device);
        assert_close(&left, &along_line((3, 4), 0.0, device).flip([3]), 1e-6);
        let down = along_line((4, 3), 90.0, device);
        assert_close(
            &down,
            &along_line((3, 4), 0.0, device).swap_dims(2, 3),
            1e-6,
        );
        let corners = numbers(&along_line((30, 50), 30.0, device));
        assert!(corners[0] < 0.02 && corners[corners.len() - 1] > 0.98);
    });
}

#[test]
fn a_radial_gradient_is_0_in_the_middle_and_1_at_the_corners() {
    for_each_device(|device| {
        let far = from_middle((101, 101), device);
        let values = numbers(&far);
        assert_eq!(values[101 * 50 + 50], 0.0);
        assert!(values[0] > 0.98 && values[0] <= 1.0);
        assert_close(&far.clone().flip([2]), &far, 1e-6);
        assert_close(&far.clone().swap_dims(2, 3), &far, 1e-6);
    });
}

#[test]
fn between_two_colors_lies_their_mean() {
    for_each_device(|device| {
        let amount: Tensor<4> =
            Tensor::<1>::from_data([0.0, 0.5, 1.0], device).reshape([1, 1, 1, 3]);
        let mixed = numbers(&between(amount, &[0.0, 1.0], &[1.0, 0.5]));
        assert_eq!(mixed, [0.0, 0.5, 1.0, 1.0, 0.75, 0.5]);
    });
}

#[test]
fn a_clear_color_gives_no_color() {
    for_each_device(|device| {
        let amount: Tensor<4> =
            Tensor::<1>::from_data([0.0, 0.5, 1.0], device).reshape([1, 1, 1, 3]);
        let faded = numbers(&between(
            amount,
            &[1.0, 0.5, 0.0, 1.0],
            &[0.0, 0.0, 1.0, 0.0],
        ));
        assert_eq!(
            faded,
            [1.0, 1.0, 0.0, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 1.0, 0.5, 0.0]
        );
    });
}
