//! Ten thousand nodes pass through everything, in time that grows with their number and no faster.

use std::{
    fmt::Write,
    time::{Duration, Instant},
};

use crate::{
    Given, check, diff,
    fake::{MapFiles, registry, source},
    fmt, read, to_dot, to_mermaid, to_svg,
};

fn chain(count: usize) -> String {
    let mut text =
        "Graph(\n    format: 1,\n    nodes: {\n        \"n0\": LoadImage(path: \"a.png\"),\n"
            .to_owned();
    for n in 1..count {
        writeln!(
            text,
            "        \"n{n}\": Zoom(image: Wire(\"n{}\"), scale: 1.5),",
            n - 1
        )
        .unwrap();
    }
    text + "    },\n)\n"
}

/// How long it takes to read, check, format and compare a chain of so many nodes.
fn time(count: usize) -> Duration {
    let text = chain(count);
    let (source, registry) = (source(&text), registry());
    let start = Instant::now();
    let document = read(source.clone()).unwrap();
    let graph = check(&document, &registry, &Given::none(), &MapFiles::default()).unwrap();
    assert_eq!(graph.nodes().len(), count);
    assert_eq!(fmt(&source).unwrap(), text);
    assert_eq!(diff(&document, &document), []);
    start.elapsed()
}

#[test]
fn ten_thousand_nodes_in_a_chain_take_ten_times_a_thousand() {
    let thousand = (0..2).map(|_| time(1_000)).min().unwrap();
    // Ten times the nodes in a hundred times the time would be a square; the rest is for a busy machine.
    assert!((0..3).any(|_| time(10_000) < 40 * thousand));
}

#[test]
fn a_file_in_reverse_order_is_as_good() {
    let text = chain(2_000);
    let (head, rest) = text.split_once("nodes: {\n").unwrap();
    let nodes: Vec<&str> = rest.trim_end_matches("    },\n)\n").lines().rev().collect();
    let reversed = format!("{head}nodes: {{\n{}\n    }},\n)\n", nodes.join("\n"));
    assert_eq!(fmt(&source(&reversed)).unwrap(), text);
    let document = read(source(&reversed)).unwrap();
    let graph = check(&document, &registry(), &Given::none(), &MapFiles::default()).unwrap();
    assert_eq!(graph.nodes()[0].name, "n0");
    assert_eq!(graph.nodes()[1_999].name, "n1999");
}

#[test]
fn a_wide_graph_and_a_long_one_are_drawn() {
    let mut text = chain(1_000).trim_end_matches("    },\n)\n").to_owned();
    for n in 0..1_000 {
        writeln!(
            text,
            "        \"w{n}\": Blend(a: Wire(\"n{n}\"), b: Wire(\"n0\")),"
        )
        .unwrap();
    }
    let document = read(source(&(text + "    },\n)\n"))).unwrap();
    for drawing in [to_dot(&document), to_mermaid(&document), to_svg(&document)] {
        assert!(drawing.contains("w999"));
    }
}

#[test]
fn a_circle_of_thousands_is_one_problem() {
    let text = chain(3_000).replace(
        "LoadImage(path: \"a.png\")",
        "Invert(image: Wire(\"n2999\"))",
    );
    let problems = check(
        &read(source(&text)).unwrap(),
        &registry(),
        &Given::none(),
        &MapFiles::default(),
    );
    let problems = problems.unwrap_err();
    assert_eq!(problems.len(), 1);
    assert!(problems.to_string().contains("(2988 more)"), "{problems}");
}
