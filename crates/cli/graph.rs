//! `weft graph`: a drawing of a graph.

use std::{path::PathBuf, sync::Arc};

use clap::ValueEnum;
use miette::miette;
use weft::store::{Existing, write_atomically};

use crate::{Ending, GOOD, source};

/// Draw a graph, as a picture or for Graphviz or Markdown.
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
    let (source, _) = source::one(&args.graph)?;
    let graph = weft::graph::read(Arc::new(source))?;
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
