//! Nodes that change the size of a picture.

use burn::tensor::Device;
use weft_node::{Error, value::ColorSpace};
use weft_testing::{assert_close, for_each_device};

use super::{assert_batches, color, linear, picture, plain, refused, run, values};
use crate::{
    Crop, Pad, Resize, Turn, pad::PadFill, resize::ResizeFilter, resize::ResizeFit, turn::TurnKind,
};

fn resize(image: weft_node::value::Image) -> Resize {
    Resize {
        image,
        width: None,
        height: None,
        scale: 1.0,
        fit: ResizeFit::Stretch,
        filter: ResizeFilter::Lanczos,
        linear: false,
    }
}

fn crop(image: weft_node::value::Image) -> Crop {
    Crop {
        image,
        left: 0,
        top: 0,
        width: None,
        height: None,
    }
}

fn pad(image: weft_node::value::Image) -> Pad {
    Pad {
        image,
        top: 0,
        right: 0,
        bottom: 0,
        left: 0,
        fill: PadFill::Color,
        color: color(0.0, 0.0, 0.0, 1.0),
    }
}

#[test]
fn sizes_follow_width_height_scale_and_fit() {
    let device = Device::flex();
    let image = || picture(&device, [1, 3, 20, 40]);
    let size = |node: Resize| {
        let [.., height, width] = run(node, &device).unwrap().dims();
        (width, height)
    };
    let boxed = |fit| Resize {
        width: Some(30),
        height: Some(30),
        fit,
        ..resize(image())
    };
    assert_eq!(size(boxed(ResizeFit::Stretch)), (30, 30));
    assert_eq!(size(boxed(ResizeFit::Contain)), (30, 15));
    assert_eq!(size(boxed(ResizeFit::Cover)), (30, 30));
    assert_eq!(
        size(Resize {
            width: Some(10),
            ..resize(image())
        }),
        (10, 5)
    );
    assert_eq!(
        size(Resize {
            height: Some(10),
            ..resize(image())
        }),
        (20, 10)
    );
    assert_eq!(
        size(Resize {
            scale: 1.5,
            ..resize(image())
        }),
        (60, 30)
    );
    assert_eq!(
        size(Resize {
            scale: 0.001,
            ..resize(image())
        }),
        (1, 1)
    );
}

#[test]
fn covering_cuts_off_both_sides_alike() {
    for_each_device(|device| {
        let image = picture(device, [1, 1, 4, 10]);
        let cover = Resize {
            width: Some(4),
            height: Some(4),
            fit: ResizeFit::Cover,
            ..resize(image.clone())
        };
        let middle = image.pixels().narrow(3, 3, 4);
        assert_close(&run(cover, device).unwrap().pixels(), &middle, 0.0);
    });
}

#[test]
fn a_size_of_its_own_changes_nothing() {
    for_each_device(|device| {
        let image = picture(device, [2, 4, 5, 6]);
        assert_close(
            &run(resize(image.clone()), device).unwrap().pixels(),
            &image.pixels(),
            0.0,
        );
        assert_close(
            &run(crop(image.clone()), device).unwrap().pixels(),
            &image.pixels(),
            0.0,
        );
        assert_close(
            &run(pad(image.clone()), device).unwrap().pixels(),
            &image.pixels(),
            0.0,
        );
    });
}

#[test]
fn encoded_values_are_averaged_unless_light_is_wanted() {
    for_each_device(|device| {
        let stripes = weft_node::value::Image::new(
            picture(device, [1, 1, 2, 2])
                .pixels()
                .greater_elem(0.3)
                .float(),
        );
        let half = |image: &weft_node::value::Image, linear| {
            let node = Resize {
                width: Some(1),
                height: Some(1),
                filter: ResizeFilter::Area,
                linear,
                ..resize(image.clone())
            };
            run(node, device).unwrap()
        };
        let encoded = values(&half(&stripes, false))[0];
        let light = values(&half(&stripes, true))[0];
        assert!((encoded - 0.5).abs() < 1e-6, "{encoded}");
        assert!((light - 0.735_36).abs() < 1e-4, "{light}");
        // How the picture is held does not matter, and stays.
        for is_linear in [false, true] {
            let held = half(&linear(&stripes), is_linear);
            assert_eq!(held.space(), ColorSpace::Linear);
            assert_close(
                &held.pixels(),
                &linear(&half(&stripes, is_linear)).pixels(),
                1e-5,
            );
        }
    });
}

