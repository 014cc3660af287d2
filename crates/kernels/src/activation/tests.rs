//! Activations against f64, on every path.

use super::{
    geglu, geglu_grad, gelu, gelu_grad, gelu_in_place, gelu_tanh, gelu_tanh_grad,
    gelu_tanh_in_place, silu, silu_grad, silu_in_place,
};
use crate::error::ShapeError;
use crate::vector::tests::{on_every_isa, reference};

type Forward = fn(&[f32], &mut [f32]) -> Result<(), ShapeError>;
type Backward = fn(&[f32], &[f32], &mut [f32]) -> Result<(), ShapeError>;
type Case = (fn(f64) -> f64, Forward, fn(&mut [f32]), Backward);

const CASES: [Case; 3] = [
    (reference::silu, silu, silu_in_place, silu_grad),
    (reference::gelu, gelu, gelu_in_place, gelu_grad),
    (
        reference::gelu_tanh,
        gelu_tanh,
        gelu_tanh_in_place,
        gelu_tanh_grad,
    ),
];

/// Counts around the widths of the vectors, and one that is cut for the threads.
const COUNTS: [usize; 8] = [0, 1, 3, 7, 17, 31, 1000, 70_001];

/// Numbers from -12 to 12.
fn inputs(count: usize) -> Vec<f32> {
    (0..count)
        .map(|i| (i as f32 * 0.618_034).fract() * 24.0 - 12.0)
        .collect()
}

#[test]
fn activations_are_those_of_f64() {
    on_every_isa(|isa| {
        for (exact, forward, in_place, _) in CASES {
            for count in COUNTS {
                let x = inputs(count);
                let mut y = vec![f32::NAN; count];
                forward(&x, &mut y).unwrap();
                let mut z = x.clone();
                in_place(&mut z);
                assert_eq!(y, z, "{isa:?}: in place is the same");
                for (&x, &y) in x.iter().zip(&y) {
                    let wanted = exact(f64::from(x));
                    let error = (f64::from(y) - wanted).abs();
                    assert!(
                        error <= 3e-7 * f64::from(x.abs()),
                        "{isa:?} {x}: {y}, not {wanted}"
                    );
                }
            }
        }
    });
}

#[test]
fn slopes_are_the_differences_of_f64() {
    on_every_isa(|isa| {
        for (exact, _, _, backward) in CASES {
            let x = inputs(1000);
            let mut dx = vec![f32::NAN; x.len()];
            backward(&vec![2.0; x.len()], &x, &mut dx).unwrap();
            for (&x, &dx) in x.iter().zip(&dx) {
                let wanted = 2.0 * reference::difference(exact, f64::from(x));
                assert!(
                    (f64::from(dx) - wanted).abs() < 3e-6,
                    "{isa:?} {x}: {dx}, not {wanted}"
                );
            }
        }
    });
}

#[test]
fn extremes_give_numbers() {
    let x = [
        1e30,
        -1e30,
        100.0,
        -100.0,
        40.0,
        -40.0,
        0.0,
        -0.0,
        1e-30,
        f32::MAX,
        f32::MIN,
    ];
    on_every_isa(|isa| {
        for (exact, forward, _, backward) in CASES {
            let (mut y, mut dx) = ([f32::NAN; 11], [f32::NAN; 11]);
            forward(&x, &mut y).unwrap();
            backward(&[1.0; 11], &x, &mut dx).unwrap();
            for ((&x, &y), &dx) in x.iter().zip(&y).zip(&dx) {
                let wanted = exact(f64::from(x));
                let error = (f64::from(y) - wanted).abs();
                assert!(
                    error <= 1e-7 + wanted.abs() * 1e-6,
                    "{isa:?} {x}: {y}, not {wanted}"
                );
                let slope = if x.abs() < 1.0 {
                    0.5
                } else {
                    f32::from(x > 0.0)
                };
                assert!((dx - slope).abs() < 1e-6, "{isa:?} {x}: {dx}, not {slope}");
            }
        }
    });
}

#[test]
fn nan_stays_nan() {
    on_every_isa(|isa| {
        for (_, forward, _, _) in CASES {
            let mut y = [0.0; 3];
            forward(&[1.0, f32::NAN, 2.0], &mut y).unwrap();
            assert_eq!(y.map(f32::is_nan), [false, true, false], "{isa:?}");
        }
    });
}

#[test]
fn geglu_gates_the_first_half_by_the_second() {
    on_every_isa(|isa| {
        for (rows, half) in [(1, 1), (3, 5), (7, 17), (2, 64), (41, 333)] {
            let x = inputs(rows * 2 * half);
            let mut y = vec![f32::NAN; rows * half];
            geglu(&x, half, &mut y).unwrap();
            for (i, &y) in y.iter().enumerate() {
                let at = i / half * 2 * half + i % half;
                let (value, gate) = (f64::from(x[at]), f64::from(x[at + half]));
                let wanted = value * reference::gelu(gate);
                let bound = 1e-6 * (value * gate).abs();
                assert!(
                    (f64::from(y) - wanted).abs() <= bound,
                    "{isa:?} {y}, not {wanted}"
                );
            }
        }
    });
}

#[test]
fn geglu_gradients_are_the_differences_of_f64() {
    on_every_isa(|isa| {
        for (rows, half) in [(1, 1), (3, 5), (7, 17), (41, 333)] {
            let x = inputs(rows * 2 * half);
            let mut dx = vec![f32::NAN; x.len()];
            geglu_grad(&vec![0.5; rows * half], &x, half, &mut dx).unwrap();
            for i in 0..rows * half {
                let at = i / half * 2 * half + i % half;
                let (value, gate) = (f64::from(x[at]), f64::from(x[at + half]));
                let wanted = 0.5 * reference::gelu(gate);
                assert!((f64::from(dx[at]) - wanted).abs() < 1e-5, "{isa:?} values");
                let wanted = 0.5 * value * reference::difference(reference::gelu, gate);
                assert!(
                    (f64::from(dx[at + half]) - wanted).abs() < 1e-5,
                    "{isa:?} gates"
                );
            }
        }
    });
}

#[test]
fn lengths_that_differ_are_refused() {
    let error = silu(&[0.0; 3], &mut [0.0; 4]).unwrap_err();
    assert_eq!(
        (error.operation, error.wanted, error.found),
        ("silu", vec![3], vec![4])
    );
    assert!(gelu_grad(&[0.0; 2], &[0.0; 3], &mut [0.0; 3]).is_err());
    assert!(geglu(&[0.0; 7], 2, &mut [0.0; 2]).is_err());
    assert!(geglu(&[0.0; 8], 2, &mut [0.0; 3]).is_err());
    assert!(geglu(&[0.0; 8], 0, &mut []).is_err());
    assert!(geglu_grad(&[0.0; 4], &[0.0; 8], 2, &mut [0.0; 7]).is_err());
}
