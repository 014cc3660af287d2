//! `weft model`: what a file of weights holds.

use std::collections::BTreeMap;

use miette::miette;
use weft::{
    models::{Described, describe},
    value::File,
};

use crate::{Ending, GOOD, summary};

/// Say what a file of weights holds: family, networks, size, hash, keys.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A safetensors file, the index of several that hold a network together, or `hf:owner/repo/file` of a hub.
    file: String,
    /// List every key with its shape and the type of its numbers.
    #[arg(long)]
    keys: bool,
}

/// Says what a file of weights holds.
pub(crate) fn model(args: &Args) -> Ending {
    let file = File::named(&args.file).map_err(|why| miette!("{why}"))?;
    if file.path().extension().is_some_and(|end| end == "json") && !file.is_sharded() {
        return Err(miette!(
            "it is the index of a whole model; name the weights of one of its networks, such as \
             unet/diffusion_pytorch_model.safetensors\nin {}",
            args.file
        ));
    }
    let shards = file
        .shards()
        .map_err(|why| miette!("{why}\nin {}", args.file))?;
    let files = if shards.is_empty() {
        std::slice::from_ref(&file)
    } else {
        &shards
    };
    let mapped = files.iter().map(File::map).collect::<Result<Vec<_>, _>>();
    let mapped = mapped.map_err(|why| miette!("{why}"))?;
    let bytes: Vec<&[u8]> = mapped.iter().map(|file| &**file).collect();
    let found = describe(&bytes).map_err(|why| miette!("{why}\nin {}", args.file))?;
    anstream::println!("{}", found.what);
    anstream::println!(
        "{}, {} numbers in {} tensors of {}",
        summary::bytes(bytes.iter().map(|bytes| bytes.len() as u64).sum()),
        found.numbers,
        found.tensors.len(),
        kinds_of_numbers(&found)
    );
    for (file, bytes) in files.iter().zip(&bytes).filter(|_| !shards.is_empty()) {
        let name = file.path().file_name().unwrap_or_default().display();
        let size = summary::bytes(bytes.len() as u64);
        anstream::println!("blake3 {}  {name}, {size}", file.content());
    }
    if shards.is_empty() {
        anstream::println!("blake3 {}", file.content());
    }
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
