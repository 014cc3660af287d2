//! Leaves the relays out: the nodes that run, in their order.

use std::sync::Arc;

use weft_spec::{NodeSpec, Origin, Source, TypeName};

use super::{
    cells::{Expanded, What},
    types::{Typed, TypedCell},
};
use crate::{Argument, Graph, InputValue, Node, OutputValue, document::NodeDecl};

/// The graph of all cells that are nodes; whole if there was no mistake.
pub(super) fn graph(
    expanded: &Expanded<'_>,
    typed: Typed,
    inputs: Vec<Option<InputValue>>,
    sources: Vec<Arc<Source>>,
) -> Graph {
    let outputs = outputs(expanded, &typed);
    let mut places = vec![0; expanded.cells.len()];
    let mut nodes = Vec::new();
    let mut cells: Vec<Option<TypedCell>> = typed.cells.into_iter().map(Some).collect();
    for cell in typed.order {
        if let What::Node { decl, spec } = &expanded.cells[cell].what
            && let Some(TypedCell::Node {
                is_mapped,
                arguments,
            }) = cells[cell].take()
        {
            places[cell] = nodes.len();
            nodes.push(node(expanded, cell, (decl, spec), (is_mapped, arguments)));
        }
    }
    let mut graph = Graph {
        nodes,
        inputs: inputs.into_iter().flatten().collect(),
        outputs,
        sources,
        warnings: Arc::default(),
    };
    let arguments = graph.nodes.iter_mut().flat_map(|node| &mut node.arguments);
    for (_, argument) in arguments {
        argument.renumber(&places);
    }
    for output in &mut graph.outputs {
        output.value.renumber(&places);
    }
    graph
}

fn node(
    expanded: &Expanded<'_>,
    cell: usize,
    (decl, spec): (&NodeDecl, &NodeSpec),
    (is_mapped, arguments): (bool, Vec<(String, Argument)>),
) -> Node {
    let single = spec.outputs.iter().map(|output| &output.ty);
    let outputs = if is_mapped {
        single.map(TypeName::list).collect()
    } else {
        single.cloned().collect()
    };
    Node {
        name: expanded.name_of(cell),
        id: spec.id.clone(),
        arguments,
        is_mapped,
        outputs,
        origin: Origin {
            source: Arc::clone(&expanded.frame_of(cell).document.source),
            span: decl.span.clone(),
        },
    }
}

/// The outputs of the graph itself.
fn outputs(expanded: &Expanded<'_>, typed: &Typed) -> Vec<OutputValue> {
    let frame = &expanded.frames[0];
    let cells = frame.outputs.iter().zip(&frame.document.outputs);
    let outputs = cells.filter_map(|(cell, decl)| {
        let TypedCell::Relay(flow) = &typed.cells[*cell] else {
            return None;
        };
        Some(OutputValue {
            name: decl.name.text.clone(),
            ty: flow.ty.clone(),
            value: flow.argument.clone()?,
            origin: Origin {
                source: Arc::clone(&frame.document.source),
                span: decl.name.span.start..decl.value.span.end,
            },
        })
    });
    outputs.collect()
}
