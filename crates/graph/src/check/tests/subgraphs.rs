//! Graphs inside graphs.

use super::{outline, short};
use crate::{
    Given, check,
    fake::{MapFiles, codes_with, document, graph_with, registry, shown},
};

const TONE: &str = r#"Graph(
    format: 1,
    inputs: { "image": Image, "amount": Number(default: 0.5, range: (0, 1)), "under": Image },
    nodes: {
        "dark": Invert(image: Input("image")),
        "mix": Blend(a: Wire("dark"), b: Input("under"), amount: Input("amount")),
    },
    outputs: { "image": Wire("mix"), "dark": Wire("dark"), "same": Input("image"), "both": [Wire("mix"), Input("image")] },
)"#;

fn tone() -> MapFiles {
    MapFiles::of([("/g/inner/tone.ron", TONE)])
}

fn outer(nodes: &str) -> String {
    format!(
        "Graph(format: 1, nodes: {{ \"p\": Solid(), \"f\": LoadFolder(path: \"in\"), {nodes} }})"
    )
}

fn lines(nodes: &str, files: &MapFiles) -> Vec<String> {
    outline(&graph_with(&outer(nodes), &Given::none(), files)).split_off(2)
}

fn mistakes(nodes: &str, files: &MapFiles) -> Vec<String> {
    codes_with(&outer(nodes), &Given::none(), files)
}

#[test]
fn a_subgraph_is_put_in_its_place() {
    let text = r#""t": Subgraph(file: "inner/tone.ron", image: Wire("p"), under: Wire("p"), amount: 1), "i": Invert(image: Wire("t")), "j": Invert(image: Wire("t.dark")), "k": Invert(image: Wire("t.same"))"#;
    assert_eq!(
        lines(text, &tone()),
        [
            "t/dark picture.Invert(image: 0.0 Image)",
            "t/mix picture.Blend(a: 2.0 Image, b: 0.0 Image, amount: 1.0)",
            "i picture.Invert(image: 3.0 Image)",
            "j picture.Invert(image: 2.0 Image)",
            "k picture.Invert(image: 0.0 Image)",
        ]
    );
    let graph = graph_with(&outer(text), &Given::none(), &tone());
    let names: Vec<&str> = graph
        .sources()
        .iter()
        .map(|source| source.name.as_str())
        .collect();
    assert_eq!(names, ["graph.ron", "inner/tone.ron"]);
    assert_eq!(graph.nodes()[2].origin.source.name, "inner/tone.ron");
}

#[test]
fn a_list_wired_into_a_single_input_maps_the_nodes_inside() {
    assert_eq!(
        lines(
            r#""t": Subgraph(file: "inner/tone.ron", image: Wire("f"), under: Wire("p")), "g": Grid(images: Wire("t.both"))"#,
            &tone()
        ),
        [
            "*t/dark picture.Invert(image: *1.0 List<Image>>Image)",
            "*t/mix picture.Blend(a: *2.0 List<Image>>Image, b: 0.0 Image, amount: 0.5)",
            "g picture.Grid(images: [3.0 List<Image>, 1.0 List<Image>])",
        ]
    );
}

#[test]
fn a_list_written_for_an_input_and_a_converted_wire_go_through() {
    let text = r#""c": Canny(image: Wire("p")), "t": Subgraph(file: "inner/tone.ron", image: [Wire("p"), Wire("c")], under: Wire("c"))"#;
    assert_eq!(
        lines(text, &tone())[1..],
        [
            "*t/dark picture.Invert(image: *[0.0 Image, 2.0 Mask>Image])",
            "*t/mix picture.Blend(a: *3.0 List<Image>>Image, b: 2.0 Mask>Image, amount: 0.5)",
        ]
    );
}

#[test]
fn subgraphs_nest_and_paths_start_at_the_file_that_names_them() {
    let mut files = tone();
    files.insert(
        "/g/inner/two.ron".into(),
        r#"Graph(format: 1, inputs: { "image": Image }, nodes: {
            "a": Subgraph(file: "../inner/./tone.ron", image: Input("image"), under: Input("image")),
            "b": Subgraph(file: "tone.ron", image: Wire("a"), under: LoadImage),
            "l": LoadImage(path: "x.png"),
        }, outputs: { "out": Wire("b.dark") })"#
            .replace("under: LoadImage", "under: Wire(\"l\")"),
    );
    let text = r#""t": Subgraph(file: "inner/two.ron", image: Wire("p")), "i": Invert(image: Wire("t.out"))"#;
    let lines = lines(text, &files);
    assert_eq!(lines[0], "t/a/dark picture.Invert(image: 0.0 Image)");
    assert!(
        lines.contains(&"t/l load.LoadImage(path: \"/g/inner/x.png\")".to_owned()),
        "{lines:?}"
    );
    let graph = graph_with(&outer(text), &Given::none(), &files);
    assert_eq!(graph.sources().len(), 3, "each file is read once");
}

