//! One mistake at a time: its code, and where it is underlined.

use crate::{
    Given, check,
    fake::{MapFiles, codes, document, nodes, registry, shown},
};

/// The report for a graph of these nodes.
fn report(text: &str) -> String {
    let problems = check(
        &document(text),
        &registry(),
        &Given::none(),
        &MapFiles::default(),
    );
    shown(&problems.unwrap_err())
}

#[test]
fn each_mistake_has_its_code() {
    let cases = [
        ("unknown_kind", r#""n": Inverted(image: Wire("p"))"#),
        ("unknown_kind", r#""n": r#no.pack.Kind()"#),
        ("ambiguous_kind", r#""n": Dots(image: Wire("p"))"#),
        ("unknown_input", r#""n": Invert(image: Wire("p"), imag: 1)"#),
        ("unknown_output", r#""n": Invert(image: Wire("p.picture"))"#),
        ("unknown_output", r#""n": Invert(image: Wire("p."))"#),
        (
            "no_output",
            r#""s": SaveImage(image: Wire("p"), path: "a"), "n": Invert(image: Wire("s"))"#,
        ),
        (
            "no_output",
            r#""s": SaveImage(image: Wire("p"), path: "a"), "n": Invert(image: Wire("s.image"))"#,
        ),
        ("unknown_node", r#""n": Invert(image: Wire("P2"))"#),
        (
            "unknown_graph_input",
            r#""n": Zoom(image: Wire("p"), scale: Input("s"))"#,
        ),
        ("missing_node_input", r#""n": Invert()"#),
        (
            "type_mismatch",
            r#""c": Canny(image: Wire("p")), "n": Invert(image: Wire("c.angle"))"#,
        ),
        (
            "type_mismatch",
            r#""n": Title(image: Wire("p"), title: Wire("p"))"#,
        ),
        (
            "type_mismatch",
            r#""n": Grid(images: [Wire("c.angle")]), "c": Canny(image: Wire("p"))"#,
        ),
        ("wrong_form", r#""n": Invert(image: 3)"#),
        ("wrong_form", r#""n": Invert(image: [3])"#),
        ("wrong_form", r#""n": Zoom(image: Wire("p"), scale: "2")"#),
        ("wrong_form", r#""n": Title(image: Wire("p"), title: Word)"#),
        ("wrong_form", r#""n": Title(image: Wire("p"), bold: 1)"#),
        ("wrong_form", r#""n": Resize(image: Wire("p"), width: 2.0)"#),
        (
            "wrong_form",
            r#""n": Resize(image: Wire("p"), width: 2, filter: "Lanczos")"#,
        ),
        (
            "wrong_form",
            r#""n": Curve(image: Wire("p"), points: [0.5, true])"#,
        ),
        ("wrong_form", r#""n": LoadImage(path: 3)"#),
        ("out_of_range", r#""n": Resize(image: Wire("p"), width: 0)"#),
        ("out_of_range", r#""n": Zoom(image: Wire("p"), scale: NaN)"#),
        (
            "out_of_range",
            r#""n": Zoom(image: Wire("p"), scale: -inf)"#,
        ),
        (
            "out_of_range",
            r#""n": Curve(image: Wire("p"), points: [0.5, 1.5])"#,
        ),
        (
            "bad_choice",
            r#""n": Resize(image: Wire("p"), width: 2, filter: Lancsoz)"#,
        ),
        ("bad_color", r##""n": Solid(color: "#12")"##),
        ("bad_color", r#""n": Solid(color: (1, 2))"#),
        (
            "unknown_value",
            r#""n": Zoom(image: Wire("p"), scale: Half(1))"#,
        ),
        (
            "unknown_value",
            r#""n": Zoom(image: Wire("p"), scale: { "a": 1 })"#,
        ),
        ("unknown_value", r#""n": Solid(color: (1, Input("x"), 0))"#),
        (
            "number_too_large",
            r#""n": Resize(image: Wire("p"), width: 99999999999999999999)"#,
        ),
        ("empty_path", r#""n": LoadImage(path: "")"#),
        ("list_wanted", r#""n": Grid(images: Wire("p"))"#),
        (
            "list_wanted",
            r#""n": Curve(image: Wire("p"), points: 0.5)"#,
        ),
        ("nested_list", r#""n": Grid(images: [[Wire("p")]])"#),
        ("cycle", r#""n": Invert(image: Wire("n"))"#),
        (
            "cycle",
            r#""n": Invert(image: Wire("m")), "m": Grid(images: [Wire("p"), Wire("n")])"#,
        ),
        (
            "missing_subgraph_file",
            r#""n": Subgraph(image: Wire("p"))"#,
        ),
        (
            "missing_subgraph_file",
            r#""n": Subgraph(file: Input("x"))"#,
        ),
        ("unreadable_subgraph", r#""n": Subgraph(file: "no.ron")"#),
    ];
    for (code, mistake) in cases {
        let text = nodes(&format!("\"p\": Solid(), {mistake}"));
        assert_eq!(codes(&text), [code], "{mistake}");
    }
}

#[test]
fn each_mistake_outside_the_nodes_has_its_code() {
    let cases = [
        ("missing_pack", r#"requires: { "picutre": "*" }"#),
        ("wrong_pack_version", r#"requires: { "rival.print": "^1" }"#),
        ("bad_requirement", r#"requires: { "picture": "one" }"#),
        ("unknown_type", r#"inputs: { "n": Nubmer(default: 1) }"#),
        ("wrong_form", r#"inputs: { "n": Number(default: "1") }"#),
        (
            "out_of_range",
            r#"inputs: { "n": Number(default: 2, range: (0, 1)) }"#,
        ),
        ("bad_choice", r#"inputs: { "n": Filter(default: Lanzos) }"#),
        (
            "default_not_literal",
            r#"inputs: { "n": Number(default: Input("m")) }"#,
        ),
        (
            "default_of_wired_type",
            r#"inputs: { "n": Image(default: 3) }"#,
        ),
        (
            "range_of_no_number",
            r#"inputs: { "n": Text(default: "", range: (0, 1)) }"#,
        ),
        ("missing_input", r#"inputs: { "n": Number }"#),
        ("missing_input", r#"inputs: { "n": Image }"#),
        ("output_not_wired", r#"outputs: { "n": 3 }"#),
        ("unknown_node", r#"outputs: { "n": Wire("p") }"#),
    ];
    for (code, mistake) in cases {
        assert_eq!(
            codes(&format!("Graph(format: 1, {mistake})")),
            [code],
            "{mistake}"
        );
    }
}

#[test]
fn all_mistakes_are_in_one_report_in_the_order_of_the_file() {
    let text = nodes(
        r#""a": Zoom(image: Wire("x"), scale: -1, skale: 2), "b": Nothing(), "b": Solid(color: 3), "c": Invert(image: 4)"#,
    );
    assert_eq!(
        codes(&text),
        [
            "unknown_node",
            "out_of_range",
            "unknown_input",
            "unknown_kind",
            "duplicate_node",
            "wrong_form"
        ]
    );
}

#[test]
fn a_wire_from_a_broken_node_is_no_second_mistake() {
    let text =
        nodes(r#""a": Solidd(), "b": Invert(image: Wire("a")), "c": Invert(image: Wire("b"))"#);
    assert_eq!(codes(&text), ["unknown_kind"]);
}

#[test]
fn both_culprits_of_a_wrong_type_are_underlined_and_the_right_output_is_offered() {
    let report = report(&nodes(
        "\n\"p\": Solid(),\n\"c\": Canny(image: Wire(\"p\")),\n\"n\": Invert(image: Wire(\"c.angle\")),\n",
    ));
    assert!(report.contains("Angle comes from here"), "{report}");
    assert!(report.contains("takes Image, gets Angle"), "{report}");
    assert!(report.contains("write `Wire(\"c.mask\")`"), "{report}");
}

#[test]
fn the_nearest_name_is_offered() {
    for (text, offer) in [
        (r#""n": Slid()"#, "`Solid`"),
        (
            r#""pictures": Solid(), "n": Invert(image: Wire("picture"))"#,
            "`pictures`",
        ),
        (r#""p": Solid(colour: "")"#, "`color`"),
        (
            r#""p": Solid(), "n": Resize(image: Wire("p"), width: 1, filter: nearest)"#,
            "`Nearest`",
        ),
    ] {
        let report = report(&nodes(text));
        assert!(
            report.contains(&format!("did you mean {offer}")),
            "{report}"
        );
    }
}

#[test]
fn two_packs_of_one_kind_are_both_named() {
    let report = report(&nodes(r#""p": Solid(), "n": Dots(image: Wire("p"))"#));
    assert!(
        report.contains("`acme.halftone.Dots`, `rival.print.Dots`"),
        "{report}"
    );
    assert!(report.contains("r#acme.halftone.Dots"), "{report}");
}

#[test]
fn a_cycle_is_named_whole_and_each_of_its_wires_underlined() {
    let report = report(&nodes(
        "\n\"a\": Invert(image: Wire(\"c\")),\n\"b\": Invert(image: Wire(\"a\")),\n\"c\": Blend(a: Wire(\"b\"), b: Wire(\"a\")),\n",
    ));
    assert!(report.contains("`c` → `a` → `c`"), "{report}");
    assert!(
        report.contains("`a` waits for this") && report.contains("`c` waits for this"),
        "{report}"
    );
}

#[test]
fn two_cycles_are_two_problems() {
    let text = nodes(
        r#""a": Invert(image: Wire("b")), "b": Invert(image: Wire("a")), "c": Invert(image: Wire("d")), "d": Invert(image: Wire("c"))"#,
    );
    assert_eq!(codes(&text), ["cycle", "cycle"]);
}

#[test]
fn a_graph_input_wired_like_a_node_is_explained() {
    let text = r#"Graph(format: 1, inputs: { "s": Number(default: 1) }, nodes: { "p": Solid(), "z": Zoom(image: Wire("p"), scale: Wire("s")) })"#;
    let report = report(text);
    assert!(report.contains("write `Input(\"s\")`"), "{report}");
}

#[test]
fn a_thousand_mistakes_are_counted_and_the_first_hundred_shown() {
    use std::fmt::Write;
    let mut text = String::new();
    for n in 0..1000 {
        write!(text, "\"n{n}\": Solidd(), ").unwrap();
    }
    let problems = check(
        &document(&nodes(&text)),
        &registry(),
        &Given::none(),
        &MapFiles::default(),
    );
    let problems = problems.unwrap_err();
    assert_eq!(problems.len(), 1000);
    assert_eq!(
        problems.to_string(),
        "1000 problems, the first 100 of them here in graph.ron"
    );
}
