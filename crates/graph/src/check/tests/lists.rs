//! Lists: written, wired, spliced and mapped over.

use super::outline;
use crate::fake::{codes, graph, nodes};

fn lines(text: &str) -> Vec<String> {
    outline(&graph(&nodes(&format!(
        "\"f\": LoadFolder(path: \"in\"), \"p\": Solid(), {text}"
    ))))
    .split_off(2)
}

#[test]
fn a_node_that_takes_one_is_mapped_over_a_list_and_gives_lists() {
    let text = r#""i": Invert(image: Wire("f")), "g": Grid(images: Wire("i"))"#;
    assert_eq!(
        lines(text),
        [
            "*i picture.Invert(image: *0.0 List<Image>>Image)",
            "g picture.Grid(images: 2.0 List<Image>)",
        ]
    );
    let graph = graph(&nodes(&format!("\"f\": LoadFolder(path: \"in\"), {text}")));
    let types: Vec<&str> = graph.nodes()[1]
        .outputs
        .iter()
        .map(|ty| ty.as_str())
        .collect();
    assert_eq!(types, ["List<Image>"]);
}

#[test]
fn several_lists_are_zipped_and_single_values_shared() {
    assert_eq!(
        lines(
            r#""t": Title(image: Wire("f"), title: Wire("f.names"), bold: true), "b": Blend(a: Wire("t"), b: Wire("p"))"#
        ),
        [
            "*t edge.Title(image: *0.0 List<Image>>Image, title: *0.1 List<Text>>Text, bold: true)",
            "*b picture.Blend(a: *2.0 List<Image>>Image, b: 1.0 Image, amount: 0.5)",
        ]
    );
}

#[test]
fn elements_are_converted_one_by_one() {
    assert_eq!(
        lines(
            r#""c": Canny(image: Wire("f")), "i": Invert(image: Wire("c")), "g": Grid(images: Wire("c"))"#
        )[1..],
        [
            "*i picture.Invert(image: *2.0 List<Mask>>Image)",
            "g picture.Grid(images: 2.0 List<Mask>>List<Image>)",
        ]
    );
}

#[test]
fn a_list_in_brackets_takes_wires_and_splices_lists() {
    assert_eq!(
        lines(
            r#""c": Canny(image: Wire("p")), "g": Grid(images: [Wire("p"), Wire("f"), Wire("c"),])"#
        )[1],
        "g picture.Grid(images: [1.0 Image, 0.0 List<Image>, 2.0 Mask>Image])"
    );
}

#[test]
fn a_list_of_literals_is_one_literal_and_a_mixed_one_a_list() {
    assert_eq!(
        lines(
            r#""n": Count(image: Wire("p")), "a": Curve(image: Wire("p"), points: [0, 0.5, 1]), "b": Curve(image: Wire("p"), points: [0, Wire("n")]), "c": Curve(image: Wire("p"), points: [])"#
        )[1..],
        [
            "a picture.Curve(image: 1.0 Image, points: [0.0, 0.5, 1.0])",
            "b picture.Curve(image: 1.0 Image, points: [0.0, 2.0 Integer>Number])",
            "c picture.Curve(image: 1.0 Image, points: [])",
        ]
    );
}

#[test]
fn a_list_written_for_a_single_value_is_mapped_over() {
    assert_eq!(
        lines(
            r#""z": Zoom(image: Wire("p"), scale: [1, 2.5]), "i": Invert(image: [Wire("p"), Wire("f")])"#
        ),
        [
            "*z edge.Zoom(image: 1.0 Image, scale: *[1.0, 2.5])",
            "*i picture.Invert(image: *[1.0 Image, 0.0 List<Image>])",
        ]
    );
}

#[test]
fn a_mapped_node_that_gives_lists_cannot_be_mapped_over_again() {
    let text = nodes(
        r#""f": LoadFolder(path: "in"), "g": LoadFolder(path: ["a", "b"]), "i": Invert(image: Wire("g"))"#,
    );
    assert_eq!(codes(&text), ["nested_list"]);
}

#[test]
fn the_cure_for_a_single_value_is_written_out() {
    let text = nodes(r#""p": Solid(), "g": Grid(images: Wire("p"))"#);
    let problems = crate::load(
        crate::fake::source(&text),
        &crate::fake::registry(),
        &crate::Given::none(),
        &crate::fake::MapFiles::default(),
    );
    let report = crate::fake::shown(&problems.unwrap_err());
    assert!(report.contains("write `[Wire(\"p\")]`"), "{report}");
}
