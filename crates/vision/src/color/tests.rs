//! Colour spaces, luma, alpha and adjustments.

use burn::tensor::{Device, Tensor};
use weft_testing::{assert_close, for_each_device, max_error, numbers};
use weft_value::{ColorSpace, Image};

use super::{
    Adjustment, LUMA, adjusted, decoded, encoded, in_space, luma, on_white, premultiplied, rgb,
    rgb_on_white, with_channels,
};

const NONE: Adjustment = Adjustment {
    brightness: 0.0,
    contrast: 1.0,
    saturation: 1.0,
    gamma: 1.0,
};

/// One row of pixels with these channels.
fn row<const C: usize, const N: usize>(device: &Device, pixels: [[f32; C]; N]) -> Tensor<4> {
    let rows: Tensor<2> = Tensor::from_data(pixels, device);
    rows.transpose().reshape([1, C, 1, N])
}

fn colors(device: &Device) -> Tensor<4> {
    row(
        device,
        [
            [0.0, 0.5, 1.0],
            [0.2, 0.04, 0.9],
            [0.7, 0.7, 0.7],
            [1.0, 0.003, 0.1],
        ],
    )
}

#[test]
fn light_is_decoded_and_encoded_as_the_standard_says() {
    let standard = |x: f64| {
        if x <= 0.040_45 {
            x / 12.92
        } else {
            ((x + 0.055) / 1.055).powf(2.4)
        }
    };
    let steps: Vec<f64> = (0..256).map(|i| f64::from(i) / 255.0).collect();
    for_each_device(|device| {
        let of = |steps: Vec<f64>| -> Tensor<4> {
            let steps: Vec<f32> = steps.into_iter().map(|step| step as f32).collect();
            Tensor::<1>::from_data(steps.as_slice(), device).reshape([1, 1, 1, 256])
        };
        let (code, light) = (
            of(steps.clone()),
            of(steps.iter().copied().map(standard).collect()),
        );
        assert_close(&decoded(code.clone()), &light, 1e-6);
        assert_close(&encoded(light), &code, 2e-6);
    });
}

#[test]
fn alpha_is_no_light() {
    for_each_device(|device| {
        let pixels = with_channels(colors(device), 4) * 0.5;
        let linear = in_space(&Image::new(pixels.clone()), ColorSpace::Linear);
        assert_eq!(linear.space(), ColorSpace::Linear);
        assert_close(
            &linear.pixels().narrow(1, 3, 1),
            &pixels.clone().narrow(1, 3, 1),
            0.0,
        );
        assert!(max_error(&linear.pixels(), &pixels) > 0.1);
        assert_close(
            &in_space(&linear, ColorSpace::Srgb).into_pixels(),
            &pixels,
            1e-6,
        );
    });
}

#[test]
fn luma_weighs_encoded_colors_and_ignores_alpha() {
    for_each_device(|device| {
        let image = Image::new(with_channels(colors(device), 4));
        let [r, g, b] = LUMA;
        assert!((r + g + b - 1.0).abs() < 1e-6);
        let expected = [
            0.5 * g + b,
            0.2 * r + 0.04 * g + 0.9 * b,
            0.7,
            r + 0.003 * g + 0.1 * b,
        ];
        for image in [image.clone(), in_space(&image, ColorSpace::Linear)] {
            for (luma, expected) in numbers(&luma(&image)).into_iter().zip(expected) {
                assert!((luma - expected).abs() < 2e-6, "{luma}, not {expected}");
            }
        }
        let grey = Tensor::full([2, 1, 2, 2], 0.3, device);
        assert_close(&luma(&Image::new(grey.clone())), &grey, 0.0);
        assert_close(&rgb(&Image::new(grey.clone())), &grey.repeat_dim(1, 3), 0.0);
    });
}

