//! Convolutions and their gradients by every kernel of this machine against sums in f64.

use proptest::prelude::*;

use super::grads::{input_grad_by, weight_grad_by};
use super::*;
use crate::Precision;
use crate::gemm::Kernel;
use crate::gemm::tests::{distance, kernels, noise};

/// Calls a function with the places of output, input and weight of every product of a convolution.
fn each_term(shape: &ConvShape, mut visit: impl FnMut(usize, usize, usize)) {
    let ConvShape {
        batch,
        inputs,
        outputs,
        size,
        kernel,
        stride,
        padding,
        upsample,
    } = *shape;
    let out = shape.output().unwrap();
    for item in 0..batch {
        for output in 0..outputs {
            for (y, x) in (0..out[0] * out[1]).map(|i| (i / out[1], i % out[1])) {
                for input in 0..inputs {
                    for (ky, kx) in
                        (0..kernel[0] * kernel[1]).map(|i| (i / kernel[1], i % kernel[1]))
                    {
                        let row = (y * stride + ky).wrapping_sub(padding[0]);
                        let column = (x * stride + kx).wrapping_sub(padding[2]);
                        if row < size[0] * upsample && column < size[1] * upsample {
                            let (row, column) = (row / upsample, column / upsample);
                            visit(
                                ((item * outputs + output) * out[0] + y) * out[1] + x,
                                ((item * inputs + input) * size[0] + row) * size[1] + column,
                                ((output * inputs + input) * kernel[0] + ky) * kernel[1] + kx,
                            );
                        }
                    }
                }
            }
        }
    }
}

/// The sums of products in f64, and the sums of their squares, which say how large the sums would be if
/// no term cancelled another.
struct Sums {
    terms: Vec<f64>,
    squares: f64,
}

impl Sums {
    fn new(count: usize) -> Self {
        Self {
            terms: vec![0.0; count],
            squares: 0.0,
        }
    }

    fn add(&mut self, at: usize, left: f32, right: f32) {
        let term = f64::from(left) * f64::from(right);
        self.terms[at] += term;
        self.squares += term * term;
    }

    fn error(&self, found: &[f32]) -> f64 {
        let pairs = found.iter().zip(&self.terms);
        let wrong: f64 = pairs.map(|(f, r)| (f64::from(*f) - r).powi(2)).sum();
        (wrong / self.squares.max(f64::MIN_POSITIVE)).sqrt()
    }
}

