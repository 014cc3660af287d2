//! Thinning and Canny on shapes whose edges are known.

use burn::tensor::Tensor;
use weft_testing::{for_each_device, numbers};

use super::{drawn, picture};
use crate::edge::{Gradient, canny, sobel, thin};

#[test]
fn a_blurred_step_is_thinned_to_its_middle_column() {
    for_each_device(|device| {
        let heights = [0.0, 0.0, 0.1, 0.3, 0.7, 1.0, 1.0];
        let ridge = numbers(&thin(&sobel(picture(device, 4, 7, |_, x| heights[x]))));
        for (i, strength) in ridge.into_iter().enumerate() {
            let is_inner = (1..3).contains(&(i / 7));
            // Differences over two columns: 0.1, 0.3, 0.6, 0.7, 0.3.
            assert_eq!(strength > 0.0, is_inner && i % 7 == 4, "{strength} at {i}");
        }
    });
}

#[test]
fn equal_neighbours_do_not_suppress_each_other() {
    for_each_device(|device| {
        let step = picture(device, 3, 6, |_, x| f32::from(u8::from(x > 2)));
        let ridge = numbers(&thin(&sobel(step)));
        let kept: Vec<_> = (0..18).filter(|i| ridge[*i] > 0.0).collect();
        assert_eq!(kept, [8, 9]);
    });
}

#[test]
fn neighbours_are_taken_along_the_gradient() {
    for_each_device(|device| {
        // Only the middle of 3×3 pixels can be kept, and one neighbour is stronger: whether a gradient
        // suppresses the middle tells whether it asks that neighbour.
        let directions = [
            (1.0, 0.0, (1, 2)),
            (0.0, 1.0, (2, 1)),
            (1.0, 1.0, (2, 2)),
            (1.0, -1.0, (0, 2)),
        ];
        for (across, down, (y, x)) in directions {
            for (neighbour, sign) in [((y, x), 1.0), ((2 - y, 2 - x), 1.0), ((y, x), -1.0)] {
                let strength = picture(
                    device,
                    3,
                    3,
                    |y, x| if (y, x) == neighbour { 2.0 } else { 1.0 },
                );
                let middle = |across: f32, down: f32| {
                    let [across, down] =
                        [across, down].map(|part| strength.clone() * (sign * part));
                    numbers(&thin(&Gradient { across, down }))[4]
                };
                assert_eq!(middle(across, down), 0.0, "{across} {down} {neighbour:?}");
                assert!(middle(-down, across) > 0.0, "{across} {down} {neighbour:?}");
            }
        }
    });
}

#[test]
fn the_edge_of_a_disc_is_a_closed_ring() {
    for_each_device(|device| {
        let from_middle = |y: usize, x: usize| (x as f32 - 31.0).hypot(y as f32 - 31.0);
        let disc = picture(device, 64, 64, |y, x| {
            (20.5 - from_middle(y, x)).clamp(0.0, 1.0)
        });
        let edges = numbers(&canny(disc, 1.4, 0.03, 0.06).unwrap());
        let mut is_met = [false; 72];
        for i in (0..edges.len()).filter(|i| edges[*i] > 0.0) {
            let (y, x) = (i / 64, i % 64);
            assert!(
                (from_middle(y, x) - 20.0).abs() < 1.5,
                "an edge at {x}, {y}"
            );
            let angle = (y as f32 - 31.0).atan2(x as f32 - 31.0).to_degrees() + 180.0;
            is_met[(angle / 5.0) as usize % 72] = true;
        }
        assert!(is_met.into_iter().all(|met| met), "{is_met:?}");
    });
}

#[test]
fn flat_and_tiny_pictures_have_no_edges() {
    for_each_device(|device| {
        for (height, width) in [(1, 1), (2, 9), (9, 2), (3, 3), (16, 16)] {
            let flat = Tensor::full([2, 1, height, width], 0.4, device);
            let edges = canny(flat, 1.4, 1e-5, 1e-5).unwrap();
            assert_eq!(edges.dims(), [2, 1, height, width]);
            assert!(
                numbers(&edges).into_iter().all(|edge| edge == 0.0),
                "{height} by {width}"
            );
        }
    });
}

#[test]
fn a_batch_has_the_edges_of_its_pictures() {
    for_each_device(|device| {
        let rows = [
            "..........",
            "..###.....",
            "..####....",
            "..###..##.",
            ".......##.",
            "..........",
        ];
        let shape = drawn(device, &rows);
        let batch = Tensor::cat(
            vec![shape.clone(), shape.clone().flip([3]), shape.clone() * 0.5],
            0,
        );
        let one_by_one = (0..3).flat_map(|i| {
            let one = batch.clone().narrow(0, i, 1);
            numbers(&canny(one, 0.7, 0.05, 0.1).unwrap())
        });
        let one_by_one: Vec<_> = one_by_one.collect();
        assert!(one_by_one.contains(&1.0));
        assert_eq!(numbers(&canny(batch, 0.7, 0.05, 0.1).unwrap()), one_by_one);
    });
}
