//! `weft eval`: how well the instruct model follows instructions.

use std::path::PathBuf;

use miette::{IntoDiagnostic, miette};
use weft::{
    eval::{self, Ask, Evaluation, Files, Networks},
    store::{Existing, write_atomically},
    tensor::DeviceChoice,
    train::{data::DataSet, training::write_png},
    value::{Choice, instruction::Task},
};

use crate::{Ending, GOOD, progress::bar};

/// Measure how well the instruct model follows instructions.
///
/// Asks for pictures that nothing was learnt from, by words and reference pictures, and prints SC/PQ/O of each task
/// as Instruct-Imagen does (arXiv 2401.01952, table 4), beside baselines and what the autoencoder allows. Without files
/// it measures what is shipped, on the pictures that are shipped.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Data set, from `weft data build` [default: the part that is shipped].
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Weights of the U-Net [default: those that are shipped].
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Weights of another U-Net, for a column beside the model, such as one trained without a stage.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Weights of the autoencoder [default: those that are shipped].
    #[arg(long, value_name = "FILE")]
    autoencoder: Option<PathBuf>,
    /// Weights of the judge [default: those that are shipped].
    #[arg(long, value_name = "FILE")]
    judge: Option<PathBuf>,
    /// Ask for this task only, such as Subject or style-transfer; may be given again.
    #[arg(long = "task", value_name = "NAME", value_parser = task)]
    tasks: Vec<Task>,
    /// Pictures a task [default: 72, or 18 with --quick].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=10_000))]
    samples: Option<u16>,
    /// Steps of the sampler [default: 25, or 12 with --quick].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    steps: Option<u16>,
    /// Guidance by the text and by the references, such as 3,2 [default: as in SampleInstruct].
    #[arg(long, value_name = "T,C", value_parser = guidance)]
    guidance: Option<[f64; 2]>,
    /// Measure roughly, in minutes: two pictures a style for each task, in few steps.
    #[arg(long)]
    quick: bool,
    /// Write sheets of what was drawn into this folder: references, drawn, truth.
    #[arg(long, value_name = "DIR")]
    sheet: Option<PathBuf>,
    /// Write all numbers to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where to compute: auto, cpu, gpu or gpu:1.
    #[arg(long, default_value_t, value_name = "DEVICE")]
    device: DeviceChoice,
}

/// Measures the model.
pub(crate) fn eval(args: &Args) -> Ending {
    let chosen = weft::tensor::choose(args.device).into_diagnostic()?;
    let data = match &args.data {
        Some(path) => DataSet::open(path),
        None => eval::held_out(),
    };
    let data = data.into_diagnostic()?;
    let files = Files {
        model: args.model.clone(),
        against: args.against.clone(),
        autoencoder: args.autoencoder.clone(),
        judge: args.judge.clone(),
    };
    let networks = Networks::read(&files, &chosen.device).into_diagnostic()?;
    let ask = ask(args);
    anstream::eprintln!("measuring on {}, {} steps", chosen.name, ask.steps);
    let bar = bar("{bar:24} {pos}/{len} {msg} {elapsed}");
    let done = eval::evaluate(&networks.setup(&data, &ask), &mut |what, done, all| {
        bar.set_message(what.to_owned());
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let done = done.into_diagnostic()?;
    anstream::print!(
        "{}\n{}",
        eval::table(&done.report),
        eval::measures(&done.report)
    );
    write(args, &done)?;
    Ok(GOOD)
}

fn ask(args: &Args) -> Ask {
    let mut ask = Ask::default();
    if args.quick {
        (ask.samples, ask.steps) = (18, 12);
    }
    if !args.tasks.is_empty() {
        ask.tasks = Task::ALL
            .into_iter()
            .filter(|task| args.tasks.contains(task))
            .collect();
    }
    ask.samples = args.samples.map_or(ask.samples, usize::from);
    ask.steps = args.steps.map_or(ask.steps, usize::from);
    ask.guidance = args.guidance.unwrap_or(ask.guidance);
    ask
}

fn write(args: &Args, done: &Evaluation) -> miette::Result<()> {
    if let Some(path) = &args.json {
        let json = serde_json::to_vec_pretty(&done.report).into_diagnostic()?;
        write_atomically(path, &json, Existing::Replace).into_diagnostic()?;
    }
    if let Some(folder) = &args.sheet {
        for (name, sheet) in &done.sheets {
            let path = folder.join(format!("{name}.png"));
            write_png(sheet, &path).into_diagnostic()?;
            anstream::eprintln!("wrote {}", path.display());
        }
    }
    Ok(())
}

/// A task by its word, whatever its case, with or without dashes.
fn task(text: &str) -> Result<Task, String> {
    let plain = |word: &str| word.replace(['-', '_', ' '], "").to_lowercase();
    let found = Task::ALL
        .into_iter()
        .find(|task| plain(task.word()) == plain(text));
    found.ok_or_else(|| {
        let words: Vec<&str> = Task::ALL.into_iter().map(Choice::word).collect();
        format!("it is none of {}", words.join(", "))
    })
}

/// Two weights.
fn guidance(text: &str) -> Result<[f64; 2], miette::Report> {
    let wrong = || miette!("write two numbers of 0 or more, such as 3,2");
    let (text, context) = text.split_once(',').ok_or_else(wrong)?;
    let weight = |text: &str| {
        text.trim()
            .parse()
            .ok()
            .filter(|it| (0.0..=100.0).contains(it))
    };
    match (weight(text), weight(context)) {
        (Some(text), Some(context)) => Ok([text, context]),
        _ => Err(wrong()),
    }
}
