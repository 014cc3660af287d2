//! A second run recalls everything, says so, and re-runs just what changed.

use std::{fs, path::Path};

use crate::program::{Ended, run};

fn edges(folder: &Path, more: &[&str]) -> Ended {
    let (cache, out) = (folder.join("cache"), folder.join("out"));
    let mut arguments = vec![
        "run",
        "--device",
        "cpu",
        "--explain",
        "--cache",
        cache.to_str().unwrap(),
    ];
    arguments.extend(["--out", out.to_str().unwrap(), "graphs/edges.ron"]);
    arguments.extend(more);
    run(&arguments)
}

#[test]
fn a_second_run_recalls_everything() {
    let folder = tempfile::tempdir().unwrap();
    let first = edges(folder.path(), &[]).with(0);
    assert!(first.out.contains("wrote "), "{}", first.out);
    let second = edges(folder.path(), &[]).with(0);
    assert!(second.out.contains(": 0 ran"), "{}", second.out);
    assert!(second.out.contains("is up to date: "), "{}", second.out);
}

#[test]
fn a_file_that_is_gone_is_written_again() {
    let folder = tempfile::tempdir().unwrap();
    edges(folder.path(), &[]).with(0);
    let written = folder.path().join("out/out/edges.png");
    let bytes = fs::read(&written).unwrap();
    fs::remove_file(&written).unwrap();
    edges(folder.path(), &[]).with(0);
    assert!(fs::read(&written).unwrap() == bytes);
}

#[test]
fn a_file_of_somebody_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("out/out/edges.png");
    fs::create_dir_all(written.parent().unwrap()).unwrap();
    fs::write(&written, "precious").unwrap();
    let refused = edges(folder.path(), &[]).with(1);
    assert!(refused.err.contains("already there"), "{}", refused.err);
    assert_eq!(fs::read(&written).unwrap(), b"precious");
    edges(folder.path(), &["--overwrite"]).with(0);
    assert!(fs::read(&written).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn a_changed_input_says_why_its_nodes_ran() {
    let folder = tempfile::tempdir().unwrap();
    edges(folder.path(), &[]).with(0);
    let changed = edges(folder.path(), &["--set", "sigma=2.5", "--overwrite"]).with(0);
    assert!(
        changed.out.contains("`sigma` changed: 1.4 -> 2.5"),
        "{}",
        changed.out
    );
}

#[test]
fn a_picture_runs_the_graph_that_made_it() {
    let folder = tempfile::tempdir().unwrap();
    edges(folder.path(), &["--set", "sigma=2.0"]).with(0);
    let picture = folder.path().join("out/out/edges.png");
    let bytes = fs::read(&picture).unwrap();
    // The graph names its photograph relative to itself, so the picture has to lie beside it.
    let again = folder.path().join("again");
    let moved = crate::program::root().join("graphs/.again.png");
    fs::copy(&picture, &moved).unwrap();
    let ran = run(&[
        "run",
        "--device",
        "cpu",
        "--no-cache",
        "--out",
        again.to_str().unwrap(),
        moved.to_str().unwrap(),
    ]);
    fs::remove_file(&moved).unwrap();
    ran.with(0);
    assert!(fs::read(again.join("out/edges.png")).unwrap() == bytes);
}