#[test]
fn what_would_not_fit_into_memory_is_refused() {
    let device = Device::flex();
    let image = || picture(&device, [2, 3, 3, 3]);
    let huge = Resize {
        width: Some(100_000),
        height: Some(100_000),
        ..resize(image())
    };
    assert!(matches!(
        run(huge, &device),
        Err(Error::Memory {
            bytes: 320_000_000_000,
            ..
        })
    ));
    // One picture of this size is allowed, and the batch has two.
    let large = Resize {
        width: Some(10_000),
        height: Some(10_000),
        ..resize(image())
    };
    assert!(matches!(run(large, &device), Err(Error::Memory { .. })));
    let wide = Pad {
        left: usize::MAX,
        ..pad(image())
    };
    assert!(matches!(run(wide, &device), Err(Error::Memory { .. })));
}

#[test]
fn a_crop_must_lie_inside() {
    let device = Device::flex();
    let image = || picture(&device, [1, 3, 4, 6]);
    let inside = Crop {
        left: 2,
        top: 1,
        width: Some(4),
        height: Some(3),
        ..crop(image())
    };
    let wanted = image().pixels().narrow(2, 1, 3).narrow(3, 2, 4);
    assert_close(&run(inside, &device).unwrap().pixels(), &wanted, 0.0);
    assert_eq!(
        refused(run(
            Crop {
                left: 3,
                width: Some(4),
                ..crop(image())
            },
            &device
        )),
        "left"
    );
    assert_eq!(
        refused(run(
            Crop {
                top: 4,
                ..crop(image())
            },
            &device
        )),
        "top"
    );
    assert_eq!(
        refused(run(
            Crop {
                top: usize::MAX,
                height: Some(1),
                ..crop(image())
            },
            &device
        )),
        "top"
    );
    assert_eq!(
        refused(run(
            Crop {
                height: Some(0),
                ..crop(image())
            },
            &device
        )),
        "top"
    );
}

#[test]
fn margins_have_their_color_whatever_the_picture() {
    for_each_device(|device| {
        let orange = color(1.0, 0.5, 0.0, 1.0);
        let padded = |image| {
            values(
                &run(
                    Pad {
                        right: 1,
                        color: orange,
                        ..pad(image)
                    },
                    device,
                )
                .unwrap(),
            )
        };
        assert_eq!(
            padded(plain(device, &[0.25], (1, 1))),
            [0.25, 1.0, 0.25, 0.5, 0.25, 0.0]
        );
        let clear = plain(device, &[0.1, 0.2, 0.3, 0.4], (1, 1));
        assert_eq!(padded(clear), [0.1, 1.0, 0.2, 0.5, 0.3, 0.0, 0.4, 1.0]);
        let node = Pad {
            right: 1,
            color: orange,
            ..pad(linear(&plain(device, &[0.5; 3], (1, 1))))
        };
        let light = values(&run(node, device).unwrap());
        assert!(
            (light[2] - 0.214_04).abs() < 1e-4 && (light[3] - 0.214_04).abs() < 1e-4,
            "{light:?}"
        );
    });
}

#[test]
fn four_quarters_are_a_whole_turn() {
    for_each_device(|device| {
        let image = picture(device, [2, 3, 4, 5]);
        for kind in [TurnKind::Right, TurnKind::Left] {
            let turned = (0..4).fold(image.clone(), |image, _| {
                run(Turn { image, kind }, device).unwrap()
            });
            assert_close(&turned.pixels(), &image.pixels(), 0.0);
        }
    });
}

#[test]
fn shapes_of_batches_change_picture_by_picture() {
    let device = Device::flex();
    assert_batches(|image| {
        run(
            Resize {
                width: Some(5),
                height: Some(11),
                ..resize(image)
            },
            &device,
        )
        .unwrap()
    });
    assert_batches(|image| {
        run(
            Crop {
                left: 2,
                ..crop(image)
            },
            &device,
        )
        .unwrap()
    });
    assert_batches(|image| {
        run(
            Pad {
                left: 2,
                color: color(0.1, 0.2, 0.3, 0.4),
                ..pad(image)
            },
            &device,
        )
        .unwrap()
    });
    assert_batches(|image| {
        run(
            Pad {
                top: 9,
                fill: PadFill::Mirror,
                ..pad(image)
            },
            &device,
        )
        .unwrap()
    });
    assert_batches(|image| {
        run(
            Turn {
                image,
                kind: TurnKind::Right,
            },
            &device,
        )
        .unwrap()
    });
}
