//! A graph of 20 picture nodes: in single passes, in burn's own operations, and in PyTorch.
//!
//! `WEFT_DEVICE=gpu WEFT_PYTHON=venv/bin/python cargo bench -p weft-picture --bench graph -- [WIDTHxHEIGHT] [TIMES]`
//!
//! Without arguments pictures are 3840x2160 and every row is the median of 5. PyTorch's column is what `pytorch.py` beside
//! this file prints, on CUDA if it has it. Means of every node's result are compared with PyTorch's, so that both do the
//! same work.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program that prints a table"
)]

mod nodes;
mod pytorch;

use std::{env, time::Instant};

use burn::tensor::{Device, Tensor};
use weft_node::{
    Context, Node,
    value::{Image, Mask},
};
use weft_tensor::{DeviceChoice, choose, floats, launches};
use weft_vision::without_passes;

use crate::pytorch::PyTorch;

// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What was measured of one node.
struct Row {
    name: &'static str,
    launches: u64,
    milliseconds: f64,
    mean: f64,
}

/// Runs nodes, and measures each if it is to.
struct Runner {
    device: Device,
    rows: Option<Vec<Row>>,
}

/// What can be averaged.
trait Pixels {
    fn pixels(&self) -> Tensor<4>;
}

impl Pixels for Image {
    fn pixels(&self) -> Tensor<4> {
        self.pixels()
    }
}

impl Pixels for Mask {
    fn pixels(&self) -> Tensor<4> {
        self.clone().into_coverage()
    }
}

impl Runner {
    fn node<N: Node<Output: Pixels>>(&mut self, name: &'static str, node: N) -> N::Output {
        let mut context = Context::detached(self.device.clone());
        let Some(rows) = &mut self.rows else {
            return node.run(&mut context).unwrap();
        };
        self.device.sync().unwrap();
        let start = Instant::now();
        let (made, launches) = launches(|| {
            let made = node.run(&mut context).unwrap();
            self.device.sync().unwrap();
            made
        });
        rows.push(Row {
            name,
            launches,
            milliseconds: start.elapsed().as_secs_f64() * 1e3,
            mean: f64::from(floats(made.pixels().mean().unsqueeze::<4>()).unwrap()[0]),
        });
        made
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// What was measured of one way to run the graph: every node by itself, and milliseconds of the whole.
#[derive(Default)]
struct Way {
    runs: Vec<Vec<Row>>,
    whole: Vec<f64>,
}

impl Way {
    fn run(&mut self, device: &Device, size: (usize, usize)) {
        let runner = |rows| Runner {
            device: device.clone(),
            rows,
        };
        let start = Instant::now();
        nodes::graph(&mut runner(None), size);
        device.sync().unwrap();
        self.whole.push(start.elapsed().as_secs_f64() * 1e3);
        let mut each = runner(Some(Vec::new()));
        nodes::graph(&mut each, size);
        self.runs.push(each.rows.unwrap());
    }

    /// Medians.
    fn rows(mut self) -> (Vec<Row>, f64) {
        let mut rows = self.runs.pop().unwrap();
        for (i, row) in rows.iter_mut().enumerate() {
            let others = self.runs.iter().map(|run| run[i].milliseconds);
            row.milliseconds = median(others.chain([row.milliseconds]).collect());
        }
        (rows, median(self.whole))
    }
}

/// In passes and without them, in turns, so that whatever else the machine does slows both alike; what compiles in a
/// first run does not count.
fn measured(device: &Device, size: (usize, usize), times: usize) -> [(Vec<Row>, f64); 2] {
    Way::default().run(device, size);
    without_passes(|| Way::default().run(device, size));
    let (mut fused, mut plain) = (Way::default(), Way::default());
    for _ in 0..times {
        fused.run(device, size);
        without_passes(|| plain.run(device, size));
    }
    [fused.rows(), plain.rows()]
}

fn main() {
    // `cargo bench` adds `--bench`.
    let mut arguments = env::args().skip(1).filter(|it| !it.starts_with("--"));
    let size = arguments.next().unwrap_or_else(|| "3840x2160".to_owned());
    let times: usize = arguments.next().map_or(5, |times| times.parse().unwrap());
    let (width, height) = size.split_once('x').unwrap();
    let size = (height.parse().unwrap(), width.parse().unwrap());
    let choice = env::var("WEFT_DEVICE").unwrap_or_else(|_| "auto".to_owned());
    let chosen = choose(choice.parse::<DeviceChoice>().unwrap()).unwrap();
    let [(fused, whole), (plain, plain_whole)] = measured(&chosen.device, size, times);
    let pytorch = PyTorch::measured(size, times);
    println!(
        "{width}x{height} on {}, PyTorch on {}\n",
        chosen.name,
        pytorch.device()
    );
    println!(
        "| node | launches | burn: launches | ms | burn: ms | PyTorch: ms | burn / weft | PyTorch / weft |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (fused, plain) in fused.iter().zip(&plain) {
        let theirs = pytorch.of(fused.name);
        for (whose, mean) in [
            ("burn", Some(plain.mean)),
            ("PyTorch", theirs.map(|it| it.1)),
        ] {
            let off = mean.map_or(0.0, |mean| (mean - fused.mean).abs());
            assert!(off < 0.01, "{} of {whose} is off by {off}", fused.name);
        }
        let counts = (fused.launches, plain.launches);
        let times = (fused.milliseconds, plain.milliseconds);
        line(fused.name, counts, times, theirs.map(|it| it.0));
    }
    let all = |rows: &[Row]| rows.iter().map(|row| row.launches).sum();
    let counts = (all(&fused), all(&plain));
    let theirs = pytorch.of("whole").map(|it| it.0);
    line(
        "all 20, waited for once",
        counts,
        (whole, plain_whole),
        theirs,
    );
}

fn line(name: &str, counts: (u64, u64), (weft, burn): (f64, f64), pytorch: Option<f64>) {
    let cell = |number: Option<f64>| number.map_or("-".to_owned(), |it| format!("{it:.2}"));
    println!(
        "| {name} | {} | {} | {weft:.2} | {burn:.2} | {} | {:.2} | {} |",
        counts.0,
        counts.1,
        cell(pytorch),
        burn / weft,
        cell(pytorch.map(|it| it / weft)),
    );
}
