//! Times of the element-wise work and the norms, on the shapes of issue 3's table.

use divan::Bencher;
use weft_kernels::{
    AdamW, AdamWState, Affine, GroupNormShape, LayerNormShape, NormGrads, Normed, Stats,
    adamw_step, geglu, geglu_grad, gelu, group_norm_silu, group_norm_silu_grad, layer_norm,
    layer_norm_grad, silu, sum_of_squares, upsample_nearest2,
};

const MAPS: GroupNormShape = GroupNormShape {
    batch: 1,
    channels: 320,
    pixels: 64 * 64,
    groups: 32,
    epsilon: 1e-5,
    silu: true,
};
const ROWS: LayerNormShape = LayerNormShape {
    rows: 4096,
    columns: 320,
    epsilon: 1e-5,
};
const NUMBERS: usize = 320 * 64 * 64;

fn main() {
    divan::main();
}

/// Numbers between -2 and 2 that repeat in no short period.
fn numbers(count: usize) -> Vec<f32> {
    (0..count)
        .map(|i| (i as f32 * 0.618_034).fract() * 4.0 - 2.0)
        .collect()
}

#[divan::bench]
fn group_norm_silu_1x320x64x64(bencher: Bencher) {
    let (x, gamma, mut out) = (numbers(NUMBERS), numbers(320), numbers(NUMBERS));
    let affine = Affine {
        gamma: Some(&gamma),
        beta: Some(&gamma),
    };
    bencher.bench_local(|| group_norm_silu(&x, affine, &MAPS, &mut out, None));
}

#[divan::bench]
fn group_norm_silu_grad_1x320x64x64(bencher: Bencher) {
    let (x, gamma, mut out) = (numbers(NUMBERS), numbers(320), numbers(NUMBERS));
    let affine = Affine {
        gamma: Some(&gamma),
        beta: Some(&gamma),
    };
    let (mut mean, mut rstd) = (vec![0.0; 32], vec![0.0; 32]);
    let stats = Stats {
        mean: &mut mean,
        rstd: &mut rstd,
    };
    group_norm_silu(&x, affine, &MAPS, &mut out, Some(stats)).expect("the shapes fit");
    let kept = Normed {
        x: &x,
        mean: &mean,
        rstd: &rstd,
    };
    let (mut dx, mut dgamma, mut dbeta) = (numbers(NUMBERS), numbers(320), numbers(320));
    bencher.bench_local(|| {
        let (dgamma, dbeta) = (Some(&mut dgamma[..]), Some(&mut dbeta[..]));
        group_norm_silu_grad(
            &out,
            kept,
            affine,
            &MAPS,
            NormGrads {
                dx: &mut dx,
                dgamma,
                dbeta,
            },
        )
    });
}

#[divan::bench]
fn layer_norm_4096x320(bencher: Bencher) {
    let (x, gamma, mut out) = (numbers(NUMBERS), numbers(320), numbers(NUMBERS));
    let affine = Affine {
        gamma: Some(&gamma),
        beta: Some(&gamma),
    };
    bencher.bench_local(|| layer_norm(&x, affine, &ROWS, &mut out, None));
}

#[divan::bench]
fn layer_norm_grad_4096x320(bencher: Bencher) {
    let (x, gamma) = (numbers(NUMBERS), numbers(320));
    let affine = Affine {
        gamma: Some(&gamma),
        beta: Some(&gamma),
    };
    let (mean, rstd) = (numbers(4096), numbers(4096));
    let kept = Normed {
        x: &x,
        mean: &mean,
        rstd: &rstd,
    };
    let (mut dx, mut dgamma, mut dbeta) = (numbers(NUMBERS), numbers(320), numbers(320));
    bencher.bench_local(|| {
        let (dgamma, dbeta) = (Some(&mut dgamma[..]), Some(&mut dbeta[..]));
        layer_norm_grad(
            &x,
            kept,
            affine,
            &ROWS,
            NormGrads {
                dx: &mut dx,
                dgamma,
                dbeta,
            },
        )
    });
}

#[divan::bench]
fn geglu_4096x2560(bencher: Bencher) {
    let (x, mut out) = (numbers(4096 * 2560), numbers(4096 * 1280));
    bencher.bench_local(|| geglu(&x, 1280, &mut out));
}

#[divan::bench]
fn geglu_grad_4096x2560(bencher: Bencher) {
    let (x, grad) = (numbers(4096 * 2560), numbers(4096 * 1280));
    let mut dx = numbers(4096 * 2560);
    bencher.bench_local(|| geglu_grad(&grad, &x, 1280, &mut dx));
}

#[divan::bench]
fn silu_1x320x64x64(bencher: Bencher) {
    let (x, mut out) = (numbers(NUMBERS), numbers(NUMBERS));
    bencher.bench_local(|| silu(&x, &mut out));
}

#[divan::bench]
fn gelu_1x320x64x64(bencher: Bencher) {
    let (x, mut out) = (numbers(NUMBERS), numbers(NUMBERS));
    bencher.bench_local(|| gelu(&x, &mut out));
}

#[divan::bench]
fn upsample_nearest2_1x320x64x64(bencher: Bencher) {
    let (x, mut out) = (numbers(NUMBERS), numbers(4 * NUMBERS));
    bencher.bench_local(|| upsample_nearest2(&x, [64, 64], &mut out));
}

#[divan::bench]
fn adamw_step_10m(bencher: Bencher) {
    const COUNT: usize = 10_000_000;
    let (mut parameters, gradients) = (numbers(COUNT), numbers(COUNT));
    let (mut m, mut v) = (vec![0.0; COUNT], vec![0.0; COUNT]);
    let rule = AdamW {
        rate: 1e-4,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weight_decay: 0.01,
        step: 1,
    };
    bencher.bench_local(|| {
        let state = AdamWState {
            m: &mut m,
            v: &mut v,
        };
        adamw_step(&mut parameters, &gradients, state, &rule, 1.0)
    });
}

#[divan::bench]
fn sum_of_squares_10m(bencher: Bencher) {
    let x = numbers(10_000_000);
    bencher.bench_local(|| sum_of_squares(&x));
}
