//! Following weak edges from strong ones.

use burn::tensor::Tensor;
use weft_testing::{for_each_device, numbers};

use super::{drawn, picture};
use crate::edge::hysteresis;

#[test]
fn weak_edges_stay_where_they_lead_to_a_strong_one() {
    for_each_device(|device| {
        let thinned = drawn(
            device,
            &["..5...5", ".5....5", "8...5..", ".4...5.", "3......"],
        );
        let wanted = drawn(
            device,
            &["..#....", ".#.....", "#......", ".#.....", "......."],
        );
        let edges = hysteresis(thinned, 0.35, 0.7).unwrap();
        assert_eq!(numbers(&edges), numbers(&wanted));
    });
}

#[test]
fn edges_are_followed_however_long_they_wind() {
    // Every other row is an edge, and they join at alternating ends.
    let snake = |y: usize, x: usize| match (y % 4, x) {
        (0 | 2, _) | (1, 255) | (3, 0) => 0.5,
        _ => 0.0,
    };
    for_each_device(|device| {
        let thinned = picture(device, 255, 256, snake);
        let strong = picture(device, 255, 256, |y, x| {
            f32::from(u8::from((y, x) == (254, 0)))
        });
        let none = hysteresis(thinned.clone(), 0.4, 0.9).unwrap();
        assert!(numbers(&none).into_iter().all(|edge| edge == 0.0));
        let all = hysteresis(thinned.clone().max_pair(strong), 0.4, 0.9).unwrap();
        let wanted = thinned.greater_scalar(0.0).float();
        assert_eq!(numbers(&all), numbers(&wanted));
    });
}

#[test]
fn nothing_comes_back_from_the_device_for_it() {
    for_each_device(|device| {
        let thinned = drawn(device, &["..5...5", "8...5.."]);
        let (edges, copies) = weft_tensor::counted(|| hysteresis(thinned, 0.35, 0.7));
        assert!(edges.is_ok() && copies.are_none(), "{copies:?}");
    });
}

#[test]
fn pictures_of_a_batch_do_not_touch() {
    for_each_device(|device| {
        let above = drawn(device, &["....", ".99."]);
        let below = drawn(device, &[".55.", "...."]);
        let edges = hysteresis(Tensor::cat(vec![above.clone(), below], 0), 0.4, 0.8).unwrap();
        let nothing = above.zeros_like();
        let wanted = Tensor::cat(vec![above.greater_scalar(0.0).float(), nothing], 0);
        assert_eq!(numbers(&edges), numbers(&wanted));
    });
}

#[test]
fn following_equals_dilating_until_nothing_changes() {
    let mut state = 1_u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32
    };
    for _ in 0..20 {
        let (height, width) = (11, 13);
        let pixels: Vec<f32> = (0..height * width).map(|_| random()).collect();
        let (low, high) = (0.6, 0.95);
        let mut wanted: Vec<bool> = pixels.iter().map(|pixel| *pixel >= high).collect();
        loop {
            let grown = dilated(&wanted, width, |i| pixels[i] >= low);
            if grown == wanted {
                break;
            }
            wanted = grown;
        }
        for_each_device(|device| {
            let thinned = picture(device, height, width, |y, x| pixels[y * width + x]);
            let edges = numbers(&hysteresis(thinned, low, high).unwrap());
            let edges: Vec<_> = edges.iter().map(|edge| *edge > 0.0).collect();
            assert_eq!(edges, wanted);
        });
    }
}

fn dilated(set: &[bool], width: usize, may: impl Fn(usize) -> bool) -> Vec<bool> {
    let is_near = |i: usize, j: usize| {
        (i / width).abs_diff(j / width) <= 1 && (i % width).abs_diff(j % width) <= 1
    };
    let joins = |i| may(i) && (0..set.len()).any(|j| set[j] && is_near(i, j));
    (0..set.len()).map(|i| set[i] || joins(i)).collect()
}
