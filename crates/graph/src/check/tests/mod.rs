//! What is a graph and what is not.

mod calls;
mod inputs;
mod lists;
mod mistakes;
mod subgraphs;

use weft_spec::Literal;

use crate::{
    Argument,
    fake::{graph, nodes},
};

/// A short way to write an argument down: `n0.1`, `*n0.0` mapped, `Image<-Mask`.
fn short(argument: &Argument) -> String {
    match argument {
        Argument::Wire {
            node,
            output,
            is_mapped,
            from,
            to,
            ..
        } => {
            let star = if *is_mapped { "*" } else { "" };
            let types = if from == to {
                from.to_string()
            } else {
                format!("{from}>{to}")
            };
            format!("{star}{node}.{output} {types}")
        }
        Argument::Literal { literal, .. } => literal.to_string(),
        Argument::List {
            items, is_mapped, ..
        } => {
            let star = if *is_mapped { "*" } else { "" };
            let items: Vec<String> = items.iter().map(short).collect();
            format!("{star}[{}]", items.join(", "))
        }
        Argument::Call {
            name, arguments, ..
        } => {
            let arguments = arguments
                .iter()
                .map(|it| format!("{}: {}", it.name, short(&it.value)));
            format!("{name}({})", arguments.collect::<Vec<_>>().join(", "))
        }
    }
}

/// `name pack.Kind(port: argument, …)` for each node; `*` before one that is mapped.
fn outline(graph: &crate::Graph) -> Vec<String> {
    let nodes = graph.nodes().iter().map(|node| {
        let star = if node.is_mapped { "*" } else { "" };
        let arguments = node.arguments.iter();
        let arguments: Vec<String> = arguments
            .map(|(port, argument)| format!("{port}: {}", short(argument)))
            .collect();
        format!("{star}{} {}({})", node.name, node.id, arguments.join(", "))
    });
    nodes.collect()
}

#[test]
fn nodes_come_after_what_they_take_and_else_in_the_order_of_the_file() {
    let graph = graph(&nodes(
        r#""z": Blend(a: Wire("b"), b: Wire("a")), "a": Solid(), "b": Solid(), "y": Invert(image: Wire("z")), "c": Solid()"#,
    ));
    let names: Vec<&str> = graph
        .nodes()
        .iter()
        .map(|node| node.name.as_str())
        .collect();
    assert_eq!(names, ["b", "a", "z", "y", "c"]);
    for (place, node) in graph.nodes().iter().enumerate() {
        for (_, argument) in &node.arguments {
            argument.for_each_wire(&mut |giver| assert!(giver < place));
        }
    }
}

#[test]
fn arguments_are_canonical_complete_and_in_the_order_of_the_ports() {
    let graph = graph(&nodes(
        r##""p": LoadImage(path: "in/a.png"), "b": Blend(amount: 1, b: Wire("p.image"), a: Wire("p")), "s": Solid(color: (1, 0.5, 0)), "r": Resize(image: Wire("s"), width: 0x10)"##,
    ));
    assert_eq!(
        outline(&graph),
        [
            "p load.LoadImage(path: \"/g/in/a.png\")",
            "b picture.Blend(a: 0.0 Image, b: 0.0 Image, amount: 1.0)",
            "s picture.Solid(color: (1.0, 0.5, 0.0, 1.0))",
            "r picture.Resize(image: 2.0 Image, width: 16, filter: Bilinear)",
        ]
    );
}

#[test]
fn an_optional_input_may_be_left_out_and_an_absolute_path_stays() {
    let graph = graph(&nodes(
        r#""p": LoadImage(path: "/abs/a.png"), "t": Title(image: Wire("p"))"#,
    ));
    assert_eq!(
        outline(&graph),
        [
            "p load.LoadImage(path: \"/abs/a.png\")",
            "t edge.Title(image: 0.0 Image, bold: false)"
        ]
    );
}

#[test]
fn a_wire_is_converted_where_a_conversion_is_known() {
    let graph = graph(&nodes(
        r#""p": Solid(), "e": Canny(image: Wire("p")), "i": Invert(image: Wire("e")), "n": Count(image: Wire("p")), "z": Zoom(image: Wire("p"), scale: Wire("n")), "t": Title(image: Wire("p"), title: Wire("n.count"))"#,
    ));
    let lines = outline(&graph);
    assert_eq!(lines[2], "i picture.Invert(image: 1.0 Mask>Image)");
    assert_eq!(
        lines[4],
        "z edge.Zoom(image: 0.0 Image, scale: 3.0 Integer>Number)"
    );
    assert_eq!(
        lines[5],
        "t edge.Title(image: 0.0 Image, title: 3.0 Integer>Text, bold: false)"
    );
}

#[test]
fn a_kind_may_be_named_with_its_pack() {
    let graph = graph(
        r#"Graph(format: 1, requires: { "acme.halftone": "^1", "picture": ">=0.1, <1" },
            nodes: { "p": Solid(), "d": r#acme.halftone.Dots(image: Wire("p")) }, outputs: { "image": Wire("d") })"#,
    );
    assert_eq!(graph.nodes()[1].id, "acme.halftone.Dots");
    assert!(graph.warnings().is_empty());
    assert_eq!(graph.outputs()[0].name, "image");
    assert_eq!(short(&graph.outputs()[0].value), "1.0 Image");
}

#[test]
fn what_nothing_uses_is_a_warning_and_no_error() {
    let graph = graph(
        r#"Graph(format: 1, inputs: { "n": Number(default: 1) }, nodes: { "p": Solid(), "q": Solid(), "s": SaveImage(image: Wire("p"), path: "p.png") })"#,
    );
    let codes: Vec<String> = graph.warnings().iter().map(crate::Problem::code).collect();
    assert_eq!(codes, ["graph::unused_input", "graph::unused_node"]);
}

#[test]
fn every_part_knows_where_it_was_written() {
    let text = nodes(r#""p": Solid(), "z": Zoom(image: Wire("p"), scale: 2)"#);
    let graph = graph(&text);
    let node = &graph.nodes()[1];
    assert_eq!(
        &text[node.origin.span.clone()],
        r#""z": Zoom(image: Wire("p"), scale: 2)"#
    );
    let written: Vec<&str> = node
        .arguments
        .iter()
        .map(|(_, argument)| &text[argument.origin().span.clone()])
        .collect();
    assert_eq!(written, ["Wire(\"p\")", "2"]);
}

#[test]
fn what_is_needed_and_what_is_affected_follow_the_wires() {
    let graph = graph(&nodes(
        r#""a": Solid(), "b": Solid(), "c": Invert(image: Wire("a")), "d": Grid(images: [Wire("c"), Wire("b")])"#,
    ));
    let place = |name| graph.place_of(name).unwrap();
    let names = |reached: Vec<bool>| -> Vec<String> {
        let nodes = graph.nodes().iter().zip(reached);
        let mut names: Vec<String> = nodes
            .filter(|it| it.1)
            .map(|it| it.0.name.clone())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(graph.needed_for(&[place("c")])), ["a", "c"]);
    assert_eq!(names(graph.affected_by(&[place("a")])), ["a", "c", "d"]);
    assert_eq!(names(graph.needed_for(&[])), Vec::<String>::new());
}

#[test]
fn a_literal_keeps_every_digit() {
    let graph = graph(&nodes(
        r#""p": Solid(), "z": Zoom(image: Wire("p"), scale: 0.1)"#,
    ));
    let Argument::Literal { literal, .. } = &graph.nodes()[1].arguments[1].1 else {
        panic!("a literal was expected");
    };
    assert_eq!(*literal, Literal::Number(0.1));
}
