//! The fast paths beside burn's own operations and PyTorch: milliseconds, and how often PyTorch's.
//!
//! `cargo bench -p weft-tensor -- [--pytorch FILE] [--only TEXT] [--quick] [--large] [--alone] [--f16] [--weights FOLDER]`
//!
//! PyTorch's column is the output of `benches/pytorch.py`: read from FILE, or made in the same sitting by
//! the Python that `WEFT_PYTHON` names. `WEFT_DEVICE=gpu` has both compute on a graphics card, where half the precision
//! is f16 for both, but for training, which is in f32; `scripts/gpu_bench.sh` runs it so. `--quick` leaves training out,
//! `--large` trains at batch 16 besides 4, `--alone` leaves burn's own operations out, `--f16` takes f16 on a software
//! adapter too, and `--weights` compares the U-Net with the output that `pytorch.py save FOLDER` wrote.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program that prints a table"
)]

mod arithmetic;
mod cases;
mod layers;
mod pytorch;
mod saved;
mod training;
mod unet;

use std::{env, path::PathBuf, process::Command, time::Instant};

use burn::tensor::FloatDType;
use weft_tensor::{Precision, has_f16, is_gpu, set_f16};

use crate::arithmetic::Arithmetic;
use crate::cases::{Case, device};
use crate::pytorch::PyTorch;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the command line asks for.
#[derive(Default)]
struct Wishes {
    pytorch: Option<PathBuf>,
    only: String,
    quick: bool,
    large: bool,
    alone: bool,
    f16: bool,
    weights: Option<PathBuf>,
}

impl Wishes {
    /// Whether half the precision is f16, on a graphics adapter that computes so; else bf16 on the CPU, and f32 still on
    /// other adapters.
    fn has_f16(&self) -> bool {
        if self.f16 {
            set_f16(true);
        }
        has_f16(device())
    }

    /// What half the precision is called.
    fn half(&self) -> &'static str {
        if self.has_f16() { "f16" } else { "bf16" }
    }

    fn read() -> Self {
        let (mut wishes, mut words) = (Self::default(), env::args().skip(1));
        while let Some(word) = words.next() {
            match word.as_str() {
                "--pytorch" => wishes.pytorch = words.next().map(PathBuf::from),
                "--weights" => wishes.weights = words.next().map(PathBuf::from),
                "--only" => wishes.only = words.next().unwrap_or_default(),
                "--quick" => wishes.quick = true,
                "--large" => wishes.large = true,
                "--alone" => wishes.alone = true,
                "--f16" => wishes.f16 = true,
                // cargo's own.
                "--bench" => {}
                other => {
                    panic!("`{other}` is no option; see the head of benches/fast_paths/main.rs")
                }
            }
        }
        wishes
    }
}

fn main() {
    if let Some(case) = env::args()
        .nth(1)
        .and_then(|word| training::Case::read(&word))
    {
        return case.run();
    }
    let wishes = Wishes::read();
    if let Some(folder) = &wishes.weights {
        return saved::compare(folder);
    }
    let pytorch = PyTorch::of(wishes.pytorch.as_deref(), &wishes.only, wishes.quick);
    println!("| work | weft | burn | PyTorch | weft / PyTorch | weft / burn |");
    println!("|---|---|---|---|---|---|");
    for make in cases::MAKERS {
        let plain = make(FloatDType::F32);
        // On the CPU the fast paths round f32 themselves.
        let halved = wishes.has_f16().then(|| make(FloatDType::F16));
        let halved = halved.as_ref().unwrap_or(&plain);
        for (case, half) in plain.iter().zip(halved) {
            if case.name.contains(&wishes.only) {
                compare(case, half, &wishes, &pytorch);
            }
        }
    }
    if !wishes.quick {
        for case in training::Case::all(wishes.large) {
            // On an adapter learning is in f32.
            let is_here = case.is_f32() || !is_gpu(device());
            if is_here && case.name().contains(&wishes.only) {
                train(case, &pytorch);
            }
        }
    }
}

/// The rows of a case, in f32 and in half the precision.
fn compare(plain: &Case, half: &Case, wishes: &Wishes, pytorch: &PyTorch) {
    let burn = (!wishes.alone).then(|| milliseconds(|| (plain.work)(Arithmetic::Burn)));
    for (case, precision, name) in [
        (plain, Precision::F32, "f32"),
        (half, Precision::Bf16, wishes.half()),
    ] {
        let ours = milliseconds(|| (case.work)(Arithmetic::Weft(precision)));
        let name = format!("{} {name}", case.name);
        row(&name, [Some(ours), burn], pytorch.of_case(&name));
        let compiled = format!("{name} compiled");
        if let Some(pytorch) = pytorch.of_case(&compiled) {
            row(&compiled, [Some(ours), None], Some(pytorch));
        }
    }
}

/// A training case in a process of its own, whose peak of memory is then that of the case.
fn train(case: training::Case, pytorch: &PyTorch) {
    let program = env::current_exe().unwrap();
    let output = Command::new(program).arg(case.word()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    for line in text.lines() {
        if let Some((name, value)) = line.split_once('\t') {
            row(name, [value.parse().ok(), None], pytorch.of_case(name));
        }
    }
}

fn row(name: &str, [ours, burn]: [Option<f64>; 2], pytorch: Option<f64>) {
    let number = |number: Option<f64>, digits: usize| {
        number.map_or_else(|| "-".to_owned(), |number| format!("{number:.digits$}"))
    };
    let ratio = |other: Option<f64>| number(ours.zip(other).map(|(ours, other)| ours / other), 2);
    println!(
        "| {name} | {} | {} | {} | {} | {} |",
        number(ours, 2),
        number(burn, 2),
        number(pytorch, 2),
        ratio(pytorch),
        ratio(burn),
    );
}

/// The median time: after two runs, at least three, then as many as fit into a second.
pub(crate) fn milliseconds(mut work: impl FnMut()) -> f64 {
    work();
    work();
    device().sync().unwrap();
    let (mut times, begin) = (Vec::new(), Instant::now());
    while times.len() < 3 || (times.len() < 50 && begin.elapsed().as_secs_f64() < 1.0) {
        let start = Instant::now();
        work();
        device().sync().unwrap();
        times.push(1e3 * start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
