//! Products and convolutions: milliseconds and GFLOP/s, beside the `gemm` crate.
//!
//! `cargo bench -p weft-kernels --bench kernels [-- part of a name]`; `pytorch.py` beside it does the
//! same in PyTorch.
#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]
#![allow(unsafe_code, reason = "the gemm crate takes pointers")]
#![allow(clippy::unwrap_used, reason = "shapes are written here")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use weft_kernels::{
    ConvShape, ConvWeight, Matrix, Packed, Precision, conv2d, conv2d_input_grad,
    conv2d_weight_grad, linear, linear_input_grad, linear_weight_grad, matmul,
};

/// `[batch, inputs, outputs, side, kernel, stride, upsample]`
const CONVOLUTIONS: [[usize; 7]; 10] = [
    [1, 320, 320, 64, 3, 1, 1],
    [2, 128, 128, 64, 3, 1, 1],
    [2, 256, 256, 32, 3, 1, 1],
    [1, 256, 256, 16, 3, 1, 1],
    [16, 256, 256, 16, 3, 1, 1],
    [16, 256, 256, 8, 3, 1, 1],
    [32, 384, 384, 4, 3, 1, 1],
    [1, 320, 320, 64, 1, 1, 1],
    [1, 320, 320, 64, 3, 2, 1],
    [1, 640, 640, 16, 3, 1, 2],
];

fn noise(count: usize) -> Vec<f32> {
    let mut state = 0x9e37_79b9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as f32 / u32::MAX as f32 - 0.5
    };
    (0..count).map(|_| next()).collect()
}

/// Prints the shortest time of a job that is named by one of the arguments, if there are any.
fn bench(name: &str, flop: f64, mut job: impl FnMut()) {
    let filters: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with('-'))
        .collect();
    if !filters.is_empty() && !filters.iter().all(|filter| name.contains(filter.as_str())) {
        return;
    }
    job();
    let begin = Instant::now();
    let mut times = Vec::new();
    while times.len() < 5 || (begin.elapsed() < Duration::from_millis(300) && times.len() < 99) {
        let start = Instant::now();
        job();
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    let shortest = times[0];
    println!(
        "{name:<44} {:9.3} ms {:8.1} GFLOP/s",
        shortest * 1e3,
        flop / shortest / 1e9
    );
}

fn products(name: &str, precision: Precision, [m, k, n]: [usize; 3]) {
    let flop = 2.0 * (m * k * n) as f64;
    let (a, b, c) = (noise(m * k), noise(k * n), noise(m * n));
    let (x, w, g) = (
        Matrix::new(&a, m, k),
        Matrix::new(&b, k, n),
        Matrix::new(&c, m, n),
    );
    let size = format!("{m}x{k}x{n} {name}");
    let mut out = vec![0.0; m * n];
    bench(&format!("matmul {size}"), flop, || {
        matmul(x, w, precision, black_box(&mut out)).unwrap();
    });
    let weight = Packed::new(w, precision).unwrap();
    bench(&format!("linear {size}"), flop, || {
        linear(x, &weight, None, black_box(&mut out)).unwrap();
    });
    let (mut dx, mut dw) = (vec![0.0; m * k], vec![0.0; k * n]);
    bench(&format!("linear_input_grad {size}"), flop, || {
        linear_input_grad(g, w, precision, black_box(&mut dx)).unwrap();
    });
    bench(&format!("linear_weight_grad {size}"), flop, || {
        linear_weight_grad(x, g, precision, black_box(&mut dw)).unwrap();
    });
}

fn gemm_crate([m, k, n]: [usize; 3]) {
    let (a, b) = (noise(m * k), noise(k * n));
    let mut out = vec![0f32; m * n];
    let (wide, deep) = (n as isize, k as isize);
    bench(
        &format!("gemm crate {m}x{k}x{n} f32"),
        2.0 * (m * k * n) as f64,
        || {
            // SAFETY: the slices hold matrices of these sizes, row after row.
            unsafe {
                gemm::gemm(
                    m,
                    n,
                    k,
                    out.as_mut_ptr(),
                    1,
                    wide,
                    false,
                    a.as_ptr(),
                    1,
                    deep,
                    b.as_ptr(),
                    1,
                    wide,
                    0.0,
                    1.0,
                    false,
                    false,
                    false,
                    gemm::Parallelism::Rayon(0),
                );
            }
        },
    );
}

fn convolutions(name: &str, precision: Precision, sizes: [usize; 7]) {
    let [batch, inputs, outputs, side, kernel, stride, upsample] = sizes;
    let shape = ConvShape {
        batch,
        inputs,
        outputs,
        size: [side; 2],
        kernel: [kernel; 2],
        stride,
        padding: [kernel / 2; 4],
        upsample,
    };
    let [height, width] = shape.output().unwrap();
    let products = batch * outputs * inputs * kernel * kernel * height * width;
    let flop = 2.0 * products as f64;
    let x = noise(batch * inputs * side * side);
    let w = noise(outputs * inputs * kernel * kernel);
    let grad = noise(batch * outputs * height * width);
    let mut out = grad.clone();
    let size = format!("{batch}x{inputs}x{side} k{kernel} s{stride} u{upsample} {name}");
    let weight = ConvWeight::new(&w, outputs, inputs, [kernel; 2], precision).unwrap();
    bench(&format!("conv {size}"), flop, || {
        conv2d(&x, &weight, None, &shape, black_box(&mut out)).unwrap();
    });
    bench(&format!("conv_pack {size}"), flop, || {
        black_box(ConvWeight::new(&w, outputs, inputs, [kernel; 2], precision).unwrap());
    });
    let (mut dx, mut dw) = (x.clone(), w.clone());
    bench(&format!("conv_input_grad {size}"), flop, || {
        conv2d_input_grad(&grad, &w, &shape, precision, black_box(&mut dx)).unwrap();
    });
    bench(&format!("conv_weight_grad {size}"), flop, || {
        conv2d_weight_grad(&x, &grad, &shape, precision, black_box(&mut dw)).unwrap();
    });
}

fn main() {
    for size in [[4096, 4096, 4096], [4096, 320, 1280], [1024, 1280, 1280]] {
        gemm_crate(size);
        products("f32", Precision::F32, size);
        products("bf16", Precision::Bf16, size);
    }
    for sizes in CONVOLUTIONS {
        convolutions("f32", Precision::F32, sizes);
        convolutions("bf16", Precision::Bf16, sizes);
    }
}
