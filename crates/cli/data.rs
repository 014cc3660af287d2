//! `weft data`: the pictures that models learn from.

use std::path::{Path, PathBuf};

use miette::IntoDiagnostic;
use weft::{
    eval,
    train::{
        data::{DataSet, Options, Split, build},
        training::write_png,
    },
};

use crate::{Ending, GOOD, progress::bar};

/// Build and look at data sets.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Build the data set of the packages that crates/train/scripts/fetch_emoji.sh fetched.
    Build {
        /// Folder of the packages.
        sources: PathBuf,
        /// File to write.
        out: PathBuf,
    },
    /// Say what is in a data set.
    Show {
        /// Data set.
        file: PathBuf,
        /// Also draw some of it, a row a concept, a column a style; upside down what is never learnt from.
        #[arg(long, value_name = "PNG")]
        sheet: Option<PathBuf>,
    },
    /// Write the part that `weft eval` needs: some targets, their references, pictures to compare with.
    Part {
        /// Data set.
        file: PathBuf,
        /// File to write.
        out: PathBuf,
        /// Targets of each style.
        #[arg(long, default_value_t = 8, value_name = "N")]
        targets: usize,
    },
}

/// Builds, shows or cuts a data set.
pub(crate) fn data(args: &Args) -> Ending {
    match &args.verb {
        Verb::Build { sources, out } => built(sources, out),
        Verb::Show { file, sheet } => show(file, sheet.as_deref()),
        Verb::Part { file, out, targets } => {
            let whole = DataSet::open(file).into_diagnostic()?;
            let part = whole.subset(&eval::part(&whole, *targets));
            part.save(out).into_diagnostic()?;
            tell(&part);
            Ok(GOOD)
        }
    }
}

fn built(sources: &Path, out: &Path) -> Ending {
    let bar = bar("{bar:24} {pos}/{len} pictures, {eta} left");
    let set = build(sources, &Options::default(), &|_, all| {
        bar.set_length(all as u64);
        bar.inc(1);
    });
    bar.finish_and_clear();
    let set = set.into_diagnostic()?;
    set.save(out).into_diagnostic()?;
    for failure in set.failures() {
        let (concept, style) = (&failure.concept, &failure.style);
        anstream::eprintln!("not drawn: {concept} in {style}: {}", failure.why);
    }
    tell(&set);
    Ok(GOOD)
}

fn show(file: &Path, sheet: Option<&Path>) -> Ending {
    let set = DataSet::open(file).into_diagnostic()?;
    tell(&set);
    for package in set.packages() {
        anstream::println!("from {} {}", package.name, package.version);
    }
    if let Some(path) = sheet {
        let drawn = eval::overview(&set, 12).into_diagnostic()?;
        write_png(&drawn, path).into_diagnostic()?;
    }
    Ok(GOOD)
}

/// Counts by style and by what pictures are for.
fn tell(set: &DataSet) {
    let splits = [Split::Train, Split::HeldCell, Split::HeldConcept];
    let count = |split, is_of: &dyn Fn(usize) -> bool| {
        let pictures = set.for_split(split).into_iter();
        pictures
            .filter(|&it| is_of(set.pictures()[it].style))
            .count()
    };
    let line = |name: &str, licence: &str, is_of: &dyn Fn(usize) -> bool| {
        let [learnt, cell, concept] = splits.map(|split| count(split, is_of));
        anstream::println!("{name:<22} {licence:<11} {learnt:>7} {cell:>9} {concept:>12}");
    };
    anstream::println!("style                  licence      learnt held cell held concept");
    for (place, style) in set.styles().iter().enumerate() {
        line(&style.id, &style.licence, &|it| it == place);
    }
    line("all", "", &|_| true);
    let held = set
        .concepts()
        .iter()
        .filter(|it| Split::holds(&it.key))
        .count();
    let (concepts, pictures, side) = (set.concepts().len(), set.pictures().len(), set.side());
    anstream::println!(
        "{concepts} concepts, {held} of them held out; {pictures} pictures of {side} pixels; hash {}",
        set.hash()
    );
}
