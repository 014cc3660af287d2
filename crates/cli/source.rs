//! Where the text of a graph comes from: a graph file, a picture that carries its graph, or a Markdown
//! page with graphs in it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use miette::{Report, miette};
use weft::{Remembered, Trouble, Weft, graph::Given, spec::Source, vision::codec};

/// The name of the text in a picture that holds the graph.
const GRAPH: &str = "weft.graph";

/// The name of the text in a picture that holds the values of the graph's inputs.
const INPUTS: &str = "weft.inputs";

/// The graphs in the file at `path`: one, unless it is a Markdown page.
pub(crate) fn all(path: &Path) -> miette::Result<Vec<Source>> {
    let source = Weft::source(path)?;
    if path.extension().is_none_or(|extension| extension != "md") {
        return Ok(vec![source]);
    }
    let graphs = blocks(&source.text);
    if graphs.is_empty() {
        return Err(miette!(
            "the page has no block that begins with ```ron: {}",
            path.display()
        ));
    }
    let graph = |text| Source {
        name: source.name.clone(),
        folder: source.folder.clone(),
        text,
    };
    Ok(graphs.into_iter().map(graph).collect())
}

/// The one graph to run from the file at `path`, and `given` with the inputs that a picture remembers.
pub(crate) fn one(path: &Path, given: Given) -> miette::Result<(Source, Given)> {
    if path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("png"))
    {
        return from_picture(path, given);
    }
    let mut graphs = all(path)?;
    match graphs.len() {
        1 => Ok((graphs.remove(0), given)),
        count => Err(miette!(
            "the page has {count} graphs, and only one can be run: {}",
            path.display()
        )),
    }
}

fn from_picture(path: &Path, mut given: Given) -> miette::Result<(Source, Given)> {
    let unreadable = |error| {
        Report::from(Trouble::Unreadable {
            path: path.to_owned(),
            error,
        })
    };
    let texts = codec::read_text(&fs::read(path).map_err(unreadable)?);
    let texts =
        texts.map_err(|error| miette!("cannot read picture: {error}: {}", path.display()))?;
    let text = |name: &str| {
        texts
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, text)| text.clone())
    };
    let Some(graph) = text(GRAPH) else {
        return Err(miette!(
            help = "only a PNG that Weft has saved does",
            "the picture carries no graph: {}",
            path.display()
        ));
    };
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    remember(&text(INPUTS).unwrap_or_default(), &folder, &mut given).map_err(|error| {
        miette!(
            "the picture carries inputs that cannot be read: {error}: {}",
            path.display()
        )
    })?;
    Ok((
        Source {
            name: format!("{} (the graph in the picture)", path.display()),
            folder,
            text: graph,
        },
        given,
    ))
}

/// Sets the inputs that a picture remembers; the paths among them start from the folder of the picture.
fn remember(inputs: &str, folder: &Path, given: &mut Given) -> serde_json::Result<()> {
    let inputs: BTreeMap<String, Remembered> = serde_json::from_str(inputs)?;
    for (name, value) in inputs {
        match value {
            Remembered::Value(text) => given.set_text(&name, &text),
            Remembered::Path { path } => {
                given.set_text(&name, &absolute(&folder.join(path)).to_string_lossy())
            }
        }
    }
    Ok(())
}

/// The path from the root; as it is where the working folder is gone.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The blocks of a Markdown page that begin with ```ron. Everything around each becomes blank, so lines
/// and columns stay those of the page.
fn blocks(page: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut start = None;
    let mut offset = 0;
    for line in page.split_inclusive('\n') {
        let fence = line.trim();
        match start {
            None if fence == "```ron" => start = Some(offset + line.len()),
            Some(from) if fence == "```" => {
                let before: String = page[..from]
                    .chars()
                    .map(|c| if c == '\n' { '\n' } else { ' ' })
                    .collect();
                blocks.push(before + &page[from..offset]);
                start = None;
            }
            _ => {}
        }
        offset += line.len();
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_keeps_its_lines() {
        let found = blocks("Prose.\n\n```ron\nGraph()\n```\nMore.\n```ron\nB\n```\n");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].lines().position(|line| line == "Graph()"), Some(3));
        assert_eq!(found[1].lines().position(|line| line == "B"), Some(7));
    }
}
