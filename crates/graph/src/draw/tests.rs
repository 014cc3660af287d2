//! Drawings hold what the graph holds.

use proptest::prelude::*;

use super::{
    Drawing,
    layout::{Line, Size, layout},
};
use crate::{
    fake::{
        document,
        noise::{cases, graph_text},
    },
    to_dot, to_mermaid, to_svg,
};

const TEXT: &str = r##"Graph(
    format: 1,
    inputs: { "photo": File(default: "photo.jpg"), "unused": Seed },
    nodes: {
        "load": LoadImage(path: Input("photo")),
        "edges": Canny(image: Wire("load"), low: 0.1),
        "ask <&\"": Future(text: "a\u{1}<b>", refs: [Wire("load"), Wire("edges.angle")]),
    },
    outputs: { "image": Wire("edges"), "lost": Wire("nowhere") },
)"##;

#[test]
fn boxes_are_inputs_in_use_nodes_and_outputs() {
    let document = document(TEXT);
    let drawing = Drawing::of(&document);
    let names: Vec<&str> = drawing.boxes.iter().map(|shape| shape.name).collect();
    assert_eq!(
        names,
        ["photo", "load", "edges", "ask <&\"", "image", "lost"]
    );
    let wires: Vec<String> = drawing
        .wires
        .iter()
        .map(|wire| format!("{}-{} {}", wire.from, wire.to, wire.label()))
        .collect();
    assert_eq!(
        wires,
        [
            "0-1 path",
            "1-2 image",
            "1-3 refs",
            "2-3 angle → refs",
            "2-4 "
        ]
    );
}

#[test]
fn graphviz_text_is_quoted() {
    let dot = to_dot(&document(TEXT));
    assert!(
        dot.contains(r#"n3 [label="ask <&\"\nFuture\ntext \"a\\u{1}<b>\""];"#),
        "{dot}"
    );
    assert!(dot.contains(r#"n2 -> n3 [label="angle → refs"];"#), "{dot}");
}

#[test]
fn mermaid_text_holds_nothing_that_mermaid_reads() {
    let mermaid = to_mermaid(&document(TEXT));
    assert!(
        mermaid.contains("n3[\"<b>ask #60;#38;#34;</b><br/>Future"),
        "{mermaid}"
    );
    assert!(mermaid.contains("n2 -->|\"angle → refs\"| n3"), "{mermaid}");
}

#[test]
fn svg_text_is_escaped_and_every_tag_closed() {
    let svg = to_svg(&document(TEXT));
    assert!(svg.contains("ask &lt;&amp;&quot;"), "{svg}");
    for tag in ["svg", "style", "text"] {
        let opened =
            svg.matches(&format!("<{tag} ")).count() + svg.matches(&format!("<{tag}>")).count();
        assert_eq!(opened, svg.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    assert_eq!(svg.matches("<rect").count(), 6);
    assert_eq!(svg.matches("<path").count(), 5);
}

#[test]
fn a_graph_in_a_circle_and_an_empty_one_are_drawn() {
    let circle = document(
        r#"Graph(format: 1, nodes: { "a": Invert(image: Wire("b")), "b": Invert(image: Wire("a")), "c": Invert(image: Wire("c")) })"#,
    );
    assert_eq!(to_svg(&circle).matches("<path").count(), 3);
    assert!(to_svg(&document("Graph(format: 1)")).contains("</svg>"));
}

#[test]
fn wires_run_straight_in_a_chain() {
    let sizes: Vec<Size> = [40.0, 90.0, 60.0]
        .map(|height| Size {
            width: 10.0,
            height,
        })
        .into();
    let lines: Vec<Line> = (0..2)
        .map(|from| Line {
            from,
            from_y: 30.0,
            to: from + 1,
            to_y: 20.0,
        })
        .collect();
    let found = layout(&sizes, &lines);
    for line in &lines {
        let ends = [(line.from, line.from_y), (line.to, line.to_y)];
        let [start, end] = ends.map(|(shape, y)| found.corners[shape].1 + y);
        assert!((start - end).abs() < 1e-6, "{start} {end}");
    }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn boxes_never_touch_and_wires_run_to_the_right(text in graph_text()) {
        let document = document(&text);
        let drawing = Drawing::of(&document);
        let sizes: Vec<Size> = drawing.boxes.iter().map(|it| Size { width: 50.0, height: 30.0 + it.name.len() as f64 * 9.0 }).collect();
        let lines: Vec<Line> = drawing.wires.iter().map(|it| Line { from: it.from, from_y: 10.0, to: it.to, to_y: 20.0 }).collect();
        let found = layout(&sizes, &lines);
        for line in &lines {
            prop_assert!(found.corners[line.from].0 + 50.0 < found.corners[line.to].0);
        }
        for a in 0..sizes.len() {
            let (left, top) = found.corners[a];
            prop_assert!(left >= 0.0 && top >= 0.0);
            prop_assert!(left + sizes[a].width <= found.width && top + sizes[a].height <= found.height);
            for b in 0..a {
                let other = found.corners[b];
                let apart = left != other.0 || top + sizes[a].height < other.1 || other.1 + sizes[b].height < top;
                prop_assert!(apart, "boxes {} and {}", a, b);
            }
        }
    }
}
