//! Why a plugin cannot be used.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;
use weft_value::Digest;

use crate::native::LibraryError;

/// Why a plugin cannot be used; the others are.
#[derive(Debug, Error, Diagnostic)]
pub enum PluginProblem {
    /// A folder that the user named cannot be read.
    #[error("cannot read the plugin folder {}: {error}", path.display())]
    #[diagnostic(
        code(plugin::folder),
        help("name another with `--plugins`, or in weft.toml")
    )]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// There is source code, and nothing that it was built to.
    #[error("the plugin in {} is not built yet", path.display())]
    #[diagnostic(code(plugin::not_built), help("run `cargo build --release` there, or `weft plugin dev {}`", path.display()))]
    NotBuilt {
        /// Its folder.
        path: PathBuf,
    },
    /// A manifest cannot be read.
    #[error("cannot read {}: {message}", path.display())]
    #[diagnostic(code(plugin::manifest))]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// The library is no plugin for this machine and host.
    #[error("cannot use the plugin {}: {error}", path.display())]
    #[diagnostic(code(plugin::library))]
    Library {
        /// The file.
        path: PathBuf,
        /// Why.
        error: LibraryError,
    },
    /// It describes what cannot be.
    #[error("cannot use the plugin {}: {message}", path.display())]
    #[diagnostic(code(plugin::description))]
    Description {
        /// The file.
        path: PathBuf,
        /// What is wrong, and the cure.
        message: String,
    },
    /// Another plugin, or Weft itself, has a pack or node of the same id.
    #[error("cannot use the plugin {}: `{id}` is there already, from {}", path.display(), other)]
    #[diagnostic(
        code(plugin::clash),
        help("ids are `vendor.pack.Kind`: give one of the two another vendor or pack")
    )]
    Clash {
        /// The file.
        path: PathBuf,
        /// The id.
        id: String,
        /// Who has it.
        other: String,
    },
    /// The lock does not have this build.
    #[error(
        "cannot use the plugin {}: its build {} is not the one in weft.lock ({})",
        path.display(),
        build.short(),
        locked.map_or("which does not name it".to_owned(), |locked| locked.short())
    )]
    #[diagnostic(
        code(plugin::locked),
        help("if you trust this build, `weft plugin lock` writes it down")
    )]
    Locked {
        /// The file.
        path: PathBuf,
        /// Its hash.
        build: Digest,
        /// The hash that is locked under its id.
        locked: Option<Digest>,
    },
    /// The shader is wrong.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Shader(#[from] crate::shader::ShaderProblem),
}

impl PluginProblem {
    /// What is wrong with the description of the plugin at `path`.
    pub(crate) fn description(path: &std::path::Path) -> impl Fn(String) -> Self {
        move |message| Self::Description {
            path: path.to_owned(),
            message,
        }
    }

    /// The file or folder that it is about.
    pub fn path(&self) -> Option<&std::path::Path> {
        match self {
            Self::Folder { path, .. }
            | Self::NotBuilt { path }
            | Self::Manifest { path, .. }
            | Self::Library { path, .. }
            | Self::Description { path, .. }
            | Self::Clash { path, .. }
            | Self::Locked { path, .. } => Some(path),
            Self::Shader(_) => None,
        }
    }
}
