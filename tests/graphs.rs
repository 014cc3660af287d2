//! Every graph that we ship is in canonical form, is valid, runs, and runs the same again.

use std::{collections::BTreeMap, fs, path::Path};

use crate::program::{files, run};

/// Every file below `folder` with its content.
fn content(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    found
        .into_iter()
        .map(|(path, bytes)| (path.replace(&folder.display().to_string(), ""), bytes))
        .collect()
}

#[test]
fn graphs_are_in_canonical_form() {
    for graph in files("graphs", "ron") {
        run(&["fmt", "--check", graph.to_str().unwrap()]).with(0);
    }
}

#[test]
fn graphs_begin_with_a_comment_that_says_what_they_do() {
    for graph in files("graphs", "ron") {
        assert!(
            fs::read_to_string(&graph).unwrap().starts_with("// "),
            "{}",
            graph.display()
        );
    }
}

#[test]
fn graphs_run_and_run_the_same_again() {
    for graph in files("graphs", "ron") {
        let draws = fs::read_to_string(&graph)
            .unwrap()
            .contains("SampleInstruct(");
        // What a picture looks like is not asked here, so two steps from noise are enough.
        let few: &[_] = if draws { &["--set", "steps=2"] } else { &[] };
        let graph = graph.to_str().unwrap();
        run(&["check", graph]).with(0);
        let twice: Vec<_> = (0..2)
            .map(|_| {
                let out = tempfile::tempdir().unwrap();
                let folder = out.path().to_str().unwrap();
                let mut arguments = vec!["run", "--device", "cpu", "--no-cache", "--out", folder];
                arguments.extend(few);
                arguments.push(graph);
                run(&arguments).with(0);
                content(out.path())
            })
            .collect();
        assert!(!twice[0].is_empty(), "{graph} wrote nothing");
        assert!(
            twice[0] == twice[1],
            "{graph} wrote other bytes the second time"
        );
    }
}
