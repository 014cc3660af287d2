//! Every pass equals burn's own operations on the CPU, and is as few launches as it should be.

use burn::tensor::{Device, Tensor, TensorData};
use weft_tensor::{constant, is_gpu, launches, moved};
use weft_testing::{assert_close, for_each_device};
use weft_value::{ColorSpace, Image};

use crate::{
    blend::{
        Coverage, laid, lay,
        tests::{SEPARABLE, WHOLE},
    },
    color::{Adjustment, Channel, adjusted, channel, in_space, luma, negative, selected},
    edge::{
        laplacian, laplacian_magnitude, scharr, scharr_magnitude, sobel, sobel_magnitude, thin,
    },
    filter::{Border, blurred, gaussian, gaussian_at},
    geometry::{Margins, pad, pad_with},
    noise::{normal, uniform},
    paint::{Run, duotone, gradient},
    resample::{Filter, resize},
    without_passes,
};

const CLOSE: f32 = 1e-5;

const SPACES: [ColorSpace; 2] = [ColorSpace::Srgb, ColorSpace::Linear];

/// Odd sizes, batches, and every number of channels.
const SHAPES: [[usize; 4]; 4] = [[1, 1, 1, 1], [2, 1, 13, 7], [3, 3, 9, 21], [2, 4, 17, 11]];

/// Pixels without an order, black, white and clear ones among them.
fn pixels(shape: [usize; 4], seed: u64, device: &Device) -> Tensor<4> {
    let made = uniform(shape, seed, &Device::flex());
    moved((made * 1.2 - 0.1).clamp(0.0, 1.0), device)
}

/// Asserts that the device makes what the CPU does, in so many launches if it is an adapter.
#[track_caller]
fn alike(device: &Device, count: u64, make: impl Fn(&Device) -> Tensor<4>) {
    let wanted = make(&Device::flex());
    let (made, launched) = launches(|| make(device));
    assert_close(&moved(made, &Device::flex()), &wanted, CLOSE);
    assert_eq!(launched, if is_gpu(device) { count } else { 0 });
}

#[test]
fn a_pass_over_colours_is_one_launch_and_equals_the_cpu() {
    let adjustment = Adjustment {
        brightness: 0.1,
        contrast: 1.3,
        saturation: 0.4,
        gamma: 1.7,
    };
    for_each_device(|device| {
        for (shape, space) in SHAPES
            .iter()
            .flat_map(|shape| SPACES.map(|it| (*shape, it)))
        {
            let image = |device: &Device| Image::in_space(pixels(shape, 3, device), space);
            let other = SPACES[usize::from(space == ColorSpace::Srgb)];
            alike(device, 1, |it| in_space(&image(it), other).into_pixels());
            alike(device, 1, |it| {
                adjusted(&image(it), adjustment).into_pixels()
            });
            alike(device, 1, |it| negative(&image(it)).into_pixels());
            alike(device, 1, |it| selected(&image(it), 0.4, 0.3));
            alike(device, 1, |it| channel(&image(it), Channel::Luma, true));
            alike(device, 1, |it| channel(&image(it), Channel::Blue, true));
            alike(device, 1, |it| channel(&image(it), Channel::Alpha, false));
            let colors = ([0.1, 0.2, 0.3], [0.9, 0.4, 0.2]);
            alike(device, 1, |it| {
                duotone(&image(it), colors.0, colors.1).into_pixels()
            });
        }
    });
}

#[test]
fn every_mode_of_blending_is_one_launch_and_equals_the_cpu() {
    for_each_device(|device| {
        for mode in SEPARABLE.into_iter().chain(WHOLE) {
            for (over, under) in [([2, 3, 9, 5], [1, 3, 9, 5]), ([1, 4, 9, 5], [2, 1, 9, 5])] {
                let pair = |it: &Device| {
                    [(over, 5), (under, 6)].map(|(shape, seed)| pixels(shape, seed, it))
                };
                let where_it_is = |it: &Device| pixels([1, 1, 9, 5], 7, it);
                alike(device, 1, |it| {
                    let [over, under] = pair(it);
                    lay(over, under, where_it_is(it), mode)
                });
                alike(device, 1, |it| {
                    let [over, under] = pair(it);
                    let under = Image::in_space(under, ColorSpace::Linear);
                    let how = (mode, ColorSpace::Srgb);
                    laid(&Image::new(over), &under, Coverage::Everywhere(0.7), how).into_pixels()
                });
            }
        }
    });
}

#[test]
fn gradients_of_luma_and_their_ridges_equal_the_cpu() {
    for_each_device(|device| {
        for [batch, _, height, width] in SHAPES {
            let shape = [batch, 1, height, width];
            let luma = |it: &Device| gaussian(pixels(shape, 11, it), 1.0);
            alike(device, 3, |it| sobel_magnitude(luma(it), 2.0));
            alike(device, 3, |it| scharr_magnitude(luma(it), 2.0));
            alike(device, 3, |it| laplacian_magnitude(luma(it), 0.5));
            alike(device, 3, |it| laplacian(luma(it)));
            alike(device, 4, |it| sobel(luma(it)).down);
            alike(device, 5, |it| scharr(luma(it)).magnitude());
            alike(device, 5, |it| thin(&sobel(luma(it))));
        }
    });
}

