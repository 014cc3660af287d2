//! A graph's own inputs: defaults, and values that are given.

use weft_spec::Literal;

use super::outline;
use crate::{
    Given, check_without_values,
    fake::{MapFiles, codes_with, document, graph_with, registry},
};

const TEXT: &str = r##"Graph(
    format: 1,
    inputs: {
        "photo": File(default: "a.png", help: "what to draw on"),
        "scale": Number(default: 1, range: (0, 4)),
        "width": Integer(default: 8),
        "filter": Filter(default: Lanczos),
        "color": Color(default: "#f00"),
        "title": Text(default: "none"),
        "points": Number(list: true, default: [0, 1]),
    },
    nodes: {
        "p": LoadImage(path: Input("photo")),
        "z": Zoom(image: Wire("p"), scale: Input("scale")),
        "r": Resize(image: Wire("z"), width: Input("width"), filter: Input("filter")),
        "s": Solid(color: Input("color")),
        "t": Title(image: Wire("s"), title: Input("title")),
        "c": Curve(image: Wire("t"), points: Input("points")),
        "g": Grid(images: [Wire("r"), Wire("c")]),
    },
    outputs: { "sheet": Wire("g") },
)"##;

fn given(values: &[(&str, &str)]) -> Given {
    let mut given = Given::none();
    given.folder = "/here".into();
    for (name, text) in values {
        given.set_text(name, text);
    }
    given
}

fn lines(given: &Given) -> Vec<String> {
    outline(&graph_with(TEXT, given, &MapFiles::default()))
}

fn mistakes(values: &[(&str, &str)]) -> Vec<String> {
    codes_with(TEXT, &given(values), &MapFiles::default())
}

#[test]
fn defaults_stand_in_for_what_is_not_given() {
    assert_eq!(
        lines(&Given::none()),
        [
            "p load.LoadImage(path: \"/g/a.png\")",
            "z edge.Zoom(image: 0.0 Image, scale: 1.0)",
            "r picture.Resize(image: 1.0 Image, width: 8, filter: Lanczos)",
            "s picture.Solid(color: (1.0, 0.0, 0.0, 1.0))",
            "t edge.Title(image: 3.0 Image, title: \"none\", bold: false)",
            "c picture.Curve(image: 4.0 Image, points: [0.0, 1.0])",
            "g picture.Grid(images: [2.0 Image, 5.0 Image])",
        ]
    );
}

