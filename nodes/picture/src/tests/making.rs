//! Nodes that make pictures of nothing.

use burn::tensor::Device;
use weft_node::{Error, value::Seed};
use weft_testing::{assert_close, for_each_device};

use super::{color, picture, run, values};
use crate::{Gradient, Noise, Solid, gradient::GradientShape, noise::NoiseKind};

fn solid() -> Solid {
    Solid {
        like: None,
        width: 2,
        height: 1,
        color: color(0.1, 0.2, 0.3, 1.0),
    }
}

fn gradient() -> Gradient {
    Gradient {
        like: None,
        width: 5,
        height: 3,
        from: color(0.0, 0.0, 0.0, 1.0),
        to: color(1.0, 1.0, 1.0, 1.0),
        shape: GradientShape::Linear,
        angle: 0.0,
    }
}

fn noise() -> Noise {
    Noise {
        like: None,
        width: 64,
        height: 48,
        seed: Seed(5),
        kind: NoiseKind::Uniform,
        color: false,
    }
}

#[test]
fn a_solid_has_alpha_only_where_it_is_needed() {
    for_each_device(|device| {
        assert_eq!(
            values(&run(solid(), device).unwrap()),
            [0.1, 0.1, 0.2, 0.2, 0.3, 0.3]
        );
        let clear = Solid {
            width: 1,
            color: color(0.1, 0.2, 0.3, 0.4),
            ..solid()
        };
        assert_eq!(values(&run(clear, device).unwrap()), [0.1, 0.2, 0.3, 0.4]);
    });
}

#[test]
fn what_is_made_may_be_as_large_as_a_picture() {
    let device = Device::flex();
    let like = || Some(picture(&device, [1, 1, 6, 4]));
    assert_eq!(
        run(
            Solid {
                like: like(),
                ..solid()
            },
            &device
        )
        .unwrap()
        .dims(),
        [1, 3, 6, 4]
    );
    assert_eq!(
        run(
            Gradient {
                like: like(),
                ..gradient()
            },
            &device
        )
        .unwrap()
        .dims(),
        [1, 3, 6, 4]
    );
    assert_eq!(
        run(
            Noise {
                like: like(),
                ..noise()
            },
            &device
        )
        .unwrap()
        .dims(),
        [1, 1, 6, 4]
    );
}

#[test]
fn what_would_not_fit_into_memory_is_refused() {
    let device = Device::flex();
    let (width, height) = (100_000, 100_000);
    assert!(matches!(
        run(
            Solid {
                width,
                height,
                ..solid()
            },
            &device
        ),
        Err(Error::Memory {
            bytes: 160_000_000_000,
            ..
        })
    ));
    assert!(matches!(
        run(
            Gradient {
                width,
                height,
                ..gradient()
            },
            &device
        ),
        Err(Error::Memory { .. })
    ));
    assert!(matches!(
        run(
            Noise {
                width,
                height,
                ..noise()
            },
            &device
        ),
        Err(Error::Memory { .. })
    ));
    assert!(matches!(
        run(
            Solid {
                width: usize::MAX,
                ..solid()
            },
            &device
        ),
        Ok(_) | Err(Error::Memory { .. })
    ));
    let empty = run(
        Solid {
            width: 0,
            ..solid()
        },
        &device,
    )
    .unwrap_err();
    assert!(
        empty.to_string().contains("0 x 1 pixels is empty"),
        "{empty}"
    );
}

#[test]
fn a_gradient_runs_where_its_angle_points() {
    for_each_device(|device| {
        let right = run(gradient(), device).unwrap();
        let row = &values(&right)[..5];
        assert!(
            row.iter()
                .zip([0.1, 0.3, 0.5, 0.7, 0.9])
                .all(|(is, should)| (is - should).abs() < 1e-6),
            "{row:?}"
        );
        let left = run(
            Gradient {
                angle: 180.0,
                ..gradient()
            },
            device,
        )
        .unwrap();
        assert_close(&left.pixels(), &right.pixels().flip([3]), 1e-6);
        let round = run(
            Gradient {
                shape: GradientShape::Radial,
                ..gradient()
            },
            device,
        )
        .unwrap();
        assert_eq!(values(&round)[7], 0.0);
    });
}

#[test]
fn noise_is_the_same_on_every_device_and_another_for_every_seed() {
    let reference = values(&run(noise(), &Device::flex()).unwrap());
    for_each_device(|device| {
        assert_eq!(values(&run(noise(), device).unwrap()), reference);
        assert_ne!(
            values(
                &run(
                    Noise {
                        seed: Seed(6),
                        ..noise()
                    },
                    device
                )
                .unwrap()
            ),
            reference
        );
        let bell = values(
            &run(
                Noise {
                    kind: NoiseKind::Gaussian,
                    ..noise()
                },
                device,
            )
            .unwrap(),
        );
        let mean = bell.iter().sum::<f32>() / bell.len() as f32;
        let spread =
            bell.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / bell.len() as f32;
        assert!(
            (mean - 0.5).abs() < 0.01 && (spread.sqrt() - 1.0 / 6.0).abs() < 0.01,
            "{mean} {spread}"
        );
        assert!(bell.iter().all(|value| (0.0..=1.0).contains(value)));
        let colors = run(
            Noise {
                color: true,
                ..noise()
            },
            device,
        )
        .unwrap()
        .pixels();
        assert!(
            weft_testing::max_error(&colors.clone().narrow(1, 0, 1), &colors.narrow(1, 1, 1)) > 0.5
        );
    });
}
