//! `weft bench diffusion`: Stable Diffusion on the CPU, beside diffusers.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use indicatif::ProgressBar;
use miette::{IntoDiagnostic, miette};

use super::{
    drawing::{Drawn, Numbers, Picture, elsewhere, here},
    peer::Peer,
    table::Table,
};
use crate::{Ending, GOOD, progress::bar};

/// Measure Stable Diffusion on the CPU beside diffusers: seconds per step, and memory.
///
/// Both draw the same picture with the same weights, in processes of their own, in turns. Each step asks the U-Net with
/// the text and without. Without --python, Weft is measured alone.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Weights: the `model_index.json` of a folder of diffusers, or without --python one file [default: those that
    /// --python makes at random, of the sizes of Stable Diffusion 1.5; 2.1 GB while it measures].
    checkpoint: Option<PathBuf>,
    /// A Python that has torch, diffusers and transformers.
    #[arg(long, value_name = "FILE", env = "WEFT_PYTHON")]
    python: Option<PathBuf>,
    /// Pixels a side, a multiple of 8.
    #[arg(long, value_name = "PIXELS", default_value_t = 512, value_parser = side)]
    pub(super) size: u16,
    /// Steps of each picture; the first is not counted.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(3..=1000))]
    pub(super) steps: u16,
    /// Pictures of each program.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub(super) rounds: u16,
    /// Numbers of weights and operands; may be given again [default: both].
    #[arg(long, value_enum)]
    numbers: Vec<Numbers>,
    /// Draw one picture in this process.
    #[arg(long, hide = true, requires = "checkpoint")]
    here: bool,
}

/// A multiple of 8.
fn side(text: &str) -> Result<u16, String> {
    match text.parse() {
        Ok(side @ 64..=4096) if side % 8 == 0 => Ok(side),
        _ => Err("write a multiple of 8 from 64 to 4096".to_owned()),
    }
}

/// Measures.
pub(crate) fn diffusion(args: &Args) -> Ending {
    let numbers = match args.numbers.as_slice() {
        [] => &[Numbers::F32, Numbers::Bf16],
        some => some,
    };
    let picture = |numbers| Picture {
        size: args.size,
        steps: args.steps,
        numbers,
    };
    if let (true, Some(checkpoint), [first, ..]) = (args.here, &args.checkpoint, numbers) {
        here(checkpoint, picture(*first))?;
        return Ok(GOOD);
    }
    let bar = bar("{elapsed:>4} {bar:24} {pos}/{len} {msg}");
    bar.enable_steady_tick(Duration::from_millis(250));
    let peer = args.python.as_deref().map(Peer::new).transpose()?;
    let checkpoint = checkpoint(args, peer.as_ref(), &bar)?;
    let mut all = Vec::new();
    for &numbers in numbers {
        all.push((
            numbers,
            programs(&checkpoint, peer.as_ref(), picture(numbers))?,
        ));
    }
    draw(&mut all, args.rounds, &bar)?;
    let mut table = Table::new(args, peer.as_ref());
    for (numbers, programs) in &all {
        table.add(*numbers, programs);
    }
    bar.finish_and_clear();
    anstream::print!("{}", table.text);
    Ok(GOOD)
}

/// All of them, the programs of one kind of numbers in turns.
fn draw(all: &mut [(Numbers, Vec<Program>)], rounds: u16, bar: &ProgressBar) -> miette::Result<()> {
    let each: usize = all.iter().map(|(_, programs)| programs.len()).sum();
    bar.set_length(each as u64 * u64::from(rounds));
    for (numbers, programs) in all {
        for _ in 0..rounds {
            for program in programs.iter_mut() {
                bar.set_message(format!("{}, {}", program.name, numbers.name()));
                program.draw()?;
                bar.inc(1);
            }
        }
    }
    Ok(())
}

/// The weights that are given, or made.
fn checkpoint(args: &Args, peer: Option<&Peer>, bar: &ProgressBar) -> miette::Result<PathBuf> {
    match (&args.checkpoint, peer) {
        (Some(checkpoint), _) if checkpoint.is_file() => Ok(checkpoint.clone()),
        (Some(checkpoint), _) => Err(miette!("there is no file {}", checkpoint.display())),
        (None, Some(peer)) => {
            bar.set_message("making weights at random");
            peer.made()
        }
        (None, None) => Err(miette!(
            "name the weights, or give --python FILE, which makes some at random"
        )),
    }
}

/// A program that draws the picture.
pub(super) struct Program {
    pub(super) name: &'static str,
    command: Command,
    /// What it drew, each with the seconds from the start of the process to its end.
    pub(super) drawn: Vec<(Drawn, f64)>,
}

impl Program {
    fn draw(&mut self) -> miette::Result<()> {
        let begin = Instant::now();
        let drawn = elsewhere(&mut self.command)?;
        self.drawn.push((drawn, begin.elapsed().as_secs_f64()));
        Ok(())
    }
}

/// This program, and the other one if it is there.
fn programs(
    checkpoint: &Path,
    peer: Option<&Peer>,
    picture: Picture,
) -> miette::Result<Vec<Program>> {
    let theirs = peer.map(|peer| peer.drawing(checkpoint, picture));
    let theirs = theirs.transpose()?.map(|command| ("diffusers", command));
    let all = [("weft", own(checkpoint, picture)?)]
        .into_iter()
        .chain(theirs);
    let program = |(name, command)| Program {
        name,
        command,
        drawn: Vec::new(),
    };
    Ok(all.map(program).collect())
}

/// That draws the picture by this program.
fn own(checkpoint: &Path, picture: Picture) -> miette::Result<Command> {
    let mut command = Command::new(std::env::current_exe().into_diagnostic()?);
    command.args(["bench", "diffusion", "--here"]);
    command.arg("--size").arg(picture.size.to_string());
    command.arg("--steps").arg(picture.steps.to_string());
    command.args(["--numbers", picture.numbers.name()]);
    command.arg("--").arg(checkpoint);
    Ok(command)
}
