//! Writes the header: types by cbindgen, constants from the text of the source, since `Self(1)` and `c"…"` are nothing
//! that cbindgen writes.

mod source;

use std::{fs, path::Path};

use cbindgen::{Builder, Config, DocumentationStyle, ExportConfig, Language, SortKey, Style};

use source::Source;

const TOP: &str = "\
// The boundary between Weft and its plugins, made from the crate `weft-abi` by its test `header`.
//
// A plugin is a shared library that exports one function, `weft_plugin`. Host and plugin hand each other a table: its size
// and `WEFT_ABI` first, then one function that finds others by id. Ask the host for those of `WEFT_INPUT` and so on, and
// cast each to the type of its name, `weft_input_fn`. A plugin has those of `WEFT_DESCRIBE` and `WEFT_RUN`, and may have
// that of `WEFT_CHECK`.

#ifndef WEFT_H
#define WEFT_H";

const BOTTOM: &str = "\
#if defined(_WIN32)
#define WEFT_EXPORT __declspec(dllexport)
#else
#define WEFT_EXPORT __attribute__((visibility(\"default\")))
#endif

#ifdef __cplusplus
extern \"C\" {
#endif

/// What a plugin exports: see `Entry`.
WEFT_EXPORT const weft_table *weft_plugin(const weft_table *host);

#ifdef __cplusplus
}  // extern \"C\"
#endif

#endif  // WEFT_H";

/// The files of the boundary, in the order of the header.
const FILES: [&str; 5] = ["status", "types", "table", "plugin", "host"];

/// The text of the header.
pub(crate) fn header(folder: &Path) -> String {
    let mut source = Source::default();
    for file in FILES {
        let path = folder.join(file).with_extension("rs");
        source.read(&fs::read_to_string(path).expect("a file of this crate"));
    }
    let work = tempfile::tempdir().expect("a folder for a while");
    let path = work.path().join("boundary.rs");
    fs::write(&path, &source.rust).expect("a file for a while");
    let built = Builder::new()
        .with_config(config(&source))
        .with_src(&path)
        .generate();
    let mut text = Vec::new();
    built.expect("C for this crate").write(&mut text);
    source.in_c(&String::from_utf8(text).expect("UTF-8"))
}

fn config(source: &Source) -> Config {
    Config {
        language: Language::C,
        header: Some(TOP.to_owned()),
        after_includes: Some(format!("{}\n", source.constants.trim_end())),
        trailer: Some(BOTTOM.to_owned()),
        cpp_compat: true,
        no_includes: true,
        sys_includes: vec!["stddef.h".to_owned(), "stdint.h".to_owned()],
        usize_is_size_t: true,
        style: Style::Type,
        line_length: 124,
        documentation_style: DocumentationStyle::Cxx,
        sort_by: SortKey::None,
        export: ExportConfig {
            include: source.types.iter().map(|(rust, _)| rust.clone()).collect(),
            rename: source.types.iter().cloned().collect(),
            ..ExportConfig::default()
        },
        ..Config::default()
    }
}
