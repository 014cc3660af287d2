//! The nodes as a host sees them, on tiny networks of random weights.

mod draws;
mod files;
mod instructs;
mod latents;
mod leads;
mod pipelines;
mod texts;
mod tiny;

use crate::PACK;

#[test]
fn the_pack_lists_its_nodes_and_types() {
    let spec = PACK.spec();
    assert_eq!(spec.nodes.len(), 18);
    for node in &spec.nodes {
        assert!(node.id.starts_with("stable."), "{}", node.id);
    }
    assert!(
        spec.types
            .iter()
            .any(|ty| ty.name.as_str() == "Conditioning")
    );
}
