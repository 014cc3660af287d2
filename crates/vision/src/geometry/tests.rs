//! Cutting, extending and turning.

use burn::tensor::{Device, Tensor};
use weft_testing::{assert_close, for_each_device, numbers};

use super::{Border, Margins, Turn, crop, pad, pad_with, turn};

/// `1 2 3` over `4 5 6`.
fn six(device: &Device) -> Tensor<4> {
    Tensor::<1>::from_data([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], device).reshape([1, 1, 2, 3])
}

#[test]
fn a_crop_is_the_part_it_names_and_undoes_padding() {
    for_each_device(|device| {
        assert_eq!(numbers(&crop(six(device), (1, 1), (1, 2))), [5.0, 6.0]);
        let margins = Margins {
            top: 2,
            right: 1,
            bottom: 5,
            left: 3,
        };
        for padded in [
            pad(six(device), margins, Border::Edge),
            pad(six(device), margins, Border::Mirror),
            pad(six(device), margins, Border::Zero),
            pad_with(six(device), margins, &[9.0]),
        ] {
            assert_eq!(padded.dims(), [1, 1, 9, 7]);
            assert_close(&crop(padded, (2, 3), (2, 3)), &six(device), 0.0);
        }
    });
}

#[test]
fn margins_continue_the_picture() {
    for_each_device(|device| {
        let row = six(device).narrow(2, 0, 1);
        let wide = |border| {
            numbers(&pad(
                row.clone(),
                Margins {
                    left: 4,
                    right: 2,
                    ..Margins::default()
                },
                border,
            ))
        };
        assert_eq!(
            wide(Border::Edge),
            [1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 3.0, 3.0, 3.0]
        );
        // More than the picture is wide: it is mirrored again.
        assert_eq!(
            wide(Border::Mirror),
            [3.0, 3.0, 2.0, 1.0, 1.0, 2.0, 3.0, 3.0, 2.0]
        );
        assert_eq!(
            wide(Border::Zero),
            [0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 0.0, 0.0]
        );
    });
}

#[test]
fn a_fill_has_a_value_for_each_channel_and_each_picture() {
    for_each_device(|device| {
        let picture = Tensor::zeros([2, 3, 1, 1], device);
        let padded = pad_with(
            picture,
            Margins {
                right: 1,
                ..Margins::default()
            },
            &[0.1, 0.2, 0.3],
        );
        assert_eq!(
            numbers(&padded),
            [0.0, 0.1, 0.0, 0.2, 0.0, 0.3, 0.0, 0.1, 0.0, 0.2, 0.0, 0.3]
        );
    });
}

#[test]
fn turns_move_every_pixel_where_they_say() {
    for_each_device(|device| {
        let turned = |kind| numbers(&turn(six(device), kind));
        assert_eq!(turned(Turn::Mirror), [3.0, 2.0, 1.0, 6.0, 5.0, 4.0]);
        assert_eq!(turned(Turn::Flip), [4.0, 5.0, 6.0, 1.0, 2.0, 3.0]);
        assert_eq!(turned(Turn::Right), [4.0, 1.0, 5.0, 2.0, 6.0, 3.0]);
        assert_eq!(turned(Turn::Half), [6.0, 5.0, 4.0, 3.0, 2.0, 1.0]);
        assert_eq!(turned(Turn::Left), [3.0, 6.0, 2.0, 5.0, 1.0, 4.0]);
        assert_eq!(turn(six(device), Turn::Left).dims(), [1, 1, 3, 2]);
    });
}