#[test]
fn blurs_and_other_sizes_are_a_launch_for_each_axis_and_equal_the_cpu() {
    for_each_device(|device| {
        for shape in SHAPES {
            alike(device, 2, |it| blurred(pixels(shape, 13, it), 2.5));
            for border in [Border::Edge, Border::Mirror, Border::Zero] {
                alike(device, 2, |it| {
                    gaussian_at(pixels(shape, 13, it), 1.5, border)
                });
            }
            for filter in [
                Filter::Area,
                Filter::Bilinear,
                Filter::Bicubic,
                Filter::Lanczos,
            ] {
                let [_, _, height, width] = shape;
                for size in [(height + 30, width + 1), (height.div_ceil(3), width + 2)] {
                    let axes = u64::from(size.0 != height) + u64::from(size.1 != width);
                    alike(device, axes, |it| {
                        resize(pixels(shape, 13, it), size, filter)
                    });
                }
                alike(device, 1, |it| {
                    resize(pixels(shape, 13, it), (height, width + 3), filter)
                });
            }
        }
        alike(device, 2, |it| gaussian(pixels([2, 7, 9, 5], 17, it), 1.0));
    });
}

#[test]
fn margins_and_gradients_of_colour_are_one_launch_and_equal_the_cpu() {
    let margins = Margins {
        top: 3,
        right: 0,
        bottom: 40,
        left: 5,
    };
    let colors = ([0.9, 0.1, 0.3, 0.0], [0.2, 0.8, 0.5, 0.7]);
    for_each_device(|device| {
        for shape in SHAPES {
            for border in [Border::Edge, Border::Mirror, Border::Zero] {
                alike(device, 1, |it| pad(pixels(shape, 19, it), margins, border));
            }
            let fill = &colors.1[..shape[1]];
            alike(device, 1, |it| {
                pad_with(pixels(shape, 19, it), margins, fill)
            });
        }
        for run in [Run::Line(0.0), Run::Line(-130.0), Run::Middle] {
            for channels in [3, 4] {
                let colors = [&colors.0[..channels], &colors.1[..channels]];
                alike(device, 1, |it| gradient((31, 18), run, colors, it));
            }
        }
    });
}

#[test]
fn noise_is_one_launch_and_that_of_the_cpu() {
    for_each_device(|device| {
        for (shape, seed) in [
            ([1, 3, 33, 7], 5),
            ([2, 1, 1, 1], u64::MAX - 3),
            ([1, 4, 300, 301], 1 << 40),
        ] {
            let there = |it: &Device| moved(uniform(shape, seed, it), &Device::flex());
            assert_eq!(
                weft_testing::max_error(&there(device), &there(&Device::flex())),
                0.0
            );
            alike(device, 1, |it| uniform(shape, seed, it));
            alike(device, 1, |it| normal(shape, seed, it));
        }
    });
}

#[test]
fn parts_and_turned_pictures_are_read_in_the_order_of_their_axes() {
    for_each_device(|device| {
        let turned = |it: &Device| Image::new(pixels([2, 3, 9, 14], 23, it).swap_dims(2, 3));
        let part = |it: &Device| {
            Image::new(
                pixels([3, 4, 9, 14], 23, it)
                    .narrow(0, 1, 1)
                    .narrow(3, 2, 5),
            )
        };
        // One more brings the numbers in order.
        alike(device, 2, |it| luma(&turned(it)));
        alike(device, 2, |it| negative(&part(it)).into_pixels());
    });
}

#[test]
fn without_passes_burn_makes_the_same_in_more_launches() {
    for_each_device(|device| {
        let image = Image::new(pixels([1, 3, 9, 14], 29, device));
        let (fused, few) = launches(|| luma(&image));
        let (stepwise, many) = launches(|| without_passes(|| luma(&image)));
        assert_close(&fused, &stepwise, CLOSE);
        assert!(!is_gpu(device) || (few == 1 && many > 3), "{few} {many}");
    });
}

#[test]
fn under_autodiff_burns_operations_stay_and_have_a_gradient() {
    for_each_device(|device| {
        let device = device.clone().autodiff();
        let x: Tensor<4> = constant(
            TensorData::from([[[[0.5f32]], [[0.25]], [[0.75]]]]),
            &device,
        );
        let x = x.require_grad();
        let gradients = luma(&Image::new(x.clone())).sum().backward();
        let gradient = x.grad(&gradients).unwrap();
        let weights = weft_testing::numbers(&gradient);
        assert_eq!(weights, crate::color::LUMA);
    });
}
