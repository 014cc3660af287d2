//! `weft model`: what a file of weights holds.

use std::{collections::BTreeMap, path::PathBuf};

use miette::miette;
use weft::{
    models::{Described, describe},
    value::Digest,
};

use crate::{Ending, GOOD, summary};

/// Say what a file of weights holds: family, networks, size, hash, keys.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A safetensors file.
    file: PathBuf,
    /// List every key with its shape and the type of its numbers.
    #[arg(long)]
    keys: bool,
}

/// Says what a file of weights holds.
pub(crate) fn model(args: &Args) -> Ending {
    let path = args.file.display();
    let bytes = std::fs::read(&args.file).map_err(|why| miette!("cannot read: {why}: {path}"))?;
    let found = describe(&bytes).map_err(|why| miette!("{why}\nin {path}"))?;
    anstream::println!("{}", found.what);
    anstream::println!(
        "{}, {} numbers in {} tensors of {}",
        summary::bytes(bytes.len() as u64),
        found.numbers,
        found.tensors.len(),
        kinds_of_numbers(&found)
    );
    anstream::println!("blake3 {}", Digest::of(&bytes));
    if args.keys {
        for held in &found.tensors {
            anstream::println!("{}  {:?}  {}", held.key, held.shape, held.number);
        }
    }
    Ok(GOOD)
}

/// The types of numbers, the most frequent first.
fn kinds_of_numbers(found: &Described) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for held in &found.tensors {
        *counts.entry(&held.number).or_default() += 1;
    }
    let mut kinds: Vec<_> = counts.into_iter().collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let names: Vec<&str> = kinds.into_iter().map(|(name, _)| name).collect();
    names.join(" and ")
}
