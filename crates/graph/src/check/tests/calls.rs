//! Calls as values: `refs: [Image("a cat", Wire("cat"))]`.

use super::outline;
use crate::fake::{codes, document, graph, nodes};

/// A graph with a picture, a folder of pictures, and one node that takes `refs`.
fn asking(refs: &str) -> String {
    nodes(&format!(
        r#""p": LoadImage(path: "p.png"), "f": LoadFolder(path: "f"), "n": Count(image: Wire("p")), "a": Ask(refs: {refs})"#
    ))
}

fn asked(refs: &str) -> String {
    outline(&graph(&asking(refs))).pop().unwrap()
}

#[test]
fn arguments_are_taken_in_order_or_by_name() {
    let same = r#"a edge.Ask(refs: [Image(text: "cat", images: [0.0 Image])])"#;
    for refs in [
        r#"[Image("cat", Wire("p"))]"#,
        r#"[Image("cat", [Wire("p")])]"#,
        r#"[Image(text: "cat", images: [Wire("p")])]"#,
        r#"[Image(images: Wire("p"), text: "cat")]"#,
    ] {
        assert_eq!(asked(refs), same, "{refs}");
    }
}

#[test]
fn a_list_at_the_end_takes_what_remains_and_splices_lists() {
    assert_eq!(
        asked(r#"[Image("cat", Wire("p"), Wire("f.images"), Wire("p"))]"#),
        r#"a edge.Ask(refs: [Image(text: "cat", images: [0.0 Image, 1.0 List<Image>, 0.0 Image])])"#
    );
}

#[test]
fn arguments_are_converted_as_anywhere_and_defaults_filled_in() {
    assert_eq!(
        asked(r#"[Text(Wire("n")), Text("b", weight: 2)]"#.replace("\"b\", weight: 2", "text: \"b\", weight: 2").as_str()),
        r#"a edge.Ask(refs: [Text(text: 2.0 Integer>Text, weight: 1.0), Text(text: "b", weight: 2.0)])"#
    );
}

#[test]
fn the_giver_of_an_argument_comes_before_the_taker() {
    let text = nodes(r#""a": Ask(refs: [Image("cat", Wire("p"))]), "p": LoadImage(path: "p.png")"#);
    let graph = graph(&text);
    let names: Vec<_> = graph
        .nodes()
        .iter()
        .map(|node| node.name.as_str())
        .collect();
    assert_eq!(names, ["p", "a"]);
    assert_eq!(graph.needed_for(&[1]), [true, true]);
}

#[test]
fn a_circle_through_a_call_is_found() {
    let text = nodes(r#""a": Ask(refs: [Image("cat", Wire("b"))]), "b": Invert(image: Wire("a"))"#);
    assert_eq!(codes(&text), ["cycle"]);
}

#[test]
fn what_is_wrong_with_a_call_is_said() {
    for (refs, code) in [
        (r#"[Imag("cat", Wire("p"))]"#, "unknown_call"),
        (r#"[Image("cat")]"#, "missing_argument"),
        (r#"[Text("cat", 1.0, 2.0)]"#, "unknown_argument"),
        (r#"[Text(txt: "cat")]"#, "unknown_argument unknown"),
        (r#"[Text(text: "cat", text: "dog")]"#, "unknown_argument"),
        (r#"[Text(Wire("f.names"))]"#, "mapped_argument"),
        (r#"[Text(["a", "b"])]"#, "mapped_argument"),
        (r#"[Text("cat", 9.0)]"#, "out_of_range"),
        (r#"[Text(3.5)]"#, "wrong_form"),
        (r#"[Image("cat", "dog")]"#, "wrong_form"),
        (r#"[Image("cat", Wire("q"))]"#, "unknown_node"),
        (r#"[Image("cat", Wire("n"))]"#, "type_mismatch"),
        (r#"Text("cat")"#, "list_wanted"),
        (r#"[[Text("cat")]]"#, "nested_list"),
        (r#"[(Text("cat"), 1)]"#, "unknown_value"),
        (r#"["cat"]"#, "wrong_form"),
    ] {
        let wanted = code.split(' ').next().unwrap();
        let found = codes(&asking(refs));
        assert!(found.contains(&wanted.to_owned()), "{refs}: {found:?}");
        assert_eq!(found.len(), 1, "{refs}: {found:?}");
    }
}

#[test]
fn a_call_where_none_is_taken_is_no_value() {
    let text =
        nodes(r#""p": LoadImage(path: "p.png"), "i": Invert(image: Image("cat", Wire("p")))"#);
    assert_eq!(codes(&text), ["unknown_value"]);
}

#[test]
fn equal_calls_are_no_change_and_a_renamed_giver_is_followed() {
    let one = nodes(
        r#""p": LoadImage(path: "p.png"), "a": Ask(refs: [Text("cat", 1), Image("c", Wire("p"))])"#,
    );
    let other = one.replace("\"p\"", "\"q\"").replace("1)", "1.0)");
    let changes = crate::diff(&document(&one), &document(&other));
    assert_eq!(changes.len(), 1, "{changes:?}");
}
