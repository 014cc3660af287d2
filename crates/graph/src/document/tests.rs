//! What a file says, and what it may not say.

use weft_spec::Literal;

use super::{
    Document, ValueKind,
    migrate::{Migration, bring_up, readable},
};
use crate::fake::{codes, document, nodes, shown, source};

#[test]
fn every_span_is_that_of_what_it_names() {
    let text = nodes(
        "/* a */ \"e\" /* b */: Canny(image: Wire(\"p\"), low: [0.1, /* c */ -2e0], mode: r#Fast)",
    );
    let document = document(&text);
    let node = &document.nodes[0];
    assert_eq!(&text[node.name.span.clone()], "\"e\"");
    assert_eq!(&text[node.kind.span.clone()], "Canny");
    let written = |name: &str| &text[node.value(name).unwrap().span.clone()];
    assert_eq!(written("image"), "Wire(\"p\")");
    assert_eq!(written("mode"), "r#Fast");
    let items = node.value("low").unwrap().items();
    assert_eq!(&text[items[0].span.clone()], "0.1");
    assert_eq!(&text[items[1].span.clone()], "-2e0");
}

#[test]
fn values_of_every_spelling_are_read() {
    let text = nodes(
        r##""n": K(a: -1, b: 1e-3, c: inf, d: -inf, e: NaN, f: "q\"\u{41}", g: r#"raw "x""#, h: 'c', i: true, j: Word, k: (1, 2.0,), l: [[]], m: 0x1F, n: ())"##,
    );
    let document = document(&text);
    let literal = |name: &str| document.nodes[0].value(name).unwrap().literal().unwrap();
    assert_eq!(literal("a"), Literal::Integer(-1));
    assert_eq!(literal("b"), Literal::Number(1e-3));
    assert_eq!(literal("c"), Literal::Number(f64::INFINITY));
    assert_eq!(literal("d"), Literal::Number(f64::NEG_INFINITY));
    assert!(literal("e").as_number().unwrap().is_nan());
    assert_eq!(literal("f"), Literal::Text("q\"A".into()));
    assert_eq!(literal("g"), Literal::Text("raw \"x\"".into()));
    assert_eq!(literal("h"), Literal::Text("c".into()));
    assert_eq!(literal("i"), Literal::Bool(true));
    assert_eq!(literal("j"), Literal::Name("Word".into()));
    assert_eq!(
        literal("k"),
        Literal::Tuple(vec![Literal::Integer(1), Literal::Number(2.0)])
    );
    assert_eq!(literal("l"), Literal::List(vec![Literal::List(Vec::new())]));
    assert_eq!(literal("m"), Literal::Integer(31));
    assert_eq!(literal("n"), Literal::Tuple(Vec::new()));
}

#[test]
fn unknown_kinds_and_values_survive() {
    let document = document(&nodes(
        r#""n": Future(x: Some(Thing(1)), y: { "a": 1 }, z: b"ff", w: 99999999999999999999)"#,
    ));
    let node = &document.nodes[0];
    assert_eq!(node.kind.text, "Future");
    assert_eq!(node.value("x").unwrap().to_string(), "Some(Thing(1))");
    assert_eq!(node.value("y").unwrap().to_string(), "{ \"a\" : 1 }");
    assert_eq!(node.value("z").unwrap().to_string(), "b\"ff\"");
    assert!(matches!(
        node.value("w").unwrap().kind,
        ValueKind::TooLarge(_)
    ));
}

#[test]
fn mistakes_of_form_are_found_together() {
    let text = r#"Graph(format: 1, nods: {}, inputs: { "a b": Text, "n": Number(defualt: 1, range: (2, 1), help: 3, list: 1), "n": Text },
        requires: { "x": 1, "y": "1", "y": "2" }, outputs: { "a.b": Wire(3), "": Input(x) }, nodes: {
        "": A(), "a/b": B(), "a.b": C(), "t": D(x: 1, x: 2), "t": E, "u": F(1), bare: G(), "v": 3, "w": H(x: Wire("")) })"#;
    let mut found = codes(text);
    found.sort();
    found.dedup();
    let form = [
        "bad_range",
        "bad_reference",
        "duplicate_name",
        "duplicate_node",
        "empty_name",
        "forbidden_name",
        "unknown_field",
        "unnamed_input",
        "wrong_shape",
    ];
    for code in form {
        assert!(found.iter().any(|it| it == code), "{code} not in {found:?}");
    }
}

#[test]
fn a_field_written_twice_is_labelled_at_both_places() {
    let problems = crate::read(source("Graph(format: 1, nodes: {}, nodes: {})")).unwrap_err();
    let shown = shown(&problems);
    assert!(shown.contains("graph::duplicate_field"), "{shown}");
    assert!(
        shown.contains("first here") && shown.contains("and again here"),
        "{shown}"
    );
}

#[test]
fn only_a_graph_of_a_known_format_is_read() {
    assert_eq!(codes("Graph(nodes: {})"), ["missing_format"]);
    assert_eq!(codes("Graph(format: 2, anything: 3)"), ["newer_format"]);
    assert_eq!(codes("Graph(format: 0, nodes: {})"), ["older_format"]);
    assert_eq!(codes("Graph(format: \"1\", nodes: {})"), ["wrong_shape"]);
    for other in [
        "(format: 1)",
        "Graphs(format: 1)",
        "[]",
        "Graph",
        "Graph(1)",
        "3",
    ] {
        assert_eq!(codes(other), ["not_a_graph"], "{other}");
    }
    assert!(codes("Graph(format: 1)").is_empty());
}

fn rename_old_kind(document: &mut Document) {
    for node in &mut document.nodes {
        if node.kind.text == "OldInvert" {
            node.kind.text = "Invert".to_owned();
        }
    }
}

#[test]
fn a_document_of_an_older_format_is_brought_up_step_by_step() {
    let table = [Migration {
        from: 0,
        rewrite: rename_old_kind,
    }];
    let mut old = document(&nodes("\"i\": OldInvert(image: Wire(\"p\"))"));
    bring_up(&mut old, 0, &table);
    assert_eq!(old.nodes().collect::<Vec<_>>(), [("i", "Invert")]);
    // From the format after, there is nothing to do.
    let mut new = document(&nodes("\"i\": OldInvert(image: Wire(\"p\"))"));
    bring_up(&mut new, 1, &table);
    assert_eq!(new.nodes().collect::<Vec<_>>(), [("i", "OldInvert")]);
    // With a way from format 0, it may be read.
    assert_eq!(readable(0, &(0..1), &table).unwrap(), 0);
    assert!(readable(-1, &(0..1), &table).is_err());
}
