//! What a plugin is written with, carried by the program itself, so that a plugin fits the Weft that wrote it.

use std::path::Path;

use include_dir::{Dir, include_dir};
use miette::miette;
use weft::store::{Existing, write_atomically};

/// The crates of the SDK, as they are in the repository.
const CRATES: [(&str, Dir<'_>); 4] = [
    (
        "plugin",
        include_dir!("$CARGO_MANIFEST_DIR/crates/plugin/src"),
    ),
    ("abi", include_dir!("$CARGO_MANIFEST_DIR/crates/abi/src")),
    ("spec", include_dir!("$CARGO_MANIFEST_DIR/crates/spec/src")),
    (
        "node_macros",
        include_dir!("$CARGO_MANIFEST_DIR/crates/node_macros/src"),
    ),
];

/// Their manifests.
const MANIFESTS: [&str; 4] = [
    include_str!("../../plugin/Cargo.toml"),
    include_str!("../../abi/Cargo.toml"),
    include_str!("../../spec/Cargo.toml"),
    include_str!("../../node_macros/Cargo.toml"),
];

/// The manifest of the repository, whose versions they take.
const ROOT: &str = include_str!("../../../Cargo.toml");

/// The C header of the plugin boundary.
pub(super) const HEADER: &str = include_str!("../../abi/weft.h");

/// Writes the SDK for Rust below `folder`.
pub(super) fn write(folder: &Path) -> miette::Result<()> {
    put(&folder.join("Cargo.toml"), root().as_bytes())?;
    for ((name, sources), manifest) in CRATES.iter().zip(MANIFESTS) {
        let to = folder.join("crates").join(name);
        put(&to.join("Cargo.toml"), manifest.as_bytes())?;
        write_folder(&to.join("src"), sources)?;
    }
    Ok(())
}

fn write_folder(to: &Path, sources: &Dir<'_>) -> miette::Result<()> {
    for file in sources.files() {
        put(&to.join(file.path()), file.contents())?;
    }
    sources.dirs().try_for_each(|inner| write_folder(to, inner))
}

/// The manifest of the SDK: of the repository's, what its crates take from it.
fn root() -> String {
    let shared = ROOT.find("[workspace.package]").unwrap_or_default();
    let profiles = ROOT.find("[profile").unwrap_or(ROOT.len());
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n\n{}",
        &ROOT[shared..profiles]
    )
}

/// Writes a new file.
pub(super) fn put(path: &Path, bytes: &[u8]) -> miette::Result<()> {
    write_atomically(path, bytes, Existing::Refuse).map_err(|error| miette!("{error}"))
}
