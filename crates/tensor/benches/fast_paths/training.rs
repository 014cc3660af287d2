//! A training step: forward, backward and AdamW.

use std::{fs, time::Instant};

use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::{Distribution, Tensor};
use weft_tensor::Precision;

use crate::arithmetic::Arithmetic;
use crate::cases::{device, input};
use crate::unet::UNet;

const STEPS: usize = 3;

/// So many pictures of four channels of 64 by 64.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    batch: usize,
    precision: Precision,
}

impl Case {
    /// Those of batch 4, and those of 16, which need several GB, if `large`.
    pub(crate) fn all(large: bool) -> impl Iterator<Item = Self> {
        let batches: &[usize] = if large { &[4, 16] } else { &[4] };
        let case = |batch, precision| Self { batch, precision };
        batches.iter().flat_map(move |&batch| {
            [Precision::F32, Precision::Bf16].map(|precision| case(batch, precision))
        })
    }

    /// As this program passes it to the process that runs it.
    pub(crate) fn word(self) -> String {
        format!("train-{}-{}", self.batch, self.precision())
    }

    pub(crate) fn read(word: &str) -> Option<Self> {
        Self::all(true).find(|case| case.word() == word)
    }

    pub(crate) fn name(self) -> String {
        format!("unet training step B{} {}", self.batch, self.precision())
    }

    pub(crate) fn is_f32(self) -> bool {
        self.precision == Precision::F32
    }

    fn precision(self) -> &'static str {
        match self.precision {
            Precision::F32 => "f32",
            Precision::Bf16 => "bf16",
        }
    }

    /// Prints the median of some steps after the first, and the peak of memory.
    pub(crate) fn run(self) {
        let device = device().clone().autodiff();
        let (mut unet, mut optimizer) = (UNet::new(&device), AdamWConfig::new().init());
        let (x, time, context) = input(self.batch, &device);
        let spread = Distribution::Normal(0.0, 1.0);
        let target = Tensor::<4>::random(x.dims(), spread, &device);
        let by = Arithmetic::Weft(self.precision);
        let mut times = Vec::new();
        for _ in 0..=STEPS {
            let start = Instant::now();
            let error = unet.forward(x.clone(), time.clone(), &context, by) - target.clone();
            let loss = (error.clone() * error).mean();
            let grads = GradientsParams::from_grads(loss.backward(), &unet);
            unet = optimizer.step(1e-4, unet, grads);
            device.sync().unwrap();
            times.push(1e3 * start.elapsed().as_secs_f64());
        }
        times.remove(0);
        times.sort_by(f64::total_cmp);
        println!("{}\t{:.3}", self.name(), times[STEPS / 2]);
        if let Some(peak) = peak_mib() {
            println!("{} peak MiB\t{peak:.3}", self.name());
        }
    }
}

/// The most memory this process has held, where the system tells.
fn peak_mib() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib / 1024.0)
}
