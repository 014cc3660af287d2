//! Large graphs: nothing recurses over a graph, and nothing grows with its square.

use std::{fmt::Write, fs, path::Path};

use crate::program::{Ended, run};

/// Writes the graph into `folder` and runs it.
fn run_nodes(folder: &Path, nodes: &str) -> Ended {
    let graph = folder.join("large.ron");
    fs::write(&graph, format!("Graph(format: 1, nodes: {{ {nodes} }})")).unwrap();
    let (graph, out) = (graph.to_str().unwrap(), folder.to_str().unwrap());
    run(&["run", "--device", "cpu", "--no-cache", "--out", out, graph])
}

/// A picture and a chain of so many negatives of it, called `n0` and so on.
fn negatives(count: usize) -> String {
    let mut nodes = "\"n0\": Gradient(width: 16, height: 16), ".to_owned();
    for i in 0..count {
        write!(nodes, "\"n{}\": Invert(image: Wire(\"n{i}\")), ", i + 1).unwrap();
    }
    nodes
}

#[test]
fn a_chain_of_ten_thousand_pictures_passes() {
    let folder = tempfile::tempdir().unwrap();
    let nodes =
        negatives(10_000) + "\"file\": SaveImage(image: Wire(\"n10000\"), path: \"it.png\")";
    let ended = run_nodes(folder.path(), &nodes).with(0);
    assert!(
        ended.out.contains("10002 nodes: 10002 ran"),
        "{}",
        ended.out
    );
}

#[test]
fn a_tree_of_five_hundred_and_thirteen_pictures_passes() {
    let folder = tempfile::tempdir().unwrap();
    let mut nodes = negatives(256);
    let mut level: Vec<_> = (1..=256).map(|i| format!("n{i}")).collect();
    let mut blends = 0;
    while level.len() > 1 {
        let pair = |pair: &[String]| {
            blends += 1;
            let [over, under] = [&pair[0], &pair[1]];
            write!(nodes, "\"b{blends}\": Blend(over: Wire(\"{over}\"), under: Wire(\"{under}\"), opacity: 0.5), ").unwrap();
            format!("b{blends}")
        };
        level = level.chunks(2).map(pair).collect();
    }
    nodes += &format!(
        "\"file\": SaveImage(image: Wire(\"{}\"), path: \"it.png\")",
        level[0]
    );
    let ended = run_nodes(folder.path(), &nodes).with(0);
    assert!(ended.out.contains("513 nodes: 513 ran"), "{}", ended.out);
    // Half of the negatives are the gradient and half its negative, so all of them blended are grey.
    let mean = image::open(folder.path().join("it.png")).unwrap().to_rgb8();
    assert!(
        mean.pixels()
            .all(|pixel| pixel.0.iter().all(|channel| channel.abs_diff(128) <= 1))
    );
}