fn check(shape: &ConvShape, seed: u32) {
    let Ok([height, width]) = shape.output() else {
        return;
    };
    let x = noise(
        shape.batch * shape.inputs * shape.size[0] * shape.size[1],
        seed,
    );
    let weight = noise(shape.weight().iter().product(), seed ^ 1);
    let bias = noise(shape.outputs, seed ^ 2);
    let grad = noise(shape.batch * shape.outputs * height * width, seed ^ 3);
    let mut right = Sums::new(grad.len());
    let (mut dx, mut dw) = (Sums::new(x.len()), Sums::new(weight.len()));
    for i in 0..grad.len() {
        right.add(i, bias[i / (height * width) % shape.outputs], 1.0);
    }
    each_term(shape, |out, input, tap| {
        right.add(out, x[input], weight[tap]);
        dx.add(input, grad[out], weight[tap]);
        dw.add(tap, grad[out], x[input]);
    });
    for (kernel, bound) in kernels() {
        let packed = ConvWeight::by(kernel, &weight, shape.weight()).unwrap();
        let mut out = vec![f32::NAN; grad.len()];
        conv2d(&x, &packed, Some(&bias), shape, &mut out).unwrap();
        assert!(right.error(&out) < bound, "{:?} {shape:?}", kernel.words);
        let mut out = vec![f32::NAN; x.len()];
        input_grad_by(kernel, (&grad, &weight), shape, &mut out).unwrap();
        assert!(dx.error(&out) < bound, "input {:?} {shape:?}", kernel.words);
        let mut out = vec![f32::NAN; weight.len()];
        weight_grad_by(kernel, (&x, &grad), shape, &mut out).unwrap();
        assert!(
            dw.error(&out) < bound,
            "weight {:?} {shape:?}",
            kernel.words
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn convolutions_of_any_shape_and_their_gradients_are_right(
        batch in 1usize..4,
        channels in (prop::sample::select(vec![1usize, 2, 3, 5, 17]), prop::sample::select(vec![1usize, 3, 5, 17])),
        size in prop::sample::select(vec![[1usize, 1], [7, 13], [4, 4], [8, 8], [5, 16], [2, 3], [6, 32]]),
        kernel in prop::sample::select(vec![[1usize, 1], [3, 3], [2, 3], [5, 1], [4, 4]]),
        stride in 1usize..4,
        padding in prop::array::uniform4(0usize..4),
        upsample in 1usize..3,
        seed: u32,
    ) {
        let (inputs, outputs) = channels;
        check(&ConvShape { batch, inputs, outputs, size, kernel, stride, padding, upsample }, seed);
    }
}

#[test]
fn convolutions_deeper_than_one_block_are_right() {
    for (size, batch) in [([8, 8], 2), ([4, 4], 5), ([7, 5], 3), ([20, 64], 1)] {
        check(
            &ConvShape {
                batch,
                inputs: 70,
                outputs: 40,
                size,
                kernel: [3, 3],
                stride: 1,
                padding: [1; 4],
                upsample: 1,
            },
            5,
        );
    }
}

#[test]
fn sum_over_the_pixels_is_the_gradient_of_the_bias() {
    let shape = ConvShape {
        batch: 3,
        inputs: 2,
        outputs: 5,
        size: [7, 13],
        kernel: [3, 3],
        stride: 1,
        padding: [1; 4],
        upsample: 1,
    };
    let grad = noise(3 * 5 * 7 * 13, 4);
    let mut right = vec![0f64; 5];
    for (i, value) in grad.iter().enumerate() {
        right[i / 91 % 5] += f64::from(*value);
    }
    let mut out = vec![0.0; 5];
    conv2d_bias_grad(&grad, &shape, &mut out).unwrap();
    assert!(distance(&out, &right) < 1e-6);
}

#[test]
fn number_of_threads_changes_no_bit_of_a_convolution() {
    let shape = ConvShape {
        batch: 2,
        inputs: 70,
        outputs: 52,
        size: [24, 17],
        kernel: [3, 3],
        stride: 1,
        padding: [1; 4],
        upsample: 1,
    };
    let x = noise(2 * 70 * 24 * 17, 1);
    let weight = noise(52 * 70 * 9, 2);
    let grad = noise(2 * 52 * 24 * 17, 3);
    for (kernel, _) in kernels() {
        let by = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let mut out = vec![0.0; grad.len()];
            let mut dw = vec![0.0; weight.len()];
            let packed = ConvWeight::by(kernel, &weight, shape.weight()).unwrap();
            pool.install(|| {
                conv2d(&x, &packed, None, &shape, &mut out).unwrap();
                weight_grad_by(kernel, (&x, &grad), &shape, &mut dw).unwrap();
            });
            out.extend(dw);
            out.into_iter().map(f32::to_bits).collect::<Vec<_>>()
        };
        let one = by(1);
        assert!([2, 3, 7].into_iter().all(|threads| by(threads) == one));
    }
}

#[test]
fn convolutions_that_do_not_fit_are_refused() {
    let shape = ConvShape {
        batch: 1,
        inputs: 2,
        outputs: 3,
        size: [4, 4],
        kernel: [3, 3],
        stride: 1,
        padding: [0; 4],
        upsample: 1,
    };
    let weight = ConvWeight::new(&[0.0; 54], 3, 2, [3, 3], Precision::F32).unwrap();
    let (x, mut out) = ([0.0; 32], [0.0; 12]);
    assert!(conv2d(&x, &weight, None, &shape, &mut out).is_ok());
    assert!(conv2d(&x[1..], &weight, None, &shape, &mut out).is_err());
    assert!(conv2d(&x, &weight, None, &shape, &mut out[1..]).is_err());
    assert!(conv2d(&x, &weight, Some(&[0.0]), &shape, &mut out).is_err());
    assert!(ConvWeight::new(&[0.0; 53], 3, 2, [3, 3], Precision::F32).is_err());
    let other = ConvWeight::by(Kernel::chosen(Precision::F32), &[0.0; 54], [2, 3, 3, 3]).unwrap();
    let found = conv2d(&x, &other, None, &shape, &mut out).unwrap_err();
    assert_eq!(
        (found.wanted, found.found),
        (vec![3, 2, 3, 3], vec![2, 3, 3, 3])
    );
    for broken in [
        ConvShape { stride: 0, ..shape },
        ConvShape {
            upsample: 0,
            ..shape
        },
        ConvShape {
            kernel: [0, 3],
            ..shape
        },
        ConvShape {
            size: [2, 4],
            ..shape
        },
        ConvShape {
            padding: [usize::MAX; 4],
            ..shape
        },
    ] {
        assert!(broken.output().is_err());
        assert!(conv2d_bias_grad(&out, &broken, &mut [0.0; 3]).is_err());
    }
}
