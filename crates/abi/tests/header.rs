//! `weft.h` says in C what this crate says in Rust. `WEFT_BLESS=1` writes it anew.

use std::{fmt::Write as _, fs, path::Path, process::Command};

use cbindgen::{
    Builder, Config, ConstantConfig, DocumentationStyle, ExportConfig, Language, Style,
};

const TOP: &str = "\
// The boundary between Weft and its plugins. The test `header` of the crate `weft-abi` makes this file of the crate.
//
// A plugin is a shared library that exports one function, `weft_plugin`. Host and plugin hand each other a table: its size
// and `WEFT_ABI` first, then one function that finds others by id. Ask the host for the functions of `WEFT_INPUT` and so
// on, and cast each to the type of its name, `weft_input_fn`. A plugin has those of `WEFT_DESCRIBE` and `WEFT_RUN`, and may
// have that of `WEFT_CHECK`.";

const BOTTOM: &str = "\
#if defined(_WIN32)
#define WEFT_EXPORT __declspec(dllexport)
#else
#define WEFT_EXPORT __attribute__((visibility(\"default\")))
#endif

#ifdef __cplusplus
extern \"C\" {
#endif

/// What a plugin exports: see `weft_entry_fn`.
WEFT_EXPORT const weft_table *weft_plugin(const weft_table *host);

#ifdef __cplusplus
}  // extern \"C\"
#endif";

/// The files of the boundary, in the order of the header.
const FILES: [&str; 5] = ["status", "types", "table", "plugin", "host"];

#[test]
fn the_header_says_what_the_crate_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let made = header(folder);
    let path = folder.join("weft.h");
    if std::env::var_os("WEFT_BLESS").is_some() {
        fs::write(&path, &made).expect("weft.h can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "weft.h is not up to date: run this test with WEFT_BLESS=1"
    );
}

#[test]
fn the_header_is_strict_c_and_cpp() {
    let header = Path::new(env!("CARGO_MANIFEST_DIR")).join("weft.h");
    for language in ["c", "c++"] {
        let compiled = Command::new("cc")
            .args([
                "-Wall",
                "-Wextra",
                "-Wpedantic",
                "-Werror",
                "-fsyntax-only",
                "-x",
                language,
            ])
            .arg(&header)
            .output();
        // Where there is no compiler, as where plugins are written in Rust alone, there is nothing to see.
        if let Ok(compiled) = compiled {
            let said = String::from_utf8_lossy(&compiled.stderr);
            let lacks_language = said.contains("cc1plus");
            assert!(compiled.status.success() || lacks_language, "{said}");
        }
    }
}

fn header(folder: &Path) -> String {
    let sources = FILES.map(|file| {
        let source = fs::read_to_string(folder.join("src").join(file).with_extension("rs"));
        plain(&source.expect("a file of this crate"))
    });
    let plain = sources.concat();
    let work = tempfile::tempdir().expect("a folder for a while");
    let path = work.path().join("boundary.rs");
    fs::write(&path, &plain).expect("a file for a while");
    let config = Config {
        language: Language::C,
        header: Some(TOP.to_owned()),
        trailer: Some(BOTTOM.to_owned()),
        after_includes: Some(constants(&plain)),
        include_guard: Some("WEFT_H".to_owned()),
        cpp_compat: true,
        no_includes: true,
        sys_includes: vec!["stddef.h".to_owned(), "stdint.h".to_owned()],
        usize_is_size_t: true,
        style: Style::Type,
        line_length: 124,
        documentation_style: DocumentationStyle::C99,
        constant: ConstantConfig {
            allow_static_const: false,
            ..Default::default()
        },
        export: ExportConfig {
            include: types(&plain).map(str::to_owned).collect(),
            rename: types(&plain)
                .map(|name| (name.to_owned(), c_type(&plain, name)))
                .collect(),
            ..Default::default()
        },
        ..Default::default()
    };
    let bindings = Builder::new()
        .with_config(config)
        .with_src(&path)
        .generate();
    let mut text = Vec::new();
    bindings.expect("C for this crate").write(&mut text);
    String::from_utf8(text).expect("UTF-8")
}

/// The source as cbindgen can read it: without what is of Rust alone, and the rows of `functions!` written out.
fn plain(source: &str) -> String {
    let mut out = String::new();
    let mut depth = 0;
    for line in source.lines() {
        let code = line.trim();
        // Rust's own conveniences: macros, methods, and what reads them.
        if depth > 0 || code.starts_with("macro_rules!") || is_methods(code) {
            depth += code.matches('{').count() as i32 - code.matches('}').count() as i32;
            if let Some(constant) = code
                .strip_prefix("pub const ")
                .filter(|it| it.contains("Self("))
            {
                let _ = writeln!(out, "CONST {constant}");
            }
        } else if code != "functions! {" {
            let _ = writeln!(out, "{code}");
        }
    }
    out
}
