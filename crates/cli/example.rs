//! A graph that shows one kind at work, made from its description, so that every kind has one that runs.

use std::collections::BTreeSet;

use weft::spec::{Effect, Form, NodeSpec, PortSpec, Range, Registry};

/// Nodes that make a value to try a kind with: the type, the wire, the text of the node; those that a text names stand
/// before it.
const MAKERS: &[(&str, &str, &str)] = &[
    ("Image", "photo", r#"LoadImage(path: "photos/rocket.jpg")"#),
    ("Mask", "edges", r#"Canny(image: Wire("photo"))"#),
    ("Instruction", "ask", r#"Instruction(text: "a rocket")"#),
    ("RetrievalIndex", "index", r#"BuildIndex(folder: "photos")"#),
    ("StableModel", "base", CHECKPOINT),
    ("TextEncoders", "base.encoders", CHECKPOINT),
    ("Vae", "base.vae", CHECKPOINT),
    (
        "ControlNet",
        "lead",
        r#"LoadControlNet(file: "control.safetensors")"#,
    ),
    (
        "IpAdapter",
        "adapter",
        r#"LoadIpAdapter(file: "ip-adapter.safetensors", encoder: "image_encoder.safetensors")"#,
    ),
    (
        "PictureTokens",
        "shown",
        r#"EncodeImage(adapter: Wire("adapter"), image: Wire("photo"))"#,
    ),
    (
        "Conditioning",
        "words",
        r#"EncodeText(encoders: Wire("base.encoders"), text: "a rocket")"#,
    ),
    ("Latent", "latent", "EmptyLatent()"),
];

/// Checkpoints are not shipped, so such an example runs beside one.
const CHECKPOINT: &str = r#"LoadCheckpoint(file: "model.safetensors")"#;

/// The node of a wire.
fn node_of(wire: &'static str) -> &'static str {
    wire.split_once('.').map_or(wire, |(node, _)| node)
}

/// The text of a graph with one node of that kind. A picture or mask that it makes is saved.
pub(crate) fn graph_with(node: &NodeSpec, registry: &Registry) -> String {
    let mut makers = BTreeSet::new();
    let output = node.outputs.first().map(|port| port.ty.as_str());
    let inputs: Vec<_> = node
        .inputs
        .iter()
        .filter_map(|port| input(port, output, &mut makers))
        .collect();
    for (_, wire, made) in MAKERS.iter().rev() {
        if makers.contains(node_of(wire)) {
            let others = MAKERS.iter().map(|(_, wire, _)| wire);
            let needed = others.filter(|wire| made.contains(&format!("Wire(\"{wire}\")")));
            makers.extend(needed.map(|wire| node_of(wire)));
        }
    }
    let mut text = "Graph(\n    format: 1,\n    nodes: {\n".to_owned();
    for (_, wire, made) in MAKERS {
        let name = node_of(wire);
        if makers.remove(name) {
            text += &format!("        \"{name}\": {made},\n");
        }
    }
    // A kind that several packs have is written with its full id.
    let is_alone = registry.named(node.kind()).len() == 1;
    let name = if is_alone {
        node.kind().to_owned()
    } else {
        format!("r#{}", node.id)
    };
    text += &format!("        \"it\": {name}({}),\n", inputs.join(", "));
    if node.effect != Effect::Writes && matches!(output, Some("Image" | "Mask")) {
        text += "        \"file\": SaveImage(image: Wire(\"it\"), path: \"out/it.png\"),\n";
    }
    text += "    },\n)\n";
    text
}

/// What to write for an input; nothing where it may be left out.
fn input(
    port: &PortSpec,
    output: Option<&str>,
    makers: &mut BTreeSet<&'static str>,
) -> Option<String> {
    // A text that may be left out is where a kind has a choice of what to be given.
    // What guidance leads away from may be left out only where there is none.
    let is_wanted = port.form == Form::Text || port.ty.as_str() == "Conditioning";
    let is_left_out = port.optional && !is_wanted;
    if port.default.is_some() || is_left_out {
        return None;
    }
    let element = port.ty.element();
    let ty = element.as_ref().unwrap_or(&port.ty);
    let maker = MAKERS.iter().find(|(made, ..)| *made == ty.as_str());
    let value = match maker {
        Some((_, name, _)) => {
            makers.insert(node_of(name));
            if element.is_some() {
                format!("[Wire(\"{name}\"), Wire(\"{name}\")]")
            } else {
                format!("Wire(\"{name}\")")
            }
        }
        None => written(&port.name, &port.form, port.range, output),
    };
    Some(format!("{}: {value}", port.name))
}

fn written(name: &str, form: &Form, range: Option<Range>, output: Option<&str>) -> String {
    let number = |usual: f64| {
        let range = range.unwrap_or(Range {
            min: None,
            max: None,
        });
        usual.clamp(range.min.unwrap_or(f64::MIN), range.max.unwrap_or(f64::MAX))
    };
    match form {
        Form::Wired => format!("Wire(\"{name}\")"),
        Form::Bool => "true".to_owned(),
        Form::Integer => format!("{}", number(64.0) as i64),
        Form::Number => format!("{:?}", number(0.5)),
        Form::Text if name == "path" => "\"out/it\"".to_owned(),
        Form::Text if name == "word" => "\"<thing>\"".to_owned(),
        Form::Text => "\"a rocket\"".to_owned(),
        Form::File => match output {
            Some("Image") => "\"photos/rocket.jpg\"",
            Some("RetrievalIndex") => "\"photos/photos.index\"",
            Some("StableModel" | "Vae" | "ControlNet" | "IpAdapter") => "\"model.safetensors\"",
            Some("TextEncoders") => "\"embedding.safetensors\"",
            _ => "\"photos/SOURCES.md\"",
        }
        .to_owned(),
        Form::Folder => "\"photos\"".to_owned(),
        Form::Color => "\"#ff8800\"".to_owned(),
        Form::Choice(words) => words
            .first()
            .map(|word| word.name.clone())
            .unwrap_or_default(),
        Form::Call(calls) => calls.first().map_or_else(String::new, |call| {
            let takes = call.takes.iter();
            let takes = takes.map(|it| written(&it.name, &it.form, it.range, output));
            format!("{}({})", call.name, takes.collect::<Vec<_>>().join(", "))
        }),
        Form::List(form) => format!("[{}]", written(name, form, range, output)),
    }
}
