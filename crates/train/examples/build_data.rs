//! Builds the emoji data set: `cargo run --release -p weft-train --example build_data -- SOURCES OUT`, where SOURCES
//! is what `crates/train/scripts/fetch_emoji.sh SOURCES` filled.
#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a program for a terminal"
)]

use std::{error::Error, io::Write, path::Path, time::Instant};

use weft_train::data::{Options, Split, build};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [sources, out] = arguments.as_slice() else {
        return Err("usage: build_data SOURCES OUT".into());
    };
    let start = Instant::now();
    let progress = |done: usize, of: usize| {
        if done.is_multiple_of(100) || done == of {
            eprint!("\r{done} of {of} pictures");
            let _ = std::io::stderr().flush();
        }
    };
    let set = build(Path::new(sources), &Options::default(), &progress)?;
    eprintln!();
    set.save(Path::new(out))?;

    for failure in set.failures() {
        println!(
            "not drawn: {} in {}: {}",
            failure.concept, failure.style, failure.why
        );
    }
    let splits = [Split::Train, Split::HeldCell, Split::HeldConcept];
    println!(
        "{:<22} {:>7} {:>9} {:>12}",
        "style", "learnt", "held cell", "held concept"
    );
    for (place, style) in set.styles().iter().enumerate() {
        let count = |split| {
            set.for_split(split)
                .iter()
                .filter(|&&i| set.pictures()[i].style == place)
                .count()
        };
        let [learnt, cell, concept] = splits.map(count);
        println!("{:<22} {learnt:>7} {cell:>9} {concept:>12}", style.id);
    }
    let [learnt, cell, concept] = splits.map(|split| set.for_split(split).len());
    println!("{:<22} {learnt:>7} {cell:>9} {concept:>12}", "all");
    let held = set
        .concepts()
        .iter()
        .filter(|concept| Split::holds(&concept.key))
        .count();
    println!(
        "{} concepts, {held} held out; {} pictures",
        set.concepts().len(),
        set.pictures().len()
    );
    println!(
        "{:.1} s, hash {}",
        start.elapsed().as_secs_f32(),
        set.hash()
    );
    Ok(())
}