#[test]
fn raw_text_is_read_by_the_declared_type() {
    let given = given(&[
        ("photo", "b c.png"),
        ("scale", " 2e0 // half"),
        ("width", "-0x1"),
        ("filter", "Nearest"),
        ("color", "#00f"),
        ("title", "a \"b\" \\n"),
        ("points", "[1]"),
    ]);
    let text = TEXT.replace("width: Input(\"width\")", "width: 1").replace(
        "title: Input(\"title\")",
        "title: Input(\"title\"), bold: true",
    );
    let graph = graph_with(&text, &given, &MapFiles::default());
    let values: Vec<String> = graph
        .inputs()
        .iter()
        .map(|input| input.literal.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(
        values,
        [
            "\"/here/b c.png\"",
            "2.0",
            "-1",
            "Nearest",
            "(0.0, 0.0, 1.0, 1.0)",
            r#""a \"b\" \\n""#,
            "[1.0]"
        ]
    );
    assert!(graph.inputs().iter().all(|input| input.was_given));
    assert_eq!(graph.inputs()[0].help, "what to draw on");
}

#[test]
fn a_colour_is_given_bare_or_as_a_tuple() {
    let bare = lines(&given(&[("color", "#0f0")]));
    assert_eq!(bare, lines(&given(&[("color", "(0, 1, 0)")])));
    assert_eq!(bare, lines(&given(&[("color", "\"#00ff00\"")])));
}

#[test]
fn a_literal_is_given_as_it_is() {
    let mut given = given(&[]);
    given.set_literal("scale", Literal::Integer(3));
    given.set_literal("photo", Literal::Text("x.png".into()));
    let lines = lines(&given);
    assert_eq!(lines[0], "p load.LoadImage(path: \"/here/x.png\")");
    assert_eq!(lines[1], "z edge.Zoom(image: 0.0 Image, scale: 3.0)");
}

#[test]
fn a_bad_given_value_is_underlined_in_its_own_text() {
    assert_eq!(mistakes(&[("scael", "1")]), ["unknown_given"]);
    assert_eq!(mistakes(&[("scale", "5")]), ["out_of_range"]);
    assert_eq!(mistakes(&[("scale", "much")]), ["wrong_form"]);
    assert_eq!(mistakes(&[("scale", "1 2")]), ["syntax"]);
    assert_eq!(mistakes(&[("scale", "")]), ["syntax"]);
    assert_eq!(mistakes(&[("scale", "Wire(\"p\")")]), ["bad_given"]);
    assert_eq!(
        mistakes(&[("scale", "Input(3)")]),
        ["bad_reference", "bad_given"]
    );
    assert_eq!(mistakes(&[("filter", "Lanzcos")]), ["bad_choice"]);
    assert_eq!(mistakes(&[("photo", "")]), ["empty_path"]);
    assert_eq!(mistakes(&[("color", "red")]), ["bad_color"]);
    assert_eq!(mistakes(&[("points", "1")]), ["wrong_form"]);
}

#[test]
fn an_input_is_checked_against_the_port_it_goes_to() {
    let text = |ty: &str, port: &str| {
        format!(
            "Graph(format: 1, inputs: {{ \"x\": {ty} }}, nodes: {{ \"p\": Solid(), \"n\": Zoom(image: Wire(\"p\"), scale: 1), \
             \"m\": Resize(image: Wire(\"p\"), width: 1), \"t\": Title(image: Wire(\"p\")), \"u\": {port} }})"
        )
    };
    let codes =
        |ty: &str, port: &str| codes_with(&text(ty, port), &Given::none(), &MapFiles::default());
    let none: [&str; 0] = [];
    let zoom = "Zoom(image: Wire(\"p\"), scale: Input(\"x\"))";
    let title = "Title(image: Wire(\"p\"), title: Input(\"x\"))";
    assert_eq!(codes("Integer(default: 2)", zoom), none);
    assert_eq!(codes("Number(default: -2)", zoom), ["out_of_range"]);
    assert_eq!(codes("Text(default: \"2\")", zoom), ["type_mismatch"]);
    assert_eq!(codes("Number(default: 2)", title), none);
    assert_eq!(codes("Bool(default: true)", title), ["type_mismatch"]);
    assert_eq!(
        codes(
            "Number(default: 2)",
            "Resize(image: Wire(\"p\"), width: Input(\"x\"))"
        ),
        ["type_mismatch"]
    );
    assert_eq!(codes("Number(default: [1, 2], list: true)", zoom), none);
    assert_eq!(
        codes("Number(default: [1, -2], list: true)", zoom),
        ["out_of_range"]
    );
    assert_eq!(
        codes(
            "Number(default: 1)",
            "Curve(image: Wire(\"p\"), points: Input(\"x\"))"
        ),
        ["list_wanted"]
    );
    assert_eq!(
        codes(
            "Number(default: 1)",
            "Curve(image: Wire(\"p\"), points: [0, Input(\"x\")])"
        ),
        none
    );
    assert_eq!(
        codes(
            "Number(default: 3)",
            "Curve(image: Wire(\"p\"), points: [0, Input(\"x\")])"
        ),
        ["out_of_range"]
    );
}

#[test]
fn a_number_given_to_a_text_is_that_number_as_text() {
    let text = r#"Graph(format: 1, inputs: { "x": Number(default: 2.5), "n": Integer(default: 7) },
        nodes: { "p": Solid(), "t": Title(image: Wire("p"), title: Input("x")), "u": Title(image: Wire("p"), title: Input("n")) })"#;
    let lines = outline(&graph_with(text, &Given::none(), &MapFiles::default()));
    assert_eq!(
        lines[1],
        "t edge.Title(image: 0.0 Image, title: \"2.5\", bold: false)"
    );
    assert_eq!(
        lines[2],
        "u edge.Title(image: 0.0 Image, title: \"7\", bold: false)"
    );
}

#[test]
fn a_graph_may_be_checked_before_its_values_are_known() {
    let text = r#"Graph(format: 1, inputs: { "image": Image, "n": Number, "title": Text },
        nodes: { "z": Zoom(image: Input("image"), scale: Input("n")), "t": Title(image: Wire("z"), title: Input("title")) },
        outputs: { "image": Wire("t") })"#;
    assert_eq!(
        codes_with(text, &Given::none(), &MapFiles::default()),
        ["missing_input"; 3]
    );
    let warnings =
        check_without_values(&document(text), &registry(), &MapFiles::default()).unwrap();
    assert!(warnings.is_empty());
    let wrong = text.replace("image: Input(\"image\")", "image: Input(\"title\")");
    let problems = check_without_values(&document(&wrong), &registry(), &MapFiles::default());
    assert_eq!(
        problems.unwrap_err().iter().next().unwrap().code(),
        "graph::type_mismatch"
    );
}
