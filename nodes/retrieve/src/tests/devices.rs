//! Every node of the pack finds on a graphics adapter what it finds on the CPU.

use std::sync::{Arc, Mutex};

use weft_node::{
    Error, Job, Provenance, Result,
    value::{Digest, Saved},
};
use weft_testing::{assert_close, for_each_device};

use super::*;
use crate::{PACK, SaveIndex};

/// A host that keeps the last file that is given to it.
#[derive(Default)]
struct Host(Mutex<Vec<u8>>);

impl Job for Host {
    fn is_cancelled(&self) -> bool {
        false
    }
    fn step(&self, _: u64, _: u64) {}
    fn preview(&self, _: &Image) {}
    fn save(&self, template: &str, _: &str, bytes: &[u8]) -> Result<Saved> {
        *self
            .0
            .lock()
            .map_err(|error| Error::Io(error.to_string()))? = bytes.to_vec();
        Ok(Saved {
            path: template.into(),
            content: Digest::of(bytes),
            bytes: bytes.len() as u64,
        })
    }
    fn provenance(&self) -> Option<&Provenance> {
        None
    }
}

/// The index that a node of the kind makes, writes or reads on the device, or that it searches.
fn index(kind: &str, folder: &Path, device: &Device) -> RetrievalIndex {
    let host = Arc::new(Host::default());
    let mut context = Context::new(device.clone(), host.clone());
    let build = BuildIndex {
        folder: Folder::open(folder).unwrap(),
        size: 32,
        texts: TextLikeness::Spelling,
    };
    let index = build.run(&mut context).unwrap();
    match kind {
        "BuildIndex" | "Retrieve" => index,
        "LoadIndex" | "SaveIndex" => {
            let path = "pictures.index".to_owned();
            SaveIndex { index, path }.run(&mut context).unwrap();
            let written = tempfile::tempdir().unwrap();
            let path = written.path().join("pictures.index");
            fs::write(&path, host.0.lock().unwrap().as_slice()).unwrap();
            let path = File::open(&path).unwrap();
            LoadIndex { path }.run(&mut context).unwrap()
        }
        _ => panic!("{kind} is not compared: give it a row here"),
    }
}

#[test]
fn every_node_finds_on_an_adapter_what_it_finds_on_the_cpu() {
    let folder = folder();
    for_each_device(|device| {
        for node in PACK.spec().nodes {
            let found = |device: &Device| {
                let index = index(node.kind(), folder.path(), device);
                let asked = disc(64, BLUE).into_pixels();
                let asked = weft_tensor::moved(asked, device);
                let node = retrieve(&index, Some("red disc"), Some(Image::new(asked)));
                node.run(&mut Context::detached(device.clone())).unwrap()
            };
            let (found, wanted) = (found(device), found(&Device::flex()));
            assert_eq!(found.ids.0, wanted.ids.0, "{}", node.id);
            for (found, wanted) in found.scores.iter().zip(wanted.scores.iter()) {
                assert!(
                    (found - wanted).abs() < 1e-3,
                    "{}: {found} {wanted}",
                    node.id
                );
            }
            for (found, wanted) in found.images.iter().zip(wanted.images.iter()) {
                assert_close(&found.pixels(), &wanted.pixels(), 1e-3);
            }
        }
    });
}
