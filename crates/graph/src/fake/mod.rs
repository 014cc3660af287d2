//! A small registry and files in memory, for tests.

pub(crate) mod noise;

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use weft_spec::{
    CallSpec, ChoiceSpec, Effect, Form, Literal, NodeSpec, OutputSpec, PackSpec, PortSpec, Range,
    Registry, Source, TypeName, TypeSpec,
};

use crate::{Document, Files, Given, Graph, check, read};

/// Files by their path.
#[derive(Default)]
pub(crate) struct MapFiles(HashMap<PathBuf, String>);

impl MapFiles {
    pub(crate) fn of<const N: usize>(files: [(&str, &str); N]) -> Self {
        let files = files.map(|(path, text)| (PathBuf::from(path), text.to_owned()));
        Self(HashMap::from(files))
    }

    pub(crate) fn insert(&mut self, path: String, text: String) {
        self.0.insert(path.into(), text);
    }
}

impl Files for MapFiles {
    fn read(&self, path: &Path) -> io::Result<String> {
        let found = self.0.get(path).cloned();
        found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such file"))
    }
}

/// A graph `/g/graph.ron` of that text.
pub(crate) fn source(text: &str) -> Arc<Source> {
    Arc::new(Source {
        name: "graph.ron".into(),
        folder: "/g".into(),
        text: text.into(),
    })
}

/// The graph with these nodes and nothing else.
pub(crate) fn nodes(nodes: &str) -> String {
    format!("Graph(format: 1, nodes: {{ {nodes} }})")
}

pub(crate) fn document(text: &str) -> Document {
    read(source(text)).unwrap_or_else(|problems| panic!("{}", shown(&problems)))
}

pub(crate) fn graph(text: &str) -> Graph {
    graph_with(text, &Given::none(), &MapFiles::default())
}

pub(crate) fn graph_with(text: &str, given: &Given, files: &MapFiles) -> Graph {
    check(&document(text), &registry(), given, files)
        .unwrap_or_else(|problems| panic!("{}", shown(&problems)))
}

/// The codes of everything wrong with a text, in order.
pub(crate) fn codes(text: &str) -> Vec<String> {
    codes_with(text, &Given::none(), &MapFiles::default())
}

pub(crate) fn codes_with(text: &str, given: &Given, files: &MapFiles) -> Vec<String> {
    match crate::load(source(text), &registry(), given, files) {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .iter()
            .map(|problem| problem.code().replace("graph::", ""))
            .collect(),
    }
}

/// The report as a person reads it, without colours.
pub(crate) fn shown(problems: &dyn miette::Diagnostic) -> String {
    let mut text = String::new();
    miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor())
        .with_width(120)
        .render_report(&mut text, problems)
        .unwrap();
    text
}

fn port(name: &str, ty: &'static str, form: Form) -> PortSpec {
    PortSpec {
        name: name.into(),
        ty: TypeName::new(ty),
        form,
        help: String::new(),
        default: None,
        optional: false,
        range: None,
    }
}

fn number(name: &str, default: f64, range: impl Into<Range>) -> PortSpec {
    PortSpec {
        default: Some(Literal::Number(default)),
        range: Some(range.into()),
        ..port(name, "Number", Form::Number)
    }
}

fn image(name: &str) -> PortSpec {
    PortSpec {
        help: "Picture to work on.".into(),
        ..port(name, "Image", Form::Wired)
    }
}

