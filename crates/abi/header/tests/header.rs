//! `weft.h` says in C what this crate says in Rust. `WEFT_BLESS=1` writes it anew.

mod c;

use std::{fs, path::Path, process::Command};

use weft_abi::Described;

fn folder() -> &'static Path {
    // This crate lies in the folder of weft-abi.
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

#[test]
fn the_header_says_what_the_crate_says() {
    let made = c::header(&folder().join("src"));
    let path = folder().join("weft.h");
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
            .arg(folder().join("weft.h"))
            .output();
        // Where there is no compiler for it, as where plugins are written in Rust alone, there is nothing to see.
        let Ok(compiled) = compiled else { continue };
        let said = String::from_utf8_lossy(&compiled.stderr);
        assert!(
            compiled.status.success() || said.contains("cc1plus"),
            "{said}"
        );
    }
}

#[test]
fn the_example_in_c_describes_itself() {
    let work = tempfile::tempdir().expect("a folder for a while");
    let example = folder().join("../../plugins/invert_c/invert.c");
    let print = format!(
        "#include {example:?}\n#include <stdio.h>\nint main(void) {{ return puts(DESCRIPTION) < 0; }}\n"
    );
    let (source, program) = (work.path().join("print.c"), work.path().join("print"));
    fs::write(&source, print).expect("a file for a while");
    let compiler = Command::new("cc")
        .args(["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I"])
        .args([folder(), &source])
        .args([Path::new("-o"), &program])
        .output();
    let Ok(compiled) = compiler else { return };
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    let said = Command::new(&program).output().expect("it runs").stdout;
    let described = Described::read(&String::from_utf8_lossy(&said)).expect("a description");
    assert_eq!(described.id, "weft.invert_c");
    let node = &described.nodes[0];
    assert_eq!((node.pack(), node.version), (described.id.as_str(), 1));
    assert_eq!(
        node.input("amount")
            .and_then(|it| it.range)
            .map(|it| it.contains(1.0)),
        Some(true)
    );
}
