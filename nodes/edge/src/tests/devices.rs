//! Every node of the pack gives on a graphics adapter what it gives on the CPU, in few launches.

use std::{fs, sync::LazyLock};

use burn::tensor::Device;
use weft_node::{
    Node,
    value::{ColorSpace, File, Image, Mask},
};
use weft_tensor::{is_gpu, launches, moved};
use weft_testing::{assert_close, for_each_device, numbers};
use weft_vision::{color::in_space, filter::gaussian, noise::uniform};

use super::{canny, context};
use crate::{Hed, Laplacian, PACK, Scharr, Sobel};

/// Soft blots without an order, of that many channels.
fn blots(device: &Device, channels: usize, space: ColorSpace) -> Image {
    let cpu = Device::flex();
    let pixels = gaussian(uniform([2, channels, 21, 34], 5, &cpu), 2.0);
    let pixels = ((pixels - 0.5) * 4.0 + 0.5).clamp(0.0, 1.0);
    in_space(&Image::new(moved(pixels, device)), space)
}

/// What a node of the kind makes of the picture, and the most launches of it.
fn made(kind: &str, image: Image, device: &Device) -> (u64, Mask) {
    let mut context = context(device);
    let gain = 3.0;
    match kind {
        "Canny" => (10, canny(image).run(&mut context).unwrap()),
        "Hed" => {
            let weights = Some(HED.clone());
            let mask = Hed { image, weights }.run(&mut context).unwrap();
            // A network launches what burn tunes for it.
            (u64::MAX, mask)
        }
        "Laplacian" => (2, Laplacian { image, gain }.run(&mut context).unwrap()),
        "Scharr" => (2, Scharr { image, gain }.run(&mut context).unwrap()),
        "Sobel" => (2, Sobel { image, gain }.run(&mut context).unwrap()),
        _ => panic!("{kind} is not compared: give it a row here"),
    }
}

/// Weights of the size of the published ones that keep what a layer gives as large as what it gets (He et al. 2015).
static HED: LazyLock<File> = LazyLock::new(|| {
    let blocks = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)];
    let (mut header, mut data) = (Vec::new(), Vec::new());
    let mut put = |key: String, shape: &[usize], reach: f32| {
        let count = shape.iter().product();
        let start = data.len();
        let drawn = uniform([1, 1, 1, count], start as u64, &Device::flex());
        let drawn = numbers(&((drawn * 2.0 - 1.0) * reach));
        data.extend(drawn.into_iter().flat_map(f32::to_le_bytes));
        let end = data.len();
        header.push(format!(
            "\"{key}\":{{\"dtype\":\"F32\",\"shape\":{shape:?},\"data_offsets\":[{start},{end}]}}"
        ));
    };
    let mut layer = |key: &str, [wide, before, side]: [usize; 3]| {
        let reach = (6.0 / (before * side * side) as f32).sqrt();
        put(format!("{key}.weight"), &[wide, before, side, side], reach);
        put(format!("{key}.bias"), &[wide], 0.1);
    };
    let mut channels = 3;
    for (i, (layers, width)) in (1..).zip(blocks) {
        for j in 1..=layers {
            layer(&format!("block{i}.conv{j}"), [width, channels, 3]);
            channels = width;
        }
        layer(&format!("side{i}"), [1, channels, 1]);
    }
    layer("fuse", [1, 5, 1]);
    let header = format!("{{{}}}", header.join(","));
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.into_bytes());
    bytes.extend(data);
    let name = format!("weft-hed-made-{}.safetensors", std::process::id());
    let path = std::env::temp_dir().join(name);
    fs::write(&path, bytes).unwrap();
    File::open(&path).unwrap()
});

#[test]
fn every_node_gives_on_an_adapter_what_it_gives_on_the_cpu_in_few_launches() {
    let cpu = Device::flex();
    for_each_device(|device| {
        for node in PACK.spec().nodes {
            for (channels, space) in [
                (1, ColorSpace::Srgb),
                (3, ColorSpace::Srgb),
                (4, ColorSpace::Linear),
            ] {
                let (_, wanted) = made(node.kind(), blots(&cpu, channels, space), &cpu);
                let given = blots(device, channels, space);
                let ((most, found), launched) = launches(|| made(node.kind(), given, device));
                let is_few = launched <= most && (launched == 0 || is_gpu(device));
                assert!(is_few, "{}: {launched}", node.id);
                let (found, wanted) = (found.into_coverage(), wanted.into_coverage());
                assert!(
                    numbers(&wanted).iter().any(|value| *value > 0.01),
                    "{}",
                    node.id
                );
                assert_close(&moved(found, &cpu), &wanted, 1e-3);
            }
        }
    });
    fs::remove_file(HED.path()).unwrap();
}
