//! `weft node KIND`: the page of one kind.

use miette::{Report, miette};
use weft::spec::{Effect, Form, NodeSpec, PortSpec, Registry};

use crate::{Ending, GOOD, example, machine::registry, plugin_args::PluginArgs};

/// Tell all about one kind of node.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Kind, such as `Canny` or `edge.Canny`.
    kind: String,
    /// Print only the example: a graph that runs where it is saved beside `photos/`.
    #[arg(long)]
    example: bool,
    #[command(flatten)]
    plugins: PluginArgs,
}

/// Prints the page of one kind.
pub(crate) fn node(args: &Args) -> Ending {
    let registry = registry(&args.plugins)?;
    let found = registry.named(&args.kind);
    let node = match found[..] {
        [node] => node,
        [] => return Err(unknown(&args.kind, &registry)),
        _ => {
            let ids: Vec<_> = found.iter().map(|node| node.id.as_str()).collect();
            return Err(miette!(
                "several packs have a `{}`: {}",
                args.kind,
                ids.join(", ")
            ));
        }
    };
    if args.example {
        anstream::print!("{}", example::graph_with(node, &registry));
    } else {
        anstream::print!("{}", page(node, &registry));
    }
    Ok(GOOD)
}

fn unknown(kind: &str, registry: &Registry) -> Report {
    let distance =
        |node: &&NodeSpec| strsim::levenshtein(&node.kind().to_lowercase(), &kind.to_lowercase());
    let nearest = registry
        .nodes()
        .min_by_key(distance)
        .map(NodeSpec::kind)
        .unwrap_or_default();
    miette!(
        help = format!("did you mean `{nearest}`? `weft nodes` lists all kinds"),
        "there is no node `{kind}`"
    )
}

/// The page of one kind, in Markdown.
fn page(node: &NodeSpec, registry: &Registry) -> String {
    let mut page = format!("# {}\n\n{}\n", node.kind(), node.help);
    let effect = match node.effect {
        Effect::Pure => "",
        Effect::Reads => " It reads files.",
        Effect::Writes => " It writes files.",
    };
    page += &format!("\n`{}`, version {}.{effect}\n", node.id, node.version);
    if !node.inputs.is_empty() {
        page += "\n## Inputs\n\n";
        node.inputs.iter().for_each(|port| page += &input(port));
    }
    page += "\n## Outputs\n\n";
    for port in &node.outputs {
        page += &format!("- `{}`: {}. {}\n", port.name, port.ty, one_line(&port.help));
    }
    page + &format!(
        "\n## Example\n\n```ron\n{}```\n",
        example::graph_with(node, registry)
    )
}

fn input(port: &PortSpec) -> String {
    let mut facts = vec![port.ty.to_string()];
    facts.extend(port.range.map(|range| range.to_string()));
    facts.push(match &port.default {
        Some(default) => format!("default {default}"),
        None if port.optional => "may be left out".to_owned(),
        None => "required".to_owned(),
    });
    let mut text = format!(
        "- `{}`: {}. {}\n",
        port.name,
        facts.join(", "),
        one_line(&port.help)
    );
    let form = match &port.form {
        Form::List(form) => form,
        form => form,
    };
    if let Form::Choice(words) = form {
        for word in words {
            text += &format!("  - `{}`: {}\n", word.name, one_line(&word.help));
        }
    }
    if let Form::Call(calls) = form {
        for call in calls {
            text += &format!("  - `{call}`: {}\n", one_line(&call.help));
        }
    }
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
