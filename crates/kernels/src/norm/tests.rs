//! Norms against f64, on every path: the definition for values, differences for gradients.

use super::{
    Affine, GroupNormShape, LayerNormShape, NormGrads, Normed, Stats, group_norm_silu,
    group_norm_silu_grad, group_norm_silu_in_place, layer_norm, layer_norm_grad,
};
use crate::vector::tests::{noise, on_every_isa, reference};

/// Batch, channels, pixels, groups: odd sizes, one pixel, and one that is cut for the threads.
const SHAPES: [[usize; 4]; 9] = [
    [1, 1, 1, 1],
    [2, 3, 1, 3],
    [1, 5, 1, 1],
    [2, 3, 7 * 13, 1],
    [1, 5, 7 * 13, 5],
    [3, 17, 7 * 13, 17],
    [1, 17, 64, 1],
    [2, 12, 35, 4],
    [2, 8, 67 * 67, 4],
];

fn shape([batch, channels, pixels, groups]: [usize; 4], silu: bool) -> GroupNormShape {
    GroupNormShape {
        batch,
        channels,
        pixels,
        groups,
        epsilon: 1e-5,
        silu,
    }
}

/// The definition, in f64: rows of `size` numbers, `channel(i)` of each number.
fn exact(
    x: &[f64],
    size: usize,
    affine: (&[f64], &[f64]),
    channel: impl Fn(usize) -> usize,
    silu: bool,
) -> Vec<f64> {
    let mut out = Vec::with_capacity(x.len());
    for row in x.chunks(size) {
        let mean = row.iter().sum::<f64>() / size as f64;
        let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / size as f64;
        for x in row {
            let at = channel(out.len());
            let y =
                (x - mean) / (variance + f64::from(1e-5f32)).sqrt() * affine.0[at] + affine.1[at];
            out.push(if silu { reference::silu(y) } else { y });
        }
    }
    out
}

fn wide(x: &[f32]) -> Vec<f64> {
    x.iter().map(|&x| f64::from(x)).collect()
}

fn near(found: &[f32], wanted: &[f64], bound: f64, what: &str) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (i, (&found, wanted)) in found.iter().zip(wanted).enumerate() {
        assert!(found.is_finite(), "{what} at {i}: {found}");
        if wanted.is_nan() {
            continue; // `differences` left it out
        }
        let off = (f64::from(found) - wanted).abs();
        assert!(
            off <= bound * wanted.abs().max(1.0),
            "{what} at {i}: {found}, not {wanted}"
        );
    }
}

#[test]
fn groups_are_normalised_as_in_f64() {
    on_every_isa(|isa| {
        for sizes in SHAPES {
            for (mean, silu) in [(0.0, true), (1e3, true), (1e3, false)] {
                let shape = shape(sizes, silu);
                let [batch, channels, pixels, groups] = sizes;
                let count = batch * channels * pixels;
                let x: Vec<f32> = noise(count, 1).iter().map(|x| mean + 1.7 * x).collect();
                let (gamma, beta) = (noise(channels, 2), noise(channels, 3));
                let wanted = exact(
                    &wide(&x),
                    channels / groups * pixels,
                    (&wide(&gamma), &wide(&beta)),
                    |i| i / pixels % channels,
                    silu,
                );
                let affine = Affine {
                    gamma: Some(&gamma),
                    beta: Some(&beta),
                };
                let mut out = vec![f32::NAN; count];
                group_norm_silu(&x, affine, &shape, &mut out, None).unwrap();
                near(
                    &out,
                    &wanted,
                    2e-6,
                    &format!("{isa:?} {sizes:?} mean {mean}"),
                );
                let mut over = x.clone();
                group_norm_silu_in_place(&mut over, affine, &shape).unwrap();
                assert_eq!(over, out, "{isa:?} {sizes:?}: in place is the same");
            }
        }
    });
}

