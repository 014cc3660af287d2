//! `load.LoadFolder`.

use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};
use weft_node::{
    Context, Effect, Error, Facts, Inputs, Node, Outputs, Result,
    value::{File, Folder, Image, List},
};
use weft_vision::codec;

use crate::read::read;

/// Read every picture of a folder.
///
/// In the order in which people count: `2.png` before `10.png`. Sub-folders, hidden files and files that are no
/// pictures are passed over; a broken picture is an error. A node that takes one picture is run for
/// each of the list. All of them are in memory at once.
#[derive(Inputs)]
pub struct LoadFolder {
    /// Folder to read.
    pub folder: Folder,
    /// Which names to take: `*` stands for anything, `?` for one character, `{a,b}` for either; upper and lower case are the same.
    #[input(default = "*")]
    pub pattern: String,
}

/// The pictures of a folder and their names, in the same order.
#[derive(Outputs)]
pub struct LoadedFolder {
    /// The pictures.
    pub images: List<Image>,
    /// The names of the files, without extension.
    pub names: List<String>,
}

impl Node for LoadFolder {
    const ID: &str = "load.LoadFolder";
    const EFFECT: Effect = Effect::Reads;
    type Output = LoadedFolder;

    fn check(facts: &Facts<'_>) -> Result<()> {
        let pattern = facts.get::<String>("pattern");
        pattern.map_or(Ok(()), |pattern| matcher(&pattern).map(drop))
    }

    fn run(self, context: &mut Context) -> Result<LoadedFolder> {
        let matcher = matcher(&self.pattern)?;
        let is_taken = |file: &&File| matcher.is_match(name(file));
        let files: Vec<_> = self.folder.files().iter().filter(is_taken).collect();
        let (mut images, mut names) = (Vec::new(), Vec::new());
        for (done, file) in files.iter().enumerate() {
            context.step(done, files.len())?;
            if let Some(image) = picture(file, context)? {
                images.push(image);
                names.push(file.stem());
            }
        }
        if images.is_empty() {
            return Err(nothing(&self));
        }
        context.step(files.len(), files.len())?;
        Ok(LoadedFolder {
            images: List(images),
            names: List(names),
        })
    }
}

/// The picture in `file`; `None` if it is not even meant to be one.
fn picture(file: &File, context: &Context) -> Result<Option<Image>> {
    let bytes = read(file)?;
    if !codec::is_picture(file.path(), &bytes) {
        return Ok(None);
    }
    let decoded = codec::decode(&bytes, context.device());
    let named = |error| {
        let cure = "or leave it out with `pattern`";
        Error::input(
            "folder",
            format!("{error}, {cure}: {}", file.path().display()),
        )
    };
    Ok(Some(decoded.map_err(named)?.image))
}

fn name(file: &File) -> &Path {
    file.path().file_name().map_or(file.path(), Path::new)
}

fn matcher(pattern: &str) -> Result<GlobMatcher> {
    let glob = GlobBuilder::new(pattern).case_insensitive(true).build();
    let explain = |error: globset::Error| {
        Error::input(
            "pattern",
            format!("`{pattern}` is no pattern of names: {}", error.kind()),
        )
    };
    Ok(glob.map_err(explain)?.compile_matcher())
}

fn nothing(node: &LoadFolder) -> Error {
    let (path, count) = (node.folder.path().display(), node.folder.files().len());
    if count == 0 {
        return Error::input(
            "folder",
            format!("the folder has no files; put pictures into it: {path}"),
        );
    }
    let message = format!(
        "none of the {count} files is a picture whose name matches `{}`: {path}",
        node.pattern
    );
    Error::input("pattern", message)
}
