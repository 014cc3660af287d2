//! Nodes that change colours, and masks.

use burn::tensor::{Device, Tensor};
use weft_node::value::{ColorSpace, Image};
use weft_testing::{assert_close, for_each_device, numbers};
use weft_vision::color::luma;

use super::{assert_batches, color, linear, mask, one, picture, plain, refused, run, values};
use crate::{
    AdjustColor, Blend, Composite, Duotone, GaussianBlur, Invert, Threshold, ToMask,
    blend::{BlendMode, BlendSpace},
    to_mask::Channel,
};

fn blend(over: Image, under: Image) -> Blend {
    Blend {
        over,
        under,
        mode: BlendMode::Normal,
        opacity: 1.0,
        space: BlendSpace::Srgb,
    }
}

fn adjust(image: Image) -> AdjustColor {
    AdjustColor {
        image,
        brightness: 0.0,
        contrast: 1.0,
        saturation: 1.0,
        gamma: 1.0,
    }
}

#[test]
fn inverting_twice_changes_nothing() {
    for_each_device(|device| {
        for image in [
            picture(device, [2, 4, 3, 3]),
            linear(&picture(device, [1, 3, 3, 3])),
        ] {
            let invert = |image| run(Invert { image }, device).unwrap();
            let once = invert(image.clone());
            assert_eq!(once.space(), image.space());
            assert_close(&invert(once).pixels(), &image.pixels(), 1e-5);
        }
        let grey = run(
            Invert {
                image: linear(&plain(device, &[0.5], (1, 1))),
            },
            device,
        )
        .unwrap();
        assert!(
            (values(&grey)[0] - 0.214_04).abs() < 1e-4,
            "the middle stays the middle"
        );
        let clear = run(
            Invert {
                image: plain(device, &[0.0, 1.0, 0.25, 0.5], (1, 1)),
            },
            device,
        )
        .unwrap();
        assert_eq!(values(&clear), [1.0, 0.0, 0.75, 0.5]);
    });
}

#[test]
fn settings_of_nothing_change_nothing() {
    for_each_device(|device| {
        let image = picture(device, [2, 4, 5, 6]);
        let other = picture(device, [2, 3, 5, 6]);
        let same =
            |changed: Image, tolerance| assert_close(&changed.pixels(), &image.pixels(), tolerance);
        same(run(adjust(image.clone()), device).unwrap(), 0.0);
        same(
            run(
                Blend {
                    opacity: 0.0,
                    ..blend(other.clone(), image.clone())
                },
                device,
            )
            .unwrap(),
            1e-6,
        );
        let none = mask(device, 0.0, (5, 6));
        let node = Composite {
            foreground: other,
            background: image.clone(),
            mask: none,
        };
        same(run(node, device).unwrap(), 1e-6);
        let opaque = picture(device, [1, 3, 5, 6]);
        let blurred = run(
            GaussianBlur {
                image: opaque.clone(),
                sigma: 0.0,
            },
            device,
        )
        .unwrap();
        assert_close(&blurred.pixels(), &opaque.pixels(), 0.0);
    });
}

#[test]
fn a_full_mask_is_the_foreground_and_half_a_mask_half_of_it() {
    for_each_device(|device| {
        let (foreground, background) =
            (picture(device, [1, 3, 5, 6]), plain(device, &[0.5], (5, 6)));
        let with = |coverage| {
            let mask = mask(device, coverage, (5, 6));
            let (foreground, background) = (foreground.clone(), background.clone());
            run(
                Composite {
                    foreground,
                    background,
                    mask,
                },
                device,
            )
            .unwrap()
            .pixels()
        };
        assert_close(&with(1.0), &foreground.pixels(), 1e-6);
        assert_close(&with(0.5), &((foreground.pixels() + 0.5) / 2.0), 1e-6);
    });
}