fn node(id: &str, inputs: Vec<PortSpec>, outputs: &[(&str, &'static str)]) -> NodeSpec {
    let outputs = outputs.iter().map(|(name, ty)| OutputSpec {
        name: (*name).into(),
        ty: TypeName::new(ty),
        help: String::new(),
    });
    NodeSpec {
        id: id.into(),
        version: 1,
        help: "A node.".into(),
        effect: Effect::Pure,
        inputs,
        outputs: outputs.collect(),
    }
}

fn filter() -> Form {
    let word = |name: &str| ChoiceSpec {
        name: name.into(),
        help: String::new(),
    };
    Form::Choice(vec![word("Nearest"), word("Bilinear"), word("Lanczos")])
}

fn pictures() -> Vec<NodeSpec> {
    let picture = [("image", "Image")];
    let mut save = node(
        "save.SaveImage",
        vec![image("image"), port("path", "Text", Form::Text)],
        &[],
    );
    save.effect = Effect::Writes;
    let resize = vec![
        image("image"),
        PortSpec {
            range: Some((1..=4096).into()),
            ..port("width", "Integer", Form::Integer)
        },
        PortSpec {
            default: Some(Literal::Name("Bilinear".into())),
            ..port("filter", "Filter", filter())
        },
    ];
    let images = Form::List(Box::new(Form::Wired));
    let numbers = Form::List(Box::new(Form::Number));
    vec![
        node(
            "load.LoadImage",
            vec![port("path", "File", Form::File)],
            &picture,
        ),
        node(
            "load.LoadFolder",
            vec![port("path", "Folder", Form::Folder)],
            &[("images", "List<Image>"), ("names", "List<Text>")],
        ),
        node("picture.Invert", vec![image("image")], &picture),
        node(
            "picture.Blend",
            vec![image("a"), image("b"), number("amount", 0.5, 0.0..=1.0)],
            &picture,
        ),
        node("picture.Resize", resize, &picture),
        node(
            "picture.Grid",
            vec![port("images", "List<Image>", images)],
            &picture,
        ),
        node(
            "picture.Solid",
            vec![PortSpec {
                default: Some(Literal::Text("#fff".into())),
                ..port("color", "Color", Form::Color)
            }],
            &picture,
        ),
        node(
            "picture.Curve",
            vec![
                image("image"),
                PortSpec {
                    range: Some((0.0..=1.0).into()),
                    ..port("points", "List<Number>", numbers)
                },
            ],
            &picture,
        ),
        save,
    ]
}

fn calls() -> Form {
    let call = |name: &str, second| CallSpec {
        name: name.into(),
        help: String::new(),
        takes: vec![port("text", "Text", Form::Text), second],
    };
    let images = Form::List(Box::new(Form::Wired));
    Form::Call(vec![
        call("Text", number("weight", 1.0, 0.0..=4.0)),
        call("Image", port("images", "List<Image>", images)),
    ])
}

fn others() -> Vec<NodeSpec> {
    let mut noise = node(
        "edge.Canny",
        vec![
            image("image"),
            number("low", 0.1, 0.0..=1.0),
            number("high", 0.2, 0.0..=1.0),
        ],
        &[("mask", "Mask"), ("angle", "Angle")],
    );
    noise.help = "Finds edges.".into();
    let titled = vec![
        image("image"),
        PortSpec {
            optional: true,
            ..port("title", "Text", Form::Text)
        },
        PortSpec {
            default: Some(Literal::Bool(false)),
            ..port("bold", "Bool", Form::Bool)
        },
    ];
    vec![
        noise,
        node("edge.Title", titled, &[("image", "Image")]),
        node(
            "edge.Ask",
            vec![port(
                "refs",
                "List<Reference>",
                Form::List(Box::new(calls())),
            )],
            &[("image", "Image")],
        ),
        node("edge.Count", vec![image("image")], &[("count", "Integer")]),
        node(
            "edge.Zoom",
            vec![image("image"), number("scale", 1.0, 0.0..)],
            &[("image", "Image")],
        ),
    ]
}

/// A registry of a few kinds, without anything behind them.
pub(crate) fn registry() -> Registry {
    let pack = |id: &str, version: &str, nodes| PackSpec {
        id: id.into(),
        version: version.into(),
        nodes,
        types: Vec::new(),
        conversions: Vec::new(),
    };
    let mut pictures = pack("picture", "0.1.0", pictures());
    pictures.types = vec![TypeSpec {
        name: TypeName::new("Seed"),
        form: Form::Integer,
    }];
    pictures.conversions = [
        ("Mask", "Image"),
        ("Image", "Paint"),
        ("Integer", "Number"),
        ("Integer", "Text"),
        ("Number", "Text"),
    ]
    .map(|(from, to)| (TypeName::new(from), TypeName::new(to)))
    .to_vec();
    let dots = |id: &str| vec![node(id, vec![image("image")], &[("image", "Image")])];
    let paint = vec![port("mask", "Paint", Form::Wired)];
    Registry::new([
        pictures,
        pack("edge", "0.1.0", others()),
        pack("chain", "0.1.0", vec![node("chain.Chain", paint, &[])]),
        pack("acme.halftone", "1.2.0", dots("acme.halftone.Dots")),
        pack("rival.print", "2.0.0", dots("rival.print.Dots")),
    ])
    .unwrap()
}