#[test]
fn gradients_of_groups_are_the_differences_of_f64() {
    on_every_isa(|isa| {
        for sizes in &SHAPES[..8] {
            for silu in [true, false] {
                let what = format!("{isa:?} {sizes:?} silu {silu}");
                let &[batch, channels, pixels, groups] = sizes;
                let (shape, count) = (shape(*sizes, silu), batch * channels * pixels);
                let (x, grad) = (noise(count, 1), noise(count, 4));
                let (gamma, beta) = (noise(channels, 2), noise(channels, 3));
                let affine = Affine {
                    gamma: Some(&gamma),
                    beta: Some(&beta),
                };
                let mut out = vec![0.0; count];
                let (mut mean, mut rstd) = (vec![0.0; batch * groups], vec![0.0; batch * groups]);
                let stats = Stats {
                    mean: &mut mean,
                    rstd: &mut rstd,
                };
                group_norm_silu(&x, affine, &shape, &mut out, Some(stats)).unwrap();
                let mut dx = vec![f32::NAN; count];
                let (mut dgamma, mut dbeta) = (vec![f32::NAN; channels], vec![f32::NAN; channels]);
                let kept = Normed {
                    x: &x,
                    mean: &mean,
                    rstd: &rstd,
                };
                let grads = NormGrads {
                    dx: &mut dx,
                    dgamma: Some(&mut dgamma),
                    dbeta: Some(&mut dbeta),
                };
                group_norm_silu_grad(&grad, kept, affine, &shape, grads).unwrap();
                let loss = |[x, gamma, beta]: &[Vec<f64>; 3]| {
                    let size = channels / groups * pixels;
                    let y = exact(x, size, (gamma, beta), |i| i / pixels % channels, silu);
                    y.iter().zip(&grad).map(|(y, &g)| y * f64::from(g)).sum()
                };
                let wanted = differences([wide(&x), wide(&gamma), wide(&beta)], loss);
                near(&dx, &wanted[0], 2e-5, &format!("{what} dx"));
                near(&dgamma, &wanted[1], 1e-5, &format!("{what} dgamma"));
                near(&dbeta, &wanted[2], 1e-5, &format!("{what} dbeta"));
            }
        }
    });
}

/// The gradient of a loss at each of its arguments.
fn differences(at: [Vec<f64>; 3], loss: impl Fn(&[Vec<f64>; 3]) -> f64) -> [Vec<f64>; 3] {
    std::array::from_fn(|part| {
        // A group of one number is constant but for epsilon: a step far below its root.
        let step = |i: usize| {
            let mut moved = at.clone();
            let mut by = |h: f64| {
                moved[part][i] = at[part][i] + h;
                loss(&moved)
            };
            let h = 1e-4;
            (8.0 * (by(h) - by(-h)) - (by(2.0 * h) - by(-2.0 * h))) / (12.0 * h)
        };
        // Each thirteenth of a long argument is enough.
        let each = if at[part].len() > 400 { 13 } else { 1 };
        let mut all = vec![f64::NAN; at[part].len()];
        (0..all.len()).step_by(each).for_each(|i| all[i] = step(i));
        all
    })
}

#[test]
fn rows_are_normalised_as_in_f64() {
    on_every_isa(|isa| {
        for [rows, columns] in [[1, 1], [3, 5], [2, 17], [7, 320], [100, 333]] {
            for mean in [0.0, 1e3] {
                let x: Vec<f32> = noise(rows * columns, 1)
                    .iter()
                    .map(|x| mean + 1.7 * x)
                    .collect();
                let (gamma, beta) = (noise(columns, 2), noise(columns, 3));
                let affine = (&wide(&gamma)[..], &wide(&beta)[..]);
                let wanted = exact(&wide(&x), columns, affine, |i| i % columns, false);
                let affine = Affine {
                    gamma: Some(&gamma),
                    beta: Some(&beta),
                };
                let shape = LayerNormShape {
                    rows,
                    columns,
                    epsilon: 1e-5,
                };
                let mut out = vec![f32::NAN; x.len()];
                layer_norm(&x, affine, &shape, &mut out, None).unwrap();
                near(
                    &out,
                    &wanted,
                    2e-6,
                    &format!("{isa:?} {rows} x {columns} mean {mean}"),
                );
            }
        }
    });
}

#[test]
fn gradients_of_rows_are_the_differences_of_f64() {
    on_every_isa(|isa| {
        for [rows, columns] in [[1, 1], [3, 5], [2, 17], [37, 19]] {
            let what = format!("{isa:?} {rows} x {columns}");
            let count = rows * columns;
            let (x, grad) = (noise(count, 1), noise(count, 4));
            let (gamma, beta) = (noise(columns, 2), noise(columns, 3));
            let affine = Affine {
                gamma: Some(&gamma),
                beta: Some(&beta),
            };
            let shape = LayerNormShape {
                rows,
                columns,
                epsilon: 1e-5,
            };
            let mut out = vec![0.0; count];
            let (mut mean, mut rstd) = (vec![0.0; rows], vec![0.0; rows]);
            let stats = Stats {
                mean: &mut mean,
                rstd: &mut rstd,
            };
            layer_norm(&x, affine, &shape, &mut out, Some(stats)).unwrap();
            let mut dx = vec![f32::NAN; count];
            let (mut dgamma, mut dbeta) = (vec![f32::NAN; columns], vec![f32::NAN; columns]);
            let kept = Normed {
                x: &x,
                mean: &mean,
                rstd: &rstd,
            };
            let grads = NormGrads {
                dx: &mut dx,
                dgamma: Some(&mut dgamma),
                dbeta: Some(&mut dbeta),
            };
            layer_norm_grad(&grad, kept, affine, &shape, grads).unwrap();
            let loss = |[x, gamma, beta]: &[Vec<f64>; 3]| {
                let y = exact(x, columns, (gamma, beta), |i| i % columns, false);
                y.iter().zip(&grad).map(|(y, &g)| y * f64::from(g)).sum()
            };
            let wanted = differences([wide(&x), wide(&gamma), wide(&beta)], loss);
            near(&dx, &wanted[0], 2e-5, &format!("{what} dx"));
            near(&dgamma, &wanted[1], 1e-5, &format!("{what} dgamma"));
            near(&dbeta, &wanted[2], 1e-5, &format!("{what} dbeta"));
        }
    });
}

