//! Drawings of one package: an Iconify set of SVG bodies, or a folder of WebP files.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, de::DeserializeOwned};

use super::{DataError, concepts::key};

/// An Iconify set: `icons.json`, with code points in `chars.json` where the package knows them.
pub(super) struct Icons {
    set: Set,
    /// Names by the keys of concepts.
    pub(super) by_key: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Set {
    icons: BTreeMap<String, Icon>,
    #[serde(default)]
    aliases: BTreeMap<String, Alias>,
    #[serde(default = "sixteen")]
    width: f32,
    #[serde(default = "sixteen")]
    height: f32,
}

#[derive(Deserialize)]
struct Icon {
    body: String,
    #[serde(default)]
    left: f32,
    #[serde(default)]
    top: f32,
    width: Option<f32>,
    height: Option<f32>,
}

#[derive(Deserialize)]
struct Alias {
    parent: String,
    #[serde(default, rename = "hFlip")]
    mirrored: bool,
}

/// The side of an icon whose set does not say, by Iconify's format.
fn sixteen() -> f32 {
    16.0
}

/// Aliases of aliases that are followed.
const DEEPEST: usize = 8;

impl Icons {
    /// Reads the set of a package.
    pub(super) fn read(package: &Path) -> Result<Self, DataError> {
        let set: Set = json(&package.join("icons.json"))?;
        let chars = package.join("chars.json");
        let by_key: BTreeMap<String, String> = if chars.exists() {
            json(&chars)?
        } else {
            BTreeMap::new()
        };
        let by_key = by_key
            .into_iter()
            .map(|(points, name)| (key(&points), name))
            .collect();
        Ok(Self { set, by_key })
    }

    /// All names, those of aliases too.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.set
            .icons
            .keys()
            .chain(self.set.aliases.keys())
            .map(String::as_str)
    }

    /// The name of the icon behind a name, and whether it is mirrored.
    pub(super) fn real<'a>(&'a self, name: &'a str) -> Option<(&'a str, bool)> {
        let (mut name, mut mirrored) = (name, false);
        for _ in 0..DEEPEST {
            if self.set.icons.contains_key(name) {
                return Some((name, mirrored));
            }
            let alias = self.set.aliases.get(name)?;
            name = &alias.parent;
            mirrored ^= alias.mirrored;
        }
        None
    }

    /// An icon as a whole SVG, `currentColor` as black.
    pub(super) fn svg(&self, name: &str) -> Option<String> {
        let (name, mirrored) = self.real(name)?;
        let icon = &self.set.icons[name];
        let width = icon.width.unwrap_or(self.set.width);
        let height = icon.height.unwrap_or(self.set.height);
        let (left, top) = (icon.left, icon.top);
        let body = icon.body.replace("currentColor", "#000");
        let body = if mirrored {
            format!(
                "<g transform=\"matrix(-1 0 0 1 {} 0)\">{body}</g>",
                2.0 * left + width
            )
        } else {
            body
        };
        Some(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
             width=\"{width}\" height=\"{height}\" viewBox=\"{left} {top} {width} {height}\">{body}</svg>"
        ))
    }
}

/// The WebP files of a folder by the keys of their concepts.
pub(super) fn files(folder: &Path) -> Result<BTreeMap<String, PathBuf>, DataError> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(DataError::read(folder))? {
        let path = entry.map_err(DataError::read(folder))?.path();
        let name = path.file_stem().and_then(|name| name.to_str());
        if let (Some(name), Some("webp")) = (name, path.extension().and_then(|end| end.to_str())) {
            found.insert(key(name), path);
        }
    }
    Ok(found)
}

/// Reads a JSON file of a package.
pub(super) fn json<T: DeserializeOwned>(path: &Path) -> Result<T, DataError> {
    let bytes = fs::read(path).map_err(DataError::read(path))?;
    serde_json::from_slice(&bytes).map_err(|why| DataError::source(path, why))
}
