//! `weft graph`: a drawing of a graph.

use std::path::PathBuf;

use clap::ValueEnum;
use miette::miette;
use weft::{
    graph::{DiskFiles, Given},
    store::{Existing, write_atomically},
};

use crate::{Ending, GOOD, machine::registry, source};

/// Draw a graph, with what its subgraphs hold.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Graph file.
    graph: PathBuf,
    /// How to write the drawing.
    #[arg(long, value_enum, default_value_t = Format::Svg)]
    format: Format,
    /// Write it to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Set an input of the graph, as `run` would.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = crate::run::assignment)]
    set: Vec<(String, String)>,
}

/// How a drawing is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For Graphviz.
    Dot,
    /// For Markdown pages.
    Mermaid,
    /// A picture.
    Svg,
}

/// Draws a graph.
pub(crate) fn graph(args: &Args) -> Ending {
    let (source, given) = source::one(&args.graph, Given::none())?;
    let given = crate::run::given_over(given, &args.set);
    let graph = weft::graph::load(
        std::sync::Arc::new(source),
        &registry()?,
        &given,
        &DiskFiles,
    )?;
    let drawing = match args.format {
        Format::Dot => weft::graph::to_dot(&graph),
        Format::Mermaid => weft::graph::to_mermaid(&graph),
        Format::Svg => weft::graph::to_svg(&graph),
    };
    match &args.out {
        Some(path) => {
            let written = write_atomically(path, drawing.as_bytes(), Existing::Replace);
            written.map_err(|error| miette!("{error}"))?;
            anstream::println!("wrote {}", path.display());
        }
        None => anstream::print!("{drawing}"),
    }
    Ok(GOOD)
}