#[test]
fn constant_input_gives_the_terms() {
    on_every_isa(|isa| {
        for value in [0.0, 1e-30, 1e30, -1e30] {
            let x = vec![value; 2 * 6 * 91];
            let (mut y, mut z) = (vec![f32::NAN; x.len()], vec![f32::NAN; x.len()]);
            let beta = [3.0; 6];
            let affine = Affine {
                gamma: None,
                beta: Some(&beta),
            };
            group_norm_silu(&x, affine, &shape([2, 6, 91, 2], false), &mut y, None).unwrap();
            let rows = LayerNormShape {
                rows: 2 * 91,
                columns: 6,
                epsilon: 1e-5,
            };
            layer_norm(&x, affine, &rows, &mut z, None).unwrap();
            for y in y.iter().chain(&z) {
                assert!((y - 3.0).abs() < 1e-4, "{isa:?} {value}: {y}");
            }
        }
    });
}

#[test]
fn huge_numbers_give_no_nan() {
    on_every_isa(|isa| {
        let x: Vec<f32> = noise(6 * 91, 1).iter().map(|x| x * 1e30).collect();
        let mut y = vec![f32::NAN; x.len()];
        group_norm_silu(
            &x,
            Affine::default(),
            &shape([1, 6, 91, 2], true),
            &mut y,
            None,
        )
        .unwrap();
        assert!(y.iter().all(|y| y.is_finite()), "{isa:?}");
    });
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let shape = shape([2, 8, 67 * 67, 4], true);
    let x = noise(2 * 8 * 67 * 67, 1);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let (mut mean, mut rstd) = (vec![0.0; 8], vec![0.0; 8]);
        let (mut y, mut dx) = (x.clone(), x.clone());
        let (mut dgamma, mut dbeta) = (vec![0.0; 8], vec![0.0; 8]);
        pool.install(|| {
            let stats = Stats {
                mean: &mut mean,
                rstd: &mut rstd,
            };
            group_norm_silu(&x, Affine::default(), &shape, &mut y, Some(stats)).unwrap();
            let kept = Normed {
                x: &x,
                mean: &mean,
                rstd: &rstd,
            };
            let grads = NormGrads {
                dx: &mut dx,
                dgamma: Some(&mut dgamma),
                dbeta: Some(&mut dbeta),
            };
            group_norm_silu_grad(&y, kept, Affine::default(), &shape, grads).unwrap();
        });
        [y, dx, dgamma, dbeta]
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let affine = Affine::default();
    let (x, mut y) = (vec![0.0; 2 * 6 * 4], vec![0.0; 2 * 6 * 4]);
    let good = shape([2, 6, 4, 3], true);
    let error = group_norm_silu(&x[1..], affine, &good, &mut y, None).unwrap_err();
    assert_eq!(
        (error.what, error.wanted, error.found),
        ("x", vec![2, 6, 4], vec![47])
    );
    assert!(group_norm_silu(&x, affine, &good, &mut y[1..], None).is_err());
    for groups in [0, 4, 7] {
        assert!(
            group_norm_silu(&x, affine, &GroupNormShape { groups, ..good }, &mut y, None).is_err()
        );
    }
    let short = Affine {
        gamma: Some(&x[..5]),
        beta: None,
    };
    assert_eq!(
        group_norm_silu(&x, short, &good, &mut y, None)
            .unwrap_err()
            .what,
        "gamma"
    );
    let kept = Normed {
        x: &x,
        mean: &x[..6],
        rstd: &x[..5],
    };
    let grads = NormGrads {
        dx: &mut y,
        dgamma: None,
        dbeta: None,
    };
    assert_eq!(
        group_norm_silu_grad(&x, kept, affine, &good, grads)
            .unwrap_err()
            .what,
        "rstd"
    );
    let rows = LayerNormShape {
        rows: 5,
        columns: 9,
        epsilon: 1e-5,
    };
    assert!(layer_norm(&x, affine, &rows, &mut y, None).is_err());
    let vast = LayerNormShape {
        rows: usize::MAX,
        columns: 2,
        epsilon: 1e-5,
    };
    assert!(layer_norm(&x, affine, &vast, &mut y, None).is_err());
}