#[test]
fn pictures_that_do_not_fit_are_refused() {
    let device = Device::flex();
    let of = |batch, height| picture(&device, [batch, 3, height, 6]);
    assert_eq!(refused(run(blend(of(1, 5), of(1, 6)), &device)), "over");
    assert_eq!(refused(run(blend(of(2, 5), of(3, 5)), &device)), "over");
    let with = |foreground, mask| Composite {
        foreground,
        background: of(1, 5),
        mask,
    };
    assert_eq!(
        refused(run(with(of(1, 4), mask(&device, 1.0, (5, 6))), &device)),
        "foreground"
    );
    assert_eq!(
        refused(run(with(of(1, 5), mask(&device, 1.0, (5, 7))), &device)),
        "mask"
    );
}

#[test]
fn light_adds_up_where_light_is_blended() {
    for_each_device(|device| {
        let grey = |value| plain(device, &[value], (1, 1));
        let half = |space, under: Image| {
            let node = Blend {
                opacity: 0.5,
                space,
                ..blend(grey(1.0), under)
            };
            run(node, device).unwrap()
        };
        assert!((values(&half(BlendSpace::Srgb, grey(0.0)))[0] - 0.5).abs() < 1e-6);
        assert!((values(&half(BlendSpace::Linear, grey(0.0)))[0] - 0.735_36).abs() < 1e-4);
        let held = half(BlendSpace::Linear, linear(&grey(0.0)));
        assert_eq!(held.space(), ColorSpace::Linear);
        assert!((values(&held)[0] - 0.5).abs() < 1e-5);
    });
}

#[test]
fn a_blur_does_not_draw_color_from_what_is_clear() {
    for_each_device(|device| {
        let (red, blue) = (
            plain(device, &[1.0, 0.0, 0.0, 1.0], (8, 8)),
            plain(device, &[0.0, 0.0, 1.0, 0.0], (8, 8)),
        );
        let image = Image::new(Tensor::cat(vec![red.pixels(), blue.pixels()], 3));
        let blurred = run(GaussianBlur { image, sigma: 2.0 }, device)
            .unwrap()
            .pixels();
        let red = plain(device, &[1.0, 0.0, 0.0], (8, 9)).pixels();
        assert_close(&blurred.clone().narrow(1, 0, 3).narrow(3, 0, 9), &red, 1e-5);
        let alpha = numbers(&blurred.narrow(1, 3, 1));
        assert!(alpha[7] > 0.5 && alpha[8] < 0.5 && alpha[0] > 0.95);
    });
}

#[test]
fn masks_are_taken_from_the_channel_they_name() {
    for_each_device(|device| {
        let image = plain(device, &[0.1, 0.2, 0.3, 0.4], (1, 1));
        let take = |image: &Image, channel, invert| {
            let mask = run(
                ToMask {
                    image: image.clone(),
                    channel,
                    invert,
                },
                device,
            )
            .unwrap();
            numbers(&mask.into_coverage())[0]
        };
        let of = |channel| take(&image, channel, false);
        assert_eq!(
            [Channel::Red, Channel::Green, Channel::Blue, Channel::Alpha].map(of),
            [0.1, 0.2, 0.3, 0.4]
        );
        assert_eq!(of(Channel::Luma), numbers(&luma(&image))[0]);
        assert!((take(&image, Channel::Blue, true) - 0.7).abs() < 1e-6);
        assert!((take(&linear(&image), Channel::Blue, false) - 0.3).abs() < 1e-5);
        let grey = plain(device, &[0.6], (1, 1));
        assert_eq!(
            [Channel::Green, Channel::Alpha].map(|channel| take(&grey, channel, false)),
            [0.6, 1.0]
        );
    });
}

