//! `weft train`: follows a training recipe, from where it was left.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use indicatif::ProgressBar;
use miette::IntoDiagnostic;
use weft::{
    engine::Cancel,
    tensor::DeviceChoice,
    train::{
        Recipe, follow,
        training::{Audience, News},
    },
};

use crate::{Ending, GOOD, progress::bar, run::cancel_on_interrupt};

/// Train a network as a recipe says.
///
/// A run that was stopped, even by a power cut, goes on from its last checkpoint when the command is given
/// again. Ctrl-C saves one and stops.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Recipe, a RON file; see crates/train/recipes.
    recipe: PathBuf,
    /// Write checkpoints, the loss curve, sheets of samples and the weights below this folder
    /// [default: training/ and the name of the recipe].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where to compute: auto, cpu, gpu or gpu:1.
    #[arg(long, default_value_t, value_name = "DEVICE")]
    device: DeviceChoice,
    /// Stop after so many minutes, with a checkpoint.
    #[arg(long, value_name = "MINUTES")]
    minutes: Option<f64>,
}

/// Follows a training recipe.
pub(crate) fn train(args: &Args) -> Ending {
    let recipe = Recipe::read(&args.recipe).into_diagnostic()?;
    recipe.check().into_diagnostic()?;
    let stem = args.recipe.file_stem().unwrap_or_default();
    let folder = args
        .out
        .clone()
        .unwrap_or_else(|| Path::new("training").join(stem));
    let chosen = weft::tensor::choose(args.device).into_diagnostic()?;
    let cancel = Cancel::default();
    cancel_on_interrupt(&cancel, "stopping")?;
    let mut bar = Bar::new(cancel, args.minutes);
    anstream::eprintln!("training on {}, into {}", chosen.name, folder.display());
    let written = follow(&recipe, &folder, &chosen.device, &mut bar).into_diagnostic()?;
    bar.end();
    for line in written {
        anstream::println!("{line}");
    }
    Ok(GOOD)
}

/// A progress bar on standard error.
struct Bar {
    bar: ProgressBar,
    cancel: Cancel,
    until: Option<std::time::Instant>,
}

impl Bar {
    fn new(cancel: Cancel, minutes: Option<f64>) -> Self {
        let bar = bar("{bar:24} {pos}/{len} {msg}");
        let until = minutes
            .map(|minutes| std::time::Instant::now() + Duration::from_secs_f64(minutes * 60.0));
        Self { bar, cancel, until }
    }

    fn end(&self) {
        self.bar.finish();
    }
}

impl Audience for Bar {
    fn prepares(&mut self, what: &str, done: usize, all: usize) {
        self.bar.set_length(all as u64);
        self.bar.set_position(done as u64);
        self.bar.set_message(what.to_owned());
    }

    fn step(&mut self, news: &News) {
        self.bar.set_length(news.steps);
        self.bar.set_position(news.step);
        let left = indicatif::HumanDuration(news.left);
        let (loss, seconds) = (news.loss, news.seconds);
        self.bar.set_message(format!(
            "loss {loss:.4}, {seconds:.2} s a step, {left} left"
        ));
        if self.bar.is_hidden() && news.step.is_multiple_of(100) {
            anstream::eprintln!(
                "step {}/{}: loss {loss:.4}, {seconds:.2} s a step, {left} left",
                news.step,
                news.steps
            );
        }
    }

    fn wrote(&mut self, path: &Path) {
        self.bar
            .suspend(|| anstream::eprintln!("wrote {}", path.display()));
    }

    fn stops(&self) -> bool {
        self.cancel.is_cancelled()
            || self
                .until
                .is_some_and(|until| std::time::Instant::now() >= until)
    }
}
