//! Where plugins lie in a folder that the user named.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use serde::Deserialize;

use crate::PluginProblem;

/// A place where a plugin is, or will be once it is built.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// A library or a shader.
    File(PathBuf),
    /// The folder of a Cargo package, whose newest build counts.
    Package(PathBuf),
}

impl Place {
    /// The file that is the plugin now.
    ///
    /// # Errors
    /// It is not built, or its manifest cannot be read.
    pub(crate) fn file(&self) -> Result<PathBuf, PluginProblem> {
        match self {
            Self::File(path) => Ok(path.clone()),
            Self::Package(folder) => {
                let builds = builds(folder)?;
                let newest = builds
                    .into_iter()
                    .filter_map(|path| Some((modified(&path)?, path)));
                let newest = newest.max().map(|(_, path)| path);
                newest.ok_or_else(|| PluginProblem::NotBuilt {
                    path: folder.clone(),
                })
            }
        }
    }

    /// The folders in which a change may be one of this plugin.
    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        match self {
            Self::File(path) => path.parent().map(Path::to_owned).into_iter().collect(),
            Self::Package(folder) => {
                let target = folder.join("target");
                let all = [
                    folder.clone(),
                    target.clone(),
                    target.join("debug"),
                    target.join("release"),
                ];
                all.into_iter().filter(|folder| folder.is_dir()).collect()
            }
        }
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|of| of.modified()).ok()
}

/// Every plugin at `path`: itself, if it is a file or a package; else those in it and in its sub-folders.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn places(path: &Path) -> Result<Vec<Place>, PluginProblem> {
    let cannot = |error| PluginProblem::Folder {
        path: path.to_owned(),
        error,
    };
    if fs::metadata(path).map_err(cannot)?.is_file() {
        return Ok(vec![Place::File(path.to_owned())]);
    }
    let mut places = Vec::new();
    if !add(path, &mut places).map_err(cannot)? {
        for entry in fs::read_dir(path).map_err(cannot)? {
            let entry = entry.map_err(cannot)?.path();
            if entry.is_dir() {
                add(&entry, &mut places).map_err(cannot)?;
            }
        }
    }
    places.sort();
    Ok(places)
}

/// Adds what lies right in `folder`; whether it is a package.
fn add(folder: &Path, places: &mut Vec<Place>) -> std::io::Result<bool> {
    let is_package = folder.join("Cargo.toml").is_file();
    if is_package {
        places.push(Place::Package(folder.to_owned()));
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes()[0] == b'.');
        let is_plugin = extension.is_some_and(|extension| {
            extension == "wgsl" || extension == std::env::consts::DLL_EXTENSION
        });
        if path.is_file() && is_plugin && !is_hidden {
            places.push(Place::File(path));
        }
    }
    Ok(is_package)
}

#[derive(Deserialize)]
struct Manifest {
    package: Package,
    lib: Option<Library>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
}

#[derive(Deserialize)]
struct Library {
    name: Option<String>,
}

/// The builds of a package that are there.
fn builds(folder: &Path) -> Result<Vec<PathBuf>, PluginProblem> {
    let path = folder.join("Cargo.toml");
    let manifest = |message: String| PluginProblem::Manifest {
        path: path.clone(),
        message,
    };
    let text = fs::read_to_string(&path).map_err(|error| manifest(error.to_string()))?;
    let read: Manifest = toml::from_str(&text).map_err(|error| manifest(error.to_string()))?;
    let name = read
        .lib
        .and_then(|lib| lib.name)
        .unwrap_or(read.package.name)
        .replace('-', "_");
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let file = format!("{prefix}{name}{suffix}");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| folder.join("target"), PathBuf::from);
    let mut builds: Vec<_> = ["debug", "release"]
        .map(|profile| target.join(profile).join(&file))
        .into();
    builds.retain(|path| path.is_file());
    Ok(builds)
}
