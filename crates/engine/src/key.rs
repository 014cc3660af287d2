//! The key of a result: a hash of how it is made.

use weft_spec::Effect;
use weft_value::{Digest, Hasher};

use crate::plan::{PlannedNode, Source};

/// What stands for the value of a wire in the key of the node that takes it.
pub(crate) fn made(key: &Digest, output: usize) -> Digest {
    Hasher::new("made")
        .digest(key)
        .number(output as u64)
        .finish()
}

/// The key of a node's result: id, version and build of its code, and what stands for each input in
/// `identity`, which is asked for the wire `(node, output)`.
///
/// A node that writes files takes `names` in too: what it writes depends on them.
pub(crate) fn key(
    node: &PlannedNode,
    names: &Digest,
    identity: &dyn Fn(usize, usize) -> Digest,
) -> Digest {
    let spec = &node.kind.spec;
    let mut hasher = Hasher::new("node");
    hasher
        .field(spec.id.as_bytes())
        .number(spec.version.into())
        .digest(&node.kind.build);
    hasher.number(u64::from(node.is_mapped));
    if spec.effect == Effect::Writes {
        hasher.digest(names).field(node.name.as_bytes());
    }
    for (port, source) in &node.inputs {
        hasher.field(port.as_bytes());
        add(&mut hasher, source, identity);
    }
    hasher.finish()
}

fn add(hasher: &mut Hasher, source: &Source, identity: &dyn Fn(usize, usize) -> Digest) {
    match source {
        Source::Value { digest, .. } => {
            hasher.field(b"value").digest(digest);
        }
        Source::Wire(wire) => {
            hasher
                .field(b"wire")
                .digest(&identity(wire.node, wire.output));
            hasher.field(
                wire.convert
                    .as_ref()
                    .map_or(b"", |to| to.as_str().as_bytes()),
            );
            hasher.number(u64::from(wire.is_mapped));
        }
        Source::Call {
            name,
            ty,
            arguments,
        } => {
            hasher
                .field(b"call")
                .field(name.as_bytes())
                .field(ty.name().as_bytes())
                .number(arguments.len() as u64);
            for (name, argument) in arguments {
                hasher.field(name.as_bytes());
                add(hasher, argument, identity);
            }
        }
        Source::List {
            items, is_mapped, ..
        } => {
            hasher
                .field(b"list")
                .number(u64::from(*is_mapped))
                .number(items.len() as u64);
            items.iter().for_each(|item| add(hasher, item, identity));
        }
    }
}
