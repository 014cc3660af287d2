//! Every node of the pack reads the same onto a graphics adapter as onto the CPU.

use weft_testing::{assert_close, for_each_device};

use super::*;

/// The pictures and masks that a node of the kind reads onto the device.
fn read(kind: &str, folder: &Path, device: &Device) -> Vec<Tensor<4>> {
    let mut context = Context::detached(device.clone());
    let path = |name| File::open(&folder.join(name)).unwrap();
    match kind {
        "LoadFolder" => {
            let loaded = load_folder(folder, "*.png").run(&mut context).unwrap();
            assert_eq!(loaded.names.0, ["a", "b"]);
            loaded.images.iter().map(Image::pixels).collect()
        }
        "LoadImage" => ["a.png", "b.png"]
            .into_iter()
            .flat_map(|name| {
                let node = LoadImage { path: path(name) };
                let loaded = node.run(&mut context).unwrap();
                [loaded.image.pixels(), loaded.mask.coverage()]
            })
            .collect(),
        "LoadText" => {
            let node = LoadText {
                path: path("t.txt"),
            };
            assert_eq!(node.run(&mut context).unwrap(), "words");
            Vec::new()
        }
        _ => panic!("{kind} is not compared: give it a row here"),
    }
}

#[test]
fn every_node_reads_the_same_onto_an_adapter_as_onto_the_cpu() {
    let wide: Vec<f32> = (0..36).map(|i| (i * 7 % 36) as f32 / 36.0).collect();
    let folder = folder_of(&[
        ("a.png", picture(wide.clone(), 4, Format::Png)),
        ("b.png", picture(wide, 1, Format::Png)),
        ("t.txt", b"words".to_vec()),
    ]);
    for_each_device(|device| {
        for node in PACK.spec().nodes {
            let wanted = read(node.kind(), folder.path(), &Device::flex());
            let found = read(node.kind(), folder.path(), device);
            assert_eq!(found.len(), wanted.len());
            for (found, wanted) in found.iter().zip(&wanted) {
                assert_eq!(found.device(), *device);
                assert_close(found, wanted, 0.0);
            }
        }
    });
}
