use weft_spec::{NodeSpec, OutputSpec, TypeName};

use super::*;

fn node(id: &str) -> NodeSpec {
    NodeSpec {
        id: id.to_owned(),
        version: 1,
        help: "Does nothing.".to_owned(),
        effect: weft_spec::Effect::Pure,
        inputs: Vec::new(),
        outputs: vec![OutputSpec::of(TypeName::new("Image"))],
    }
}

fn fault(id: &str, version: &str, nodes: Vec<NodeSpec>) -> Option<String> {
    let described = Described {
        id: id.to_owned(),
        version: version.to_owned(),
        nodes,
    };
    Plugin::new(Path::new("it.so"), Digest::of(b""), &described, Vec::new()).err()
}

#[test]
fn a_good_description_is_taken() {
    let nodes = vec![node("acme.dots.Dots"), node("acme.dots.Lines")];
    assert_eq!(fault("acme.dots", "1.2.3", nodes), None);
}

#[test]
fn a_description_that_cannot_be_says_what_of_it() {
    let silent = NodeSpec {
        outputs: Vec::new(),
        ..node("acme.dots.Dots")
    };
    let twice = NodeSpec {
        outputs: vec![OutputSpec::of(TypeName::new("Image")); 2],
        ..node("acme.dots.Dots")
    };
    for (id, version, nodes, said) in [
        ("dots", "1.0.0", vec![], "not of the form `vendor.pack`"),
        (
            "acme.do ts",
            "1.0.0",
            vec![],
            "not of the form `vendor.pack`",
        ),
        ("acme.dots", "one", vec![], "its version `one` is none"),
        (
            "acme.dots",
            "1.0.0",
            vec![node("edge.Canny")],
            "must be called `acme.dots.Kind`",
        ),
        (
            "acme.dots",
            "1.0.0",
            vec![node("acme.dots.a b")],
            "must be called `acme.dots.Kind`",
        ),
        (
            "acme.dots",
            "1.0.0",
            vec![node("acme.dots.Dots"); 2],
            "two nodes `acme.dots.Dots`",
        ),
        ("acme.dots", "1.0.0", vec![silent], "has no output"),
        ("acme.dots", "1.0.0", vec![twice], "twice or not a name"),
    ] {
        let fault = fault(id, version, nodes).unwrap_or_default();
        assert!(fault.contains(said), "{said}: {fault}");
    }
}
