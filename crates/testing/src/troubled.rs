//! A plugin in C that does everything a plugin must not do, built as a test wants it.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// How the troubled plugin is built.
#[derive(Clone, Copy, Debug)]
pub struct Troubled {
    /// The version that it says it has.
    pub version: &'static str,
    /// The number that its node `Build` gives.
    pub build: f64,
    /// The version of the boundary that it says it was built for.
    pub abi: u32,
    /// The name that its entry is exported by.
    pub entry: &'static str,
}

impl Default for Troubled {
    fn default() -> Self {
        Self {
            version: "0.1.0",
            build: 1.0,
            abi: 1,
            entry: "weft_plugin",
        }
    }
}

impl Troubled {
    /// Builds it into `folder` by the C compiler that Rust links with.
    ///
    /// # Panics
    /// There is no C compiler, or the plugin does not compile.
    pub fn build(&self, folder: &Path) -> PathBuf {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../host/tests/troubled.c");
        let library = folder.join(format!("libtroubled.{}", std::env::consts::DLL_EXTENSION));
        let Self {
            version,
            build,
            abi,
            entry,
        } = self;
        let mut command = Command::new("cc");
        command
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&library)
            .arg(source);
        command.arg(format!("-DVERSION=\"{version}\""));
        command.args([
            format!("-DBUILD={build:?}"),
            format!("-DABI={abi}"),
            format!("-DENTRY={entry}"),
        ]);
        let built = command
            .status()
            .expect("a C compiler is there, as Rust links with it");
        assert!(built.success(), "the troubled plugin compiles");
        library
    }
}
