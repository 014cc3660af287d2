//! Every node of the pack writes and shows from a graphics adapter what it does from the CPU.

use weft_testing::{assert_close, for_each_device};

use super::*;

/// What a node of the kind does with a picture on the device: the pictures that can be seen then.
fn seen(kind: &str, device: &Device) -> Vec<Tensor<4>> {
    let host = Arc::new(Host::default());
    let mut context = Context::new(device.clone(), host.clone());
    let ramp: Vec<f32> = (0..2 * 4 * 15)
        .map(|i| (i * 7 % 120) as f32 / 119.0)
        .collect();
    let pixels = burn::tensor::TensorData::new(ramp, [2, 4, 3, 5]);
    let image = Image::new(Tensor::from_data(pixels, device));
    match kind {
        "Preview" => {
            assert_eq!(Preview { image }.run(&mut context).unwrap(), Shown(2));
        }
        "SaveImage" => {
            for (path, bits) in [("a.png", 8), ("b.png", 16), ("c.tiff", 16)] {
                let one = Image::new(image.pixels().narrow(0, 1, 1));
                let node = SaveImage {
                    image: one,
                    bits,
                    ..save(path)
                };
                node.run(&mut context).unwrap();
            }
        }
        "SaveText" => {
            let (text, path) = ("words".to_owned(), "a.txt".to_owned());
            SaveText { text, path }.run(&mut context).unwrap();
            assert_eq!(host.saved.lock().unwrap()[0].2, b"words");
            return Vec::new();
        }
        _ => panic!("{kind} is not compared: give it a row here"),
    }
    let shown = host.shown.lock().unwrap();
    let saved = host.saved.lock().unwrap();
    let saved = saved
        .iter()
        .map(|(_, _, bytes)| decode(bytes, &Device::flex()).unwrap().image);
    shown
        .iter()
        .cloned()
        .chain(saved)
        .map(Image::into_pixels)
        .collect()
}

#[test]
fn every_node_writes_from_an_adapter_what_it_writes_from_the_cpu() {
    for_each_device(|device| {
        for node in PACK.spec().nodes {
            let (found, wanted) = (
                seen(node.kind(), device),
                seen(node.kind(), &Device::flex()),
            );
            assert_eq!(found.len(), wanted.len());
            for (found, wanted) in found.iter().zip(&wanted) {
                assert_close(found, wanted, 0.0);
            }
        }
    });
}
