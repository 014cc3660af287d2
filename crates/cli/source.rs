//! Where the text of a graph comes from: a graph file, a picture that carries its graph, or a Markdown
//! page with graphs in it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use miette::{Report, miette};
use weft::{
    Remembered, RememberedItem, Trouble, Weft, engine::ItemNames, spec::Source, vision::codec,
};

/// The name of the text in a picture that holds the graph.
const GRAPH: &str = "weft.graph";

/// The name of the text in a picture that holds the item of a batch that it was.
const ITEM: &str = "weft.item";

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

/// What a picture remembers of how it was made.
#[derive(Default)]
pub(crate) struct Memory {
    /// The values of inputs, as on a command line.
    pub(crate) values: Vec<(String, String)>,
    /// The item of a batch that it was.
    pub(crate) item: Option<ItemNames>,
}

/// The one graph to run from the file at `path`, and what a picture remembers besides.
pub(crate) fn one(path: &Path) -> miette::Result<(Source, Memory)> {
    if path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("png"))
    {
        return from_picture(path);
    }
    let mut graphs = all(path)?;
    match graphs.len() {
        1 => Ok((graphs.remove(0), Memory::default())),
        count => Err(miette!(
            "the page has {count} graphs, and only one can be run: {}",
            path.display()
        )),
    }
}

fn from_picture(path: &Path) -> miette::Result<(Source, Memory)> {
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
    let unreadable = |error| {
        miette!(
            "the picture carries inputs that cannot be read: {error}: {}",
            path.display()
        )
    };
    let values = remembered(&text(INPUTS).unwrap_or_default(), &folder).map_err(unreadable)?;
    let item: Option<RememberedItem> = text(ITEM)
        .map(|item| serde_json::from_str(&item))
        .transpose()
        .map_err(unreadable)?;
    Ok((
        Source {
            name: format!("{} (the graph in the picture)", path.display()),
            folder,
            text: graph,
        },
        Memory {
            values,
            item: item.map(RememberedItem::names),
        },
    ))
}

/// The inputs that a picture remembers; the paths among them start from the folder of the picture.
fn remembered(inputs: &str, folder: &Path) -> serde_json::Result<Vec<(String, String)>> {
    let inputs: BTreeMap<String, Remembered> = serde_json::from_str(inputs)?;
    let value = |(name, value)| match value {
        Remembered::Value(text) => (name, text),
        Remembered::Path { path } => {
            let path = absolute(&folder.join(path));
            (name, path.to_string_lossy().into_owned())
        }
    };
    Ok(inputs.into_iter().map(value).collect())
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
