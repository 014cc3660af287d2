//! `weft plugin new`: writes a plugin that works, to start from.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use miette::miette;

use super::sdk::{self, put};
use crate::{Ending, GOOD};

/// Write a plugin that works, to start from: its code, what it is built with, and a graph that tries it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Id of the plugin: `vendor.name`.
    #[arg(value_parser = id)]
    id: Id,
    /// What it is written in.
    #[arg(long, value_enum, default_value_t = Language::Rust)]
    lang: Language,
    /// Folder to write it into [default: its name, here].
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

/// What a plugin is written in.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    /// A shared library; needs cargo.
    Rust,
    /// A shared library; needs a C compiler.
    C,
    /// A shader; needs nothing.
    Wgsl,
}

/// `vendor.name`.
#[derive(Clone, Debug)]
struct Id {
    id: String,
    name: String,
    /// The name as a node has it: `ink_dots` is `InkDots`.
    kind: String,
}

fn id(text: &str) -> Result<Id, String> {
    let is_word = |word: &str| {
        let mut chars = word.chars();
        chars.next().is_some_and(|c| c.is_ascii_lowercase())
            && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    match text.split_once('.') {
        Some((vendor, name)) if is_word(vendor) && is_word(name) => {
            let capital = |word: &str| {
                let (first, rest) = word.split_at(word.len().min(1));
                first.to_ascii_uppercase() + rest
            };
            Ok(Id {
                id: text.to_owned(),
                name: name.to_owned(),
                kind: name.split('_').map(capital).collect(),
            })
        }
        _ => Err(
            "write vendor.name, each of small letters, digits and _, such as acme.ink_dots"
                .to_owned(),
        ),
    }
}

/// Writes a plugin.
pub(super) fn new(args: &Args) -> Ending {
    let Id { id, name, kind } = &args.id;
    let folder = args.into.clone().unwrap_or_else(|| name.into());
    if folder.exists() {
        return Err(miette!(
            help = "name another with `--into DIR`",
            "there is something at {} already",
            folder.display()
        ));
    }
    let next = written(&folder, args)?;
    let shown = folder.display();
    anstream::println!(
        "wrote {shown}: {id} with the node {kind}, and {shown}/try.ron, which uses it"
    );
    anstream::println!("edit {shown}/{next} while this runs:");
    anstream::println!("  weft plugin dev {shown} {shown}/try.ron --out out");
    anstream::println!("and see whether it keeps to what a node should:");
    anstream::println!("  weft plugin test {shown}");
    Ok(GOOD)
}

/// Writes all of it beside its place first, so that no half of a plugin is ever there; returns the file to edit.
fn written(folder: &Path, args: &Args) -> miette::Result<String> {
    let cannot = |error: std::io::Error| miette!("cannot write {}: {error}", folder.display());
    let beside = match folder.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(beside).map_err(cannot)?;
    let room = tempfile::Builder::new().prefix(".weft-").tempdir_in(beside);
    let room = room.map_err(cannot)?;
    let whole = room.path().join("plugin");
    let next = match args.lang {
        Language::Rust => rust(&whole, &args.id)?,
        Language::C => c(&whole, &args.id)?,
        Language::Wgsl => wgsl(&whole, &args.id)?,
    };
    let Id { id, kind, .. } = &args.id;
    let graph = TRY.replace("vendor.name", id).replace("Kind", kind);
    put(&whole.join("try.ron"), graph.as_bytes())?;
    std::fs::rename(&whole, folder).map_err(cannot)?;
    Ok(next)
}

/// A graph that tries the plugin.
const TRY: &str = "\
// Tries the plugin: `weft plugin dev . try.ron --out out` builds it, and runs this whenever it changes.
Graph(
    format: 1,
    requires: { \"vendor.name\": \"^0.1\" },
    nodes: {
        \"picture\": Noise(width: 256, height: 256),
        \"made\": Kind(image: Wire(\"picture\")),
        \"file\": SaveImage(image: Wire(\"made\"), path: \"made.png\"),
    },
)
";

/// Writes the template in Rust, and the SDK beside it; returns the file to edit.
fn rust(folder: &Path, Id { id, name, kind }: &Id) -> miette::Result<String> {
    let manifest = include_str!("../../../plugins/template/Cargo.toml")
        .replace("weft-template", &name.replace('_', "-"))
        .replace("../../crates/plugin", "sdk/crates/plugin")
        .replace("license = \"MIT OR Apache-2.0\"\n", "")
        .replace("[workspace]", "[workspace]\nexclude = [\"sdk\"]");
    let code = include_str!("../../../plugins/template/src/lib.rs")
        .replace("weft.template", id)
        .replace("Tint", kind);
    put(&folder.join("Cargo.toml"), manifest.as_bytes())?;
    put(&folder.join("src/lib.rs"), code.as_bytes())?;
    put(&folder.join(".gitignore"), b"/target\n")?;
    sdk::write(&folder.join("sdk"))?;
    Ok("src/lib.rs".to_owned())
}

/// Writes the example in C and the header beside it; returns the file to edit.
fn c(folder: &Path, Id { id, name, kind }: &Id) -> miette::Result<String> {
    let code = include_str!("../../../plugins/invert_c/invert.c")
        .replace("weft.invert_c", id)
        .replace("InvertLight", kind);
    let make = include_str!("../../../plugins/invert_c/Makefile")
        .replace("libinvert_c", &format!("lib{name}"))
        .replace("../../crates/abi/weft.h", "weft.h")
        .replace(" -I../../crates/abi", "")
        .replace("invert.c", "plugin.c");
    put(&folder.join("plugin.c"), code.as_bytes())?;
    put(&folder.join("weft.h"), sdk::HEADER.as_bytes())?;
    put(&folder.join("Makefile"), make.as_bytes())?;
    Ok("plugin.c".to_owned())
}

/// Writes a shader; returns the file to edit.
fn wgsl(folder: &Path, Id { id, name, kind }: &Id) -> miette::Result<String> {
    let code = include_str!("new/shader.wgsl").replace("vendor.name.Kind", &format!("{id}.{kind}"));
    let file = format!("{name}.wgsl");
    put(&folder.join(&file), code.as_bytes())?;
    Ok(file)
}