#[test]
fn clear_pixels_give_no_color_to_their_neighbours() {
    for_each_device(|device| {
        let pixels = row(device, [[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]);
        let mean = |pixels: Tensor<4>| pixels.mean_dim(3);
        let mixed = numbers(&premultiplied(pixels, mean));
        assert_eq!(mixed, [0.0, 0.0, 1.0, 0.5]);
        let nothing = Tensor::zeros([1, 4, 1, 2], device);
        assert_close(
            &premultiplied(nothing.clone(), |pixels| pixels),
            &nothing,
            0.0,
        );
    });
}

#[test]
fn an_adjustment_of_nothing_changes_nothing() {
    for_each_device(|device| {
        let image = Image::new(with_channels(colors(device), 4));
        assert_close(&adjusted(&image, NONE).into_pixels(), &image.pixels(), 0.0);
    });
}

#[test]
fn adjustments_follow_their_formulas() {
    for_each_device(|device| {
        let image = Image::new(colors(device));
        let expect = |adjustment, formula: &dyn Fn(f32, f32) -> f32| {
            let actual = adjusted(&image, adjustment).into_pixels();
            let luma = numbers(&luma(&image));
            let pixels = numbers(&image.pixels()).into_iter().enumerate();
            let expected: Vec<f32> = pixels
                .map(|(i, x)| formula(x, luma[i % 4]).clamp(0.0, 1.0))
                .collect();
            let expected =
                Tensor::<1>::from_data(expected.as_slice(), device).reshape([1, 3, 1, 4]);
            assert_close(&actual, &expected, 1e-5);
        };
        expect(
            Adjustment {
                brightness: 0.25,
                ..NONE
            },
            &|x, _| x + 0.25,
        );
        expect(
            Adjustment {
                contrast: 1.7,
                ..NONE
            },
            &|x, _| (x - 0.5) * 1.7 + 0.5,
        );
        expect(
            Adjustment {
                saturation: 0.0,
                ..NONE
            },
            &|_, luma| luma,
        );
        expect(
            Adjustment {
                saturation: 2.0,
                ..NONE
            },
            &|x, luma| luma + (x - luma) * 2.0,
        );
        expect(Adjustment { gamma: 2.2, ..NONE }, &|x, _| x.powf(1.0 / 2.2));
        let bright = Adjustment {
            brightness: -0.1,
            contrast: 0.5,
            ..NONE
        };
        expect(bright, &|x, _| (x - 0.1 - 0.5) * 0.5 + 0.5);
    });
}

#[test]
fn a_clear_picture_shows_white_and_an_opaque_one_itself() {
    for_each_device(|device| {
        let pixels = row(
            device,
            [
                [0.25, 0.5, 1.0, 0.0],
                [0.25, 0.5, 1.0, 1.0],
                [0.25, 0.5, 1.0, 0.5],
            ],
        );
        let wanted = row(
            device,
            [[1.0, 1.0, 1.0], [0.25, 0.5, 1.0], [0.625, 0.75, 1.0]],
        );
        let seen = rgb_on_white(&Image::new(pixels));
        assert_eq!(numbers(&seen), numbers(&wanted));
        let grey = Image::new(row(device, [[0.25], [1.5]]));
        let wanted = row(device, [[0.25; 3], [1.5; 3]]);
        assert_eq!(numbers(&rgb_on_white(&grey)), numbers(&wanted));
    });
}

#[test]
fn eight_bits_on_white_are_rounded_as_whole_numbers_are() {
    let pairs = (0..=255u16).flat_map(|color| (0..=255u16).map(move |alpha| (color, alpha)));
    let pairs: Vec<(u16, u16)> = pairs.collect();
    let part = |of: fn(&(u16, u16)) -> u16| {
        let numbers: Vec<f32> = pairs.iter().map(|it| f32::from(of(it)) / 255.0).collect();
        Tensor::<1>::from_data(numbers.as_slice(), &Device::flex()).reshape([1, 1, 256, 256])
    };
    let color = part(|(color, _)| *color).repeat_dim(1, 3);
    let seen = numbers(&on_white(Tensor::cat(
        vec![color, part(|(_, alpha)| *alpha)],
        1,
    )));
    for ((color, alpha), seen) in pairs.iter().zip(seen) {
        let (color, alpha) = (u32::from(*color), u32::from(*alpha));
        let exact = color * alpha + 255 * (255 - alpha);
        let wanted = (2 * exact + 255) / 510;
        assert_eq!((seen * 255.0 + 0.5) as u32, wanted, "{color} by {alpha}");
    }
}
