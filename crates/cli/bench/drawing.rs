//! One picture drawn in a process of its own, so that its memory is its own.

use std::{
    path::Path,
    process::Command,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use miette::{IntoDiagnostic, WrapErr, miette};
use serde::{Deserialize, Serialize};
use weft::{
    Weft,
    engine::{Cancel, Event, Events, Outbox, Outcome, Ride},
    graph::Given,
    spec::Source,
    tensor::DeviceChoice,
};

use crate::run::on_engine_thread;

/// What both programs draw.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picture {
    /// Pixels a side.
    pub(super) size: u16,
    pub(super) steps: u16,
    pub(super) numbers: Numbers,
}

/// Of what weights and operands are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Numbers {
    F32,
    Bf16,
}

impl Numbers {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
        }
    }
}

/// How strongly the text is followed, so that each step asks the network twice.
pub(super) const GUIDANCE: f64 = 7.5;

/// What to draw, and what to keep away from.
pub(super) const TEXTS: [&str; 2] = ["a lighthouse on a cliff, oil painting", ""];

/// What a process says of the picture that it drew.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Drawn {
    /// Seconds of each step but the first, which may have what is done once.
    pub(super) steps: Vec<f64>,
    /// The most memory that the process took, in bytes, where the system tells.
    pub(super) peak: Option<u64>,
}

/// Draws in this process, and prints a line of JSON about it.
pub(super) fn here(checkpoint: &Path, picture: Picture) -> miette::Result<()> {
    let mut weft = Weft::builder().device(DeviceChoice::Cpu).start()?;
    let mut given = Given::none();
    given.folder = std::env::current_dir().into_diagnostic()?;
    given.set_text("checkpoint", &checkpoint.display().to_string());
    let source = Source {
        name: "bench".to_owned(),
        folder: given.folder.clone(),
        text: graph(picture),
    };
    let graph = weft.read(source, &given)?;
    let plan = weft.plan(&graph)?;
    let steps = std::sync::Arc::new(Steps::of(u64::from(picture.steps)));
    let folder = tempfile::tempdir().into_diagnostic()?;
    let ride = Ride {
        only: None,
        cancel: Cancel::default(),
        events: steps.clone(),
        outbox: Outbox::new(folder.path(), false),
        is_shared: None,
    };
    let report = on_engine_thread(|| weft.run(&plan, ride))??;
    for row in &report.rows {
        if let Outcome::Failed(why) = &row.outcome {
            return Err(miette!("`{}`: {why}", row.node));
        }
    }
    let drawn = Drawn {
        steps: steps.seconds(),
        peak: peak(),
    };
    anstream::println!("{}", serde_json::to_string(&drawn).into_diagnostic()?);
    Ok(())
}

fn graph(picture: Picture) -> String {
    let Picture { size, steps, .. } = picture;
    let [wanted, unwanted] = TEXTS;
    let half = picture.numbers == Numbers::Bf16;
    format!(
        r#"Graph(
    format: 1,
    inputs: {{ "checkpoint": File() }},
    nodes: {{
        "model": LoadCheckpoint(file: Input("checkpoint"), half: {half}),
        "wanted": EncodeText(encoders: Wire("model.encoders"), text: "{wanted}"),
        "unwanted": EncodeText(encoders: Wire("model.encoders"), text: "{unwanted}"),
        "empty": EmptyLatent(width: {size}, height: {size}),
        "{DRAWN}": Sample(
            model: Wire("model.model"), positive: Wire("wanted"), negative: Wire("unwanted"), latent: Wire("empty"),
            steps: {steps}, guidance: {GUIDANCE:.1},
        ),
        "picture": DecodeLatent(vae: Wire("model.vae"), latent: Wire("{DRAWN}")),
        "file": SaveImage(image: Wire("picture"), path: "drawn.png"),
    }},
)"#
    )
}

/// The node whose steps are measured.
const DRAWN: &str = "drawn";

/// When each step ended.
struct Steps {
    count: u64,
    ends: Mutex<Vec<Instant>>,
}

impl Steps {
    fn of(count: u64) -> Self {
        let ends = Mutex::default();
        Self { count, ends }
    }

    fn seconds(&self) -> Vec<f64> {
        let ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let each = ends.windows(2);
        each.map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect()
    }
}

impl Events for Steps {
    fn on(&self, event: Event<'_>) {
        match event {
            // Reading weights is told in steps as well, of megabytes.
            Event::Step {
                node: DRAWN, total, ..
            } if total == self.count => {}
            _ => return,
        }
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.push(Instant::now());
    }
}

/// The most memory that this process took.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}

/// Runs a process that draws, and hears what it says of that.
pub(super) fn elsewhere(command: &mut Command) -> miette::Result<Drawn> {
    let name = command.get_program().display().to_string();
    let output = command.output().into_diagnostic();
    let output = output.wrap_err_with(|| format!("cannot start {name}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().last().filter(|_| output.status.success());
    let drawn = line.and_then(|line| serde_json::from_str(line).ok());
    drawn.ok_or_else(|| {
        let errors = String::from_utf8_lossy(&output.stderr);
        let last: Vec<_> = errors.lines().rev().take(8).collect();
        let last: Vec<_> = last.into_iter().rev().collect();
        miette!(
            "{name} did not draw: {}\n{}",
            output.status,
            last.join("\n")
        )
    })
}