#[test]
fn a_threshold_is_a_step_or_a_soft_one() {
    for_each_device(|device| {
        let steps: Tensor<4> =
            Tensor::<1>::from_data([0.2, 0.4, 0.5, 0.6, 0.8], device).reshape([1, 1, 1, 5]);
        let with = |softness| {
            let image = Image::new(steps.clone());
            numbers(
                &run(
                    Threshold {
                        image,
                        threshold: 0.5,
                        softness,
                    },
                    device,
                )
                .unwrap()
                .into_coverage(),
            )
        };
        assert_eq!(with(0.0), [0.0, 0.0, 1.0, 1.0, 1.0]);
        let soft = with(0.4);
        assert!(soft.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!([soft[0], soft[2], soft[4]], [0.0, 0.5, 1.0]);
        assert!((soft[1] + soft[3] - 1.0).abs() < 1e-6 && soft[1] > 0.0);
    });
}

#[test]
fn a_duotone_runs_from_its_shadows_to_its_highlights() {
    for_each_device(|device| {
        let (shadows, highlights) = (color(0.1, 0.0, 0.4, 1.0), color(1.0, 0.9, 0.6, 1.0));
        let of = |grey: f32| {
            let image = plain(device, &[grey, grey, grey, 0.5], (1, 1));
            values(
                &run(
                    Duotone {
                        image,
                        shadows,
                        highlights,
                    },
                    device,
                )
                .unwrap(),
            )
        };
        for (grey, expected) in [
            (0.0, [0.1, 0.0, 0.4, 0.5]),
            (1.0, [1.0, 0.9, 0.6, 0.5]),
            (0.5, [0.55, 0.45, 0.5, 0.5]),
        ] {
            assert!(
                of(grey)
                    .iter()
                    .zip(expected)
                    .all(|(is, should)| (is - should).abs() < 1e-5),
                "{:?}",
                of(grey)
            );
        }
    });
}

#[test]
fn colors_of_batches_change_picture_by_picture() {
    let device = Device::flex();
    let still = picture(&device, [1, 4, 7, 9]);
    assert_batches(|image| run(Invert { image }, &device).unwrap());
    assert_batches(|image| {
        run(
            AdjustColor {
                saturation: 2.0,
                gamma: 1.5,
                ..adjust(image)
            },
            &device,
        )
        .unwrap()
    });
    assert_batches(|image| run(GaussianBlur { image, sigma: 1.5 }, &device).unwrap());
    assert_batches(|image| {
        run(
            Blend {
                opacity: 0.5,
                ..blend(still.clone(), image)
            },
            &device,
        )
        .unwrap()
    });
    assert_batches(|image| {
        run(
            Blend {
                mode: BlendMode::Color,
                ..blend(image, still.clone())
            },
            &device,
        )
        .unwrap()
    });
    let (shadows, highlights) = (color(0.1, 0.0, 0.4, 1.0), color(1.0, 0.9, 0.6, 1.0));
    assert_batches(|image| {
        run(
            Duotone {
                image,
                shadows,
                highlights,
            },
            &device,
        )
        .unwrap()
    });
    assert_batches(|image| {
        Image::new(
            run(
                Threshold {
                    image,
                    threshold: 0.5,
                    softness: 0.2,
                },
                &device,
            )
            .unwrap()
            .into_coverage(),
        )
    });
    // Each picture of a batch may have a mask of its own.
    let batch = picture(&device, [2, 3, 7, 9]);
    let masks = weft_node::value::Mask::new(picture(&device, [2, 1, 7, 9]).into_pixels());
    let with = |background: Image, mask| {
        run(
            Composite {
                foreground: still.clone(),
                background,
                mask,
            },
            &device,
        )
        .unwrap()
    };
    let whole = with(batch.clone(), masks.clone());
    for place in 0..2 {
        let mask = weft_node::value::Mask::new(masks.coverage().narrow(0, place, 1));
        assert_close(
            &one(&whole, place).pixels(),
            &with(one(&batch, place), mask).pixels(),
            1e-6,
        );
    }
    assert_eq!(with(one(&batch, 0), masks).batch(), 2);
}