#[test]
fn mistakes_of_use_have_their_codes() {
    let none: [&str; 0] = [];
    let with = |values: &str| {
        mistakes(
            &format!("\"t\": Subgraph(file: \"inner/tone.ron\", {values})"),
            &tone(),
        )
    };
    assert_eq!(with("image: Wire(\"p\"), under: Wire(\"p\")"), none);
    assert_eq!(with("image: Wire(\"p\")"), ["missing_node_input"]);
    assert_eq!(
        with("image: Wire(\"p\"), under: Wire(\"p\"), amuont: 1"),
        ["unknown_input"]
    );
    assert_eq!(
        with("image: Wire(\"p\"), under: Wire(\"p\"), amount: 2"),
        ["out_of_range"]
    );
    assert_eq!(
        with("image: Wire(\"f.names\"), under: Wire(\"p\")"),
        ["type_mismatch"]
    );
    assert_eq!(with("image: 3, under: Wire(\"p\")"), ["wrong_form"]);
    assert_eq!(
        mistakes(
            r#""t": Subgraph(file: "inner/tone.ron", image: Wire("p"), under: Wire("p")), "i": Invert(image: Wire("t.bright"))"#,
            &tone()
        ),
        ["unknown_output"]
    );
    let silent = MapFiles::of([
        ("/g/s.ron", "Graph(format: 1)"),
        (
            "/g/r.ron",
            "Graph(format: 1, inputs: { \"file\": Text(default: \"\") })",
        ),
    ]);
    assert_eq!(
        mistakes(
            r#""t": Subgraph(file: "s.ron"), "i": Invert(image: Wire("t"))"#,
            &silent
        ),
        ["no_output"]
    );
    assert_eq!(
        mistakes(r#""t": Subgraph(file: "r.ron")"#, &silent),
        ["reserved_input"]
    );
}

#[test]
fn a_mistake_inside_is_underlined_inside_and_says_who_uses_it() {
    let files = MapFiles::of([("/g/bad.ron", "Graph(format: 1, nodes: { \"i\": Invrt() })")]);
    let text = outer(r#""one": Subgraph(file: "bad.ron"), "two": Subgraph(file: "bad.ron")"#);
    let problems = check(&document(&text), &registry(), &Given::none(), &files).unwrap_err();
    assert_eq!(problems.len(), 1, "one mistake, however often it is used");
    let report = shown(&problems);
    assert!(report.contains("[bad.ron:1:32]"), "{report}");
    assert!(
        report.contains("used by node `one` at graph.ron:1:"),
        "{report}"
    );
    let files = MapFiles::of([("/g/bad.ron", "Graph(format: 1, nodes: {")]);
    assert_eq!(
        mistakes(
            r#""one": Subgraph(file: "bad.ron"), "two": Subgraph(file: "bad.ron")"#,
            &files
        ),
        ["unclosed_bracket"]
    );
}

#[test]
fn a_graph_that_contains_itself_is_a_problem_and_no_hang() {
    let own =
        |file: &str| format!("Graph(format: 1, nodes: {{ \"s\": Subgraph(file: \"{file}\") }})");
    let text = outer(r#""s": Subgraph(file: "graph.ron")"#);
    assert_eq!(
        codes_with(&text, &Given::none(), &MapFiles::default()),
        ["recursive_subgraph"]
    );
    let files = MapFiles::of([
        ("/g/a.ron", &own("b.ron")),
        ("/g/b.ron", &own("c.ron")),
        ("/g/c.ron", &own("./x/../a.ron")),
    ]);
    assert_eq!(
        mistakes(r#""s": Subgraph(file: "a.ron")"#, &files),
        ["recursive_subgraph"]
    );
    let problems = check(
        &document(&outer(r#""s": Subgraph(file: "a.ron")"#)),
        &registry(),
        &Given::none(),
        &files,
    );
    let said = problems.unwrap_err().to_string();
    assert!(said.contains("a.ron → b.ron → c.ron → a.ron"), "{said}");
}

#[test]
fn a_wire_that_runs_in_a_circle_through_a_subgraph_is_a_cycle() {
    let files = MapFiles::of([(
        "/g/pass.ron",
        "Graph(format: 1, inputs: { \"x\": Image }, outputs: { \"y\": Input(\"x\") })",
    )]);
    assert_eq!(
        mistakes(r#""s": Subgraph(file: "pass.ron", x: Wire("s"))"#, &files),
        ["cycle"]
    );
    let through = r#""s": Subgraph(file: "inner/tone.ron", image: Wire("i"), under: Wire("p")), "i": Invert(image: Wire("s"))"#;
    assert_eq!(mistakes(through, &tone()), ["cycle"]);
}

#[test]
fn a_second_conversion_on_the_way_in_is_a_problem() {
    let files = MapFiles::of([(
        "/g/n.ron",
        "Graph(format: 1, inputs: { \"x\": Number, \"image\": Image }, nodes: { \"t\": Title(image: Input(\"image\"), title: Input(\"x\")) })",
    )]);
    let none: [&str; 0] = [];
    let text = r#""n": Count(image: Wire("p")), "s": Subgraph(file: "n.ron", image: Wire("p"), x: Wire("n"))"#;
    // Integer to Number to Text: the registry also goes straight from Integer to Text.
    assert_eq!(mistakes(text, &files), none);
    let files = MapFiles::of([(
        "/g/n.ron",
        "Graph(format: 1, inputs: { \"x\": Image }, nodes: { \"t\": Chain(mask: Input(\"x\")) })",
    )]);
    let text = r#""c": Canny(image: Wire("p")), "s": Subgraph(file: "n.ron", x: Wire("c"))"#;
    assert_eq!(mistakes(text, &files), ["two_conversions"]);
}

#[test]
fn subgraphs_nested_a_thousand_deep_are_no_stack() {
    const DEPTH: usize = 1_000;
    let mut files = MapFiles::default();
    for level in 0..DEPTH {
        let inner = if level + 1 == DEPTH {
            "\"s\": Invert(image: Input(\"x\"))".to_owned()
        } else {
            format!(
                "\"s\": Subgraph(file: \"{}.ron\", x: Input(\"x\"))",
                level + 1
            )
        };
        files.insert(
            format!("/g/{level}.ron"),
            format!("Graph(format: 1, inputs: {{ \"x\": Image }}, nodes: {{ {inner} }}, outputs: {{ \"y\": Wire(\"s\") }})"),
        );
    }
    let graph = graph_with(
        r#"Graph(format: 1, nodes: { "p": Solid(), "s": Subgraph(file: "0.ron", x: Wire("p")) }, outputs: { "y": Wire("s") })"#,
        &Given::none(),
        &files,
    );
    assert_eq!(graph.nodes().len(), 2);
    assert_eq!(short(&graph.outputs()[0].value), "1.0 Image");
}

#[test]
fn subgraphs_that_double_at_each_level_are_refused() {
    let mut files = MapFiles::default();
    for level in 0..40 {
        let next = level + 1;
        files.insert(
            format!("/g/{level}.ron"),
            format!(
                "Graph(format: 1, nodes: {{ \"a\": Subgraph(file: \"{next}.ron\"), \"b\": Subgraph(file: \"{next}.ron\") }})"
            ),
        );
    }
    files.insert(
        "/g/40.ron".into(),
        "Graph(format: 1, nodes: { \"p\": Solid() })".into(),
    );
    assert_eq!(
        mistakes(r#""s": Subgraph(file: "0.ron")"#, &files),
        ["too_large"]
    );
}

#[test]
fn lists_that_double_at_each_level_are_refused() {
    let mut files = MapFiles::default();
    for level in 0..40 {
        let inner = if level == 39 {
            "Input(\"x\")".to_owned()
        } else {
            "Wire(\"s\")".to_owned()
        };
        let next = format!(
            "\"s\": Subgraph(file: \"{}.ron\", x: [Input(\"x\"), Input(\"x\")])",
            level + 1
        );
        let nodes = if level == 39 { String::new() } else { next };
        files.insert(
            format!("/g/{level}.ron"),
            format!("Graph(format: 1, inputs: {{ \"x\": Image(list: true) }}, nodes: {{ {nodes} }}, outputs: {{ \"y\": {inner} }})"),
        );
    }
    assert_eq!(
        mistakes(r#""s": Subgraph(file: "0.ron", x: [Wire("p")])"#, &files),
        ["too_large"]
    );
}
