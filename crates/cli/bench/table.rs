//! What was measured, as lines of Markdown.

use super::{
    diffusion::{Args, Program},
    drawing::{Drawn, Numbers},
    peer::Peer,
};

/// What was measured, as lines of Markdown.
pub(super) struct Table {
    pub(super) text: String,
}

impl Table {
    pub(super) fn new(args: &Args, peer: Option<&Peer>) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let beside = peer.map_or(String::new(), |peer| format!("; {}", peer.versions));
        let (size, steps, rounds) = (args.size, args.steps, args.rounds);
        let text = format!(
            "Stable Diffusion, {size}×{size}, {steps} steps with guidance, {rounds} processes each, {threads} threads; \
             medians{beside}\n\n| numbers | program | s/step | from | to | peak MiB | start to picture, s |\n\
             |---|---|---|---|---|---|---|\n"
        );
        Self { text }
    }

    pub(super) fn add(&mut self, numbers: Numbers, programs: &[Program]) {
        let row = |program: &Program| Some((program.name, Row::of(&program.drawn)?));
        let rows: Vec<_> = programs.iter().filter_map(row).collect();
        for (name, row) in &rows {
            let Row {
                step,
                least,
                most,
                peak,
                whole,
            } = row;
            let peak = peak / f64::from(1 << 20);
            let cells = format!("{step:.2} | {least:.2} | {most:.2} | {peak:.0} | {whole:.1}");
            self.line(numbers, name, &cells);
        }
        if let [(_, ours), (_, theirs)] = rows.as_slice() {
            let step = ours.step / theirs.step;
            let peak = ours.peak / theirs.peak;
            let whole = ours.whole / theirs.whole;
            self.line(
                numbers,
                "weft / diffusers",
                &format!("{step:.2} | | | {peak:.2} | {whole:.2}"),
            );
        }
    }

    fn line(&mut self, numbers: Numbers, program: &str, cells: &str) {
        self.text += &format!("| {} | {program} | {cells} |\n", numbers.name());
    }
}

/// What was measured of one program.
struct Row {
    /// Seconds.
    step: f64,
    least: f64,
    most: f64,
    /// Bytes; not a number where the system does not tell.
    peak: f64,
    /// Seconds from the start of the process to its end.
    whole: f64,
}

impl Row {
    fn of(drawn: &[(Drawn, f64)]) -> Option<Self> {
        let steps = drawn.iter().flat_map(|(drawn, _)| &drawn.steps);
        let steps = sorted(steps.copied());
        let peaks = drawn
            .iter()
            .map(|(drawn, _)| drawn.peak.map_or(f64::NAN, |peak| peak as f64));
        Some(Self {
            step: middle(&steps)?,
            least: *steps.first()?,
            most: *steps.last()?,
            peak: middle(&sorted(peaks))?,
            whole: middle(&sorted(drawn.iter().map(|(_, whole)| *whole)))?,
        })
    }
}

fn sorted(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers
}

fn middle(sorted: &[f64]) -> Option<f64> {
    sorted.get(sorted.len() / 2).copied()
}
