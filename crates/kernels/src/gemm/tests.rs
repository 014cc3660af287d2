//! Products by every kernel of this machine against sums in f64.

use proptest::prelude::*;

use super::*;
use crate::Isa;

/// Numbers in -1..1 that follow from a seed.
pub(crate) fn noise(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as f32 / u32::MAX as f32 * 2.0 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// Every kernel that this machine can run, with the error that it may make.
pub(crate) fn kernels() -> Vec<(&'static Kernel, f64)> {
    let mut all = Vec::new();
    for isa in Isa::all(Precision::F32) {
        all.push((Kernel::of(isa, Precision::F32), 1e-5));
        all.push((Kernel::of(isa, Precision::Bf16), 1e-2));
    }
    for isa in Isa::all(Precision::Bf16) {
        all.push((Kernel::of(isa, Precision::Bf16), 1e-2));
        #[cfg(target_arch = "x86_64")]
        if isa == Isa::Avx512Bf16 {
            all.push((&IMITATED, 1e-2));
        }
    }
    all
}

/// The sizes of the matrix tiles in plain arithmetic, so that what is around them is tested on machines
/// that have none.
#[cfg(target_arch = "x86_64")]
static IMITATED: Kernel = Kernel {
    run: imitated,
    begin: || (),
    end: || (),
    ..kernel::AMX
};

/// What `amx::run` computes.
///
/// # Safety
/// As [`Kernel::run`] asks; 32 rows may be read.
#[cfg(target_arch = "x86_64")]
unsafe fn imitated(tile: &Tile<'_>) {
    assert!(tile.depth.is_multiple_of(16) && tile.rows <= 32 && tile.columns <= 32);
    let halves = |word: u32| {
        [
            f32::from_bits(word << 16),
            f32::from_bits(word & 0xffff_0000),
        ]
    };
    let mut sums = vec![0f32; 32 * 32];
    for (i, sum) in sums.iter_mut().enumerate() {
        for word in 0..tile.depth {
            // SAFETY: by the contract of this function.
            let (a, b) = unsafe {
                (
                    *tile.a.add(i / 32 * PITCH + word),
                    *tile.b.add(word * 32 + i % 32),
                )
            };
            let ([a0, a1], [b0, b1]) = (halves(a), halves(b));
            *sum += a0 * b0 + a1 * b1;
        }
    }
    // SAFETY: by the contract of this function.
    unsafe { portable::finish(tile, &sums, 32) };
}

/// The norm of the difference over the norm of what is right.
pub(crate) fn distance(found: &[f32], right: &[f64]) -> f64 {
    assert_eq!(found.len(), right.len());
    let pairs = found.iter().zip(right);
    let wrong: f64 = pairs.map(|(f, r)| (f64::from(*f) - r).powi(2)).sum();
    let size: f64 = right.iter().map(|r| r * r).sum();
    (wrong / size.max(f64::MIN_POSITIVE)).sqrt()
}

fn product(lhs: Matrix<'_>, rhs: Matrix<'_>) -> Vec<f64> {
    let at = |m: &Matrix<'_>, r: usize, c: usize| {
        f64::from(m.data[r * m.row_stride + c * m.column_stride])
    };
    let mut out = Vec::new();
    for row in 0..lhs.rows {
        for column in 0..rhs.columns {
            let terms = (0..lhs.columns).map(|k| at(&lhs, row, k) * at(&rhs, k, column));
            out.push(terms.sum());
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn products_of_any_size_and_order_are_right(
        m in 1usize..70, k in 1usize..600, n in 1usize..90, turned in 0u32..4, seed: u32,
    ) {
        let (a, b) = (noise(m * k, seed), noise(k * n, seed ^ 7));
        let lhs = Matrix::either(&a, [m, k], turned & 1 > 0);
        let rhs = Matrix::either(&b, [k, n], turned & 2 > 0);
        let right = product(lhs, rhs);
        for (kernel, bound) in kernels() {
            let mut out = vec![f32::NAN; m * n];
            matmul_by(kernel, lhs, rhs, &mut out)?;
            prop_assert!(distance(&out, &right) < bound, "{:?}", kernel.words);
        }
    }
}

#[test]
fn large_products_are_right() {
    let [m, k, n] = [250, 1100, 520];
    let (a, b) = (noise(m * k, 1), noise(k * n, 2));
    let (lhs, rhs) = (Matrix::new(&a, m, k), Matrix::new(&b, k, n));
    let right = product(lhs, rhs);
    for (kernel, bound) in kernels() {
        let mut out = vec![f32::NAN; m * n];
        matmul_by(kernel, lhs, rhs, &mut out).unwrap();
        assert!(distance(&out, &right) < bound);
    }
}

#[test]
fn matrices_without_a_contiguous_axis_are_right() {
    let data = noise(2 * 3 * 5 * 7, 3);
    let lhs = Matrix {
        data: &data,
        rows: 5,
        columns: 7,
        row_stride: 21,
        column_stride: 3,
    };
    let other = noise(7 * 4, 4);
    let rhs = Matrix::new(&other, 7, 4);
    let right = product(lhs, rhs);
    for (kernel, bound) in kernels() {
        let mut out = vec![0.0; 20];
        matmul_by(kernel, lhs, rhs, &mut out).unwrap();
        assert!(distance(&out, &right) < bound);
    }
}

#[test]
fn linear_adds_its_bias_to_every_row() {
    let [rows, inputs, outputs] = [19, 300, 45];
    let (x, w) = (noise(rows * inputs, 5), noise(inputs * outputs, 6));
    let bias = noise(outputs, 7);
    let (x, w) = (
        Matrix::new(&x, rows, inputs),
        Matrix::new(&w, inputs, outputs),
    );
    let mut right = product(x, w);
    for row in right.chunks_mut(outputs) {
        for (value, bias) in row.iter_mut().zip(&bias) {
            *value += f64::from(*bias);
        }
    }
    for (kernel, bound) in kernels() {
        let weight = Packed::by(kernel, w).unwrap();
        let mut out = vec![f32::NAN; rows * outputs];
        linear(x, &weight, Some(&bias), &mut out).unwrap();
        assert!(distance(&out, &right) < bound);
    }
}

#[test]
fn gradients_of_linear_are_its_adjoints() {
    let [rows, inputs, outputs] = [23, 37, 29];
    let (x, w) = (noise(rows * inputs, 8), noise(inputs * outputs, 9));
    let grad = noise(rows * outputs, 10);
    let (x, w) = (
        Matrix::new(&x, rows, inputs),
        Matrix::new(&w, inputs, outputs),
    );
    let grad = Matrix::new(&grad, rows, outputs);
    for (precision, bound) in [(Precision::F32, 1e-5), (Precision::Bf16, 1e-2)] {
        let mut dx = vec![0.0; rows * inputs];
        linear_input_grad(grad, w, precision, &mut dx).unwrap();
        assert!(distance(&dx, &product(grad, w.transposed())) < bound);
        let mut dw = vec![0.0; inputs * outputs];
        linear_weight_grad(x, grad, precision, &mut dw).unwrap();
        assert!(distance(&dw, &product(x.transposed(), grad)) < bound);
    }
    let mut sums = vec![0.0; outputs];
    column_sums(grad.data, outputs, &mut sums).unwrap();
    let ones = vec![1.0; rows];
    assert!(distance(&sums, &product(Matrix::new(&ones, 1, rows), grad)) < 1e-6);
}

#[test]
fn batches_are_products_of_their_items() {
    let shape = BatchShape {
        batch: 3,
        m: 5,
        k: 17,
        n: 40,
        transpose_lhs: true,
        transpose_rhs: true,
    };
    let (a, b) = (noise(3 * 5 * 17, 11), noise(3 * 17 * 40, 12));
    let mut out = vec![0.0; 3 * 5 * 40];
    matmul_batched(&a, &b, shape, Precision::F32, &mut out).unwrap();
    for item in 0..3 {
        let lhs = Matrix::either(&a[item * 85..][..85], [5, 17], true);
        let rhs = Matrix::either(&b[item * 680..][..680], [17, 40], true);
        assert!(distance(&out[item * 200..][..200], &product(lhs, rhs)) < 1e-5);
    }
}

#[test]
fn number_of_threads_changes_no_bit() {
    let [m, k, n] = [331, 700, 470];
    let (a, b) = (noise(m * k, 13), noise(k * n, 14));
    for (kernel, _) in kernels() {
        let by = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let mut out = vec![0.0; m * n];
            let (lhs, rhs) = (Matrix::new(&a, m, k), Matrix::new(&b, k, n));
            pool.install(|| matmul_by(kernel, lhs, rhs, &mut out))
                .unwrap();
            out.into_iter().map(f32::to_bits).collect::<Vec<_>>()
        };
        let one = by(1);
        assert!([2, 3, 7].into_iter().all(|threads| by(threads) == one));
    }
}

#[test]
fn extremes_stay_numbers() {
    for (kernel, _) in kernels() {
        for (left, right) in [
            (1e30, 1e-30),
            (1e-40, 1.0),
            (f32::MIN_POSITIVE, 1e-30),
            (1e30, 1e6),
        ] {
            let (a, b) = (vec![left; 13 * 40], vec![right; 40 * 33]);
            let mut out = vec![f32::NAN; 13 * 33];
            matmul_by(
                kernel,
                Matrix::new(&a, 13, 40),
                Matrix::new(&b, 40, 33),
                &mut out,
            )
            .unwrap();
            let wanted = f64::from(left) * f64::from(right) * 40.0;
            let near = |v: &f32| (f64::from(*v) - wanted).abs() <= wanted * 1e-2 + 1e-37;
            assert!(out.iter().all(near), "{left} {right} {:?}", out[0]);
        }
        let mut out = vec![0.0; 1];
        let big = [3e38f32, 3e38];
        matmul_by(
            kernel,
            Matrix::new(&big, 1, 2),
            Matrix::new(&big, 2, 1),
            &mut out,
        )
        .unwrap();
        assert_eq!(out[0], f32::INFINITY);
    }
}

#[test]
fn empty_sums_are_zero_or_the_bias() {
    for (kernel, _) in kernels() {
        let mut out = vec![f32::NAN; 6];
        matmul_by(
            kernel,
            Matrix::new(&[], 2, 0),
            Matrix::new(&[], 0, 3),
            &mut out,
        )
        .unwrap();
        assert_eq!(out, [0.0; 6]);
        let weight = Packed::by(kernel, Matrix::new(&[], 0, 3)).unwrap();
        linear(
            Matrix::new(&[], 2, 0),
            &weight,
            Some(&[1.0, 2.0, 3.0]),
            &mut out,
        )
        .unwrap();
        assert_eq!(out, [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
        matmul_by(
            kernel,
            Matrix::new(&[], 0, 4),
            Matrix::new(&[1.0; 8], 4, 2),
            &mut [],
        )
        .unwrap();
    }
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let a = [0f32; 6];
    let fits = Matrix::new(&a, 2, 3);
    let mut out = [0f32; 4];
    let found = matmul(fits, fits, Precision::F32, &mut out).unwrap_err();
    assert_eq!((found.wanted, found.found), (vec![3], vec![2]));
    let long = Matrix {
        row_stride: usize::MAX,
        ..fits
    };
    assert!(matmul(long, fits.transposed(), Precision::F32, &mut out).is_err());
    assert!(matmul(fits, fits.transposed(), Precision::F32, &mut out[..3]).is_err());
    assert!(Packed::new(Matrix::new(&a, 3, 3), Precision::F32).is_err());
    let weight = Packed::new(fits, Precision::F32).unwrap();
    assert!(linear(fits, &weight, None, &mut [0.0; 6]).is_err());
    assert!(linear(fits.transposed(), &weight, Some(&[0.0]), &mut [0.0; 9]).is_err());
    assert!(column_sums(&a, 4, &mut [0.0; 4]).is_err());
}
