//! Every node of the pack gives on a graphics adapter what it gives on the CPU, in few launches.

use burn::tensor::{Device, Tensor};
use weft_node::value::{ColorSpace, Image, List, Seed};
use weft_tensor::{is_gpu, launches, moved};
use weft_testing::{assert_close, for_each_device};

use super::{color, linear, picture, run};
use crate::{
    AdjustColor, Blend, Composite, Crop, Duotone, GaussianBlur, Gradient, Grid, Invert, Noise,
    PACK, Pad, Resize, Solid, Threshold, ToMask, Turn,
    blend::{BlendMode, BlendSpace},
    gradient::GradientShape,
    noise::NoiseKind,
    pad::PadFill,
    resize::{ResizeFilter, ResizeFit},
    to_mask::Channel,
    turn::TurnKind,
};

const SIZE: (usize, usize) = (15, 22);

/// What a node of the kind makes of the picture, several times where it has several ways, and the most launches of each.
fn made(kind: &str, image: &Image, device: &Device) -> (u64, Vec<Tensor<4>>) {
    match kind {
        "AdjustColor" | "Duotone" | "Invert" | "Threshold" | "ToMask" => {
            (1, tones(kind, image, device))
        }
        "Blend" | "Composite" => (1, laid(kind, image, device)),
        "GaussianBlur" => (2, vec![blurred(image, device)]),
        "Gradient" | "Noise" | "Solid" => (3, from_nothing(kind, device)),
        "Grid" => (60, vec![sheet(image, device)]),
        "Resize" => (4, resized(image, device)),
        "Crop" | "Pad" | "Turn" => (3, reshaped(kind, image, device)),
        _ => panic!("{kind} is not compared: give it a row here"),
    }
}

fn pixels(image: Image) -> Tensor<4> {
    image.into_pixels()
}

fn tones(kind: &str, image: &Image, device: &Device) -> Vec<Tensor<4>> {
    let image = image.clone();
    let selected = |image, softness| Threshold {
        image,
        threshold: 0.4321,
        softness,
    };
    let mask = |image: &Image, channel, invert| ToMask {
        image: image.clone(),
        channel,
        invert,
    };
    match kind {
        "AdjustColor" => {
            let node = AdjustColor {
                image,
                brightness: 0.1,
                contrast: 1.2,
                saturation: 0.5,
                gamma: 1.4,
            };
            vec![pixels(run(node, device).unwrap())]
        }
        "Duotone" => {
            let (shadows, highlights) = (color(0.1, 0.0, 0.4, 1.0), color(1.0, 0.9, 0.6, 1.0));
            let node = Duotone {
                image,
                shadows,
                highlights,
            };
            vec![pixels(run(node, device).unwrap())]
        }
        "Invert" => vec![pixels(run(Invert { image }, device).unwrap())],
        "Threshold" => [0.0, 0.3]
            .map(|softness| run(selected(image.clone(), softness), device).unwrap())
            .map(|mask| mask.into_coverage())
            .into(),
        _ => [
            (Channel::Luma, true),
            (Channel::Green, false),
            (Channel::Alpha, true),
        ]
        .map(|(channel, invert)| run(mask(&image, channel, invert), device).unwrap())
        .map(|mask| mask.into_coverage())
        .into(),
    }
}

fn laid(kind: &str, image: &Image, device: &Device) -> Vec<Tensor<4>> {
    let under = picture(device, [1, 4, SIZE.0, SIZE.1]);
    if kind == "Composite" {
        let mask =
            weft_node::value::Mask::new(picture(device, [1, 1, SIZE.0, SIZE.1]).into_pixels());
        let node = Composite {
            foreground: image.clone(),
            background: under,
            mask,
        };
        return vec![pixels(run(node, device).unwrap())];
    }
    let ways = [
        (BlendMode::SoftLight, BlendSpace::Srgb),
        (BlendMode::Luminosity, BlendSpace::Linear),
        (BlendMode::Burn, BlendSpace::Linear),
    ];
    let blend = |(mode, space)| Blend {
        over: image.clone(),
        under: under.clone(),
        mode,
        opacity: 0.7,
        space,
    };
    ways.map(|way| pixels(run(blend(way), device).unwrap()))
        .into()
}

fn blurred(image: &Image, device: &Device) -> Tensor<4> {
    let node = GaussianBlur {
        image: image.clone(),
        sigma: 1.7,
    };
    pixels(run(node, device).unwrap())
}

fn from_nothing(kind: &str, device: &Device) -> Vec<Tensor<4>> {
    let (height, width) = SIZE;
    match kind {
        "Gradient" => [(GradientShape::Linear, 0.3), (GradientShape::Radial, 1.0)]
            .map(|(shape, alpha)| Gradient {
                like: None,
                width,
                height,
                from: color(0.9, 0.2, 0.1, alpha),
                to: color(0.1, 0.5, 1.0, 1.0),
                shape,
                angle: 33.0,
            })
            .map(|node| pixels(run(node, device).unwrap()))
            .into(),
        "Noise" => [(NoiseKind::Uniform, true), (NoiseKind::Gaussian, false)]
            .map(|(kind, color)| Noise {
                like: None,
                width,
                height,
                seed: Seed(7),
                kind,
                color,
            })
            .map(|node| pixels(run(node, device).unwrap()))
            .into(),
        _ => {
            let node = Solid {
                like: None,
                width,
                height,
                color: color(0.2, 0.4, 0.6, 0.5),
            };
            vec![pixels(run(node, device).unwrap())]
        }
    }
}

fn sheet(image: &Image, device: &Device) -> Tensor<4> {
    let images = List(vec![image.clone(), picture(device, [1, 4, 30, 9])]);
    let node = Grid {
        images,
        labels: Some(["one", "two"].map(str::to_owned).into_iter().collect()),
        columns: 2,
        cell_width: Some(20),
        cell_height: Some(18),
        gap: 3,
        label_height: 9,
        background: color(0.9, 0.9, 1.0, 1.0),
        ink: color(0.2, 0.1, 0.1, 1.0),
    };
    pixels(run(node, device).unwrap())
}

fn resized(image: &Image, device: &Device) -> Vec<Tensor<4>> {
    let filters = [
        (ResizeFilter::Nearest, false),
        (ResizeFilter::Area, true),
        (ResizeFilter::Bilinear, false),
        (ResizeFilter::Bicubic, true),
        (ResizeFilter::Lanczos, false),
    ];
    let sizes = [(9, 40), (31, 7)];
    let all = sizes
        .iter()
        .flat_map(|size| filters.map(|filter| (*size, filter)));
    all.map(|((height, width), (filter, linear))| Resize {
        image: image.clone(),
        width: Some(width),
        height: Some(height),
        scale: 1.0,
        fit: ResizeFit::Stretch,
        filter,
        linear,
    })
    .map(|node| pixels(run(node, device).unwrap()))
    .collect()
}

fn reshaped(kind: &str, image: &Image, device: &Device) -> Vec<Tensor<4>> {
    let image = || image.clone();
    let pad = |fill| Pad {
        image: image(),
        top: 3,
        right: 2,
        bottom: 20,
        left: 0,
        fill,
        color: color(0.3, 0.6, 0.9, 0.5),
    };
    let turn = |kind| Turn {
        image: image(),
        kind,
    };
    match kind {
        "Crop" => {
            let node = Crop {
                image: image(),
                left: 3,
                top: 2,
                width: Some(9),
                height: None,
            };
            vec![pixels(run(node, device).unwrap())]
        }
        "Pad" => [PadFill::Color, PadFill::Edge, PadFill::Mirror]
            .map(|fill| pixels(run(pad(fill), device).unwrap()))
            .into(),
        _ => [
            TurnKind::Mirror,
            TurnKind::Flip,
            TurnKind::Right,
            TurnKind::Half,
            TurnKind::Left,
        ]
        .map(|kind| pixels(run(turn(kind), device).unwrap()))
        .into(),
    }
}

#[test]
fn every_node_gives_on_an_adapter_what_it_gives_on_the_cpu_in_few_launches() {
    let cpu = Device::flex();
    for_each_device(|device| {
        for node in PACK.spec().nodes {
            for channels in [1, 3, 4] {
                for space in [ColorSpace::Srgb, ColorSpace::Linear] {
                    let image = |it: &Device| {
                        let image = picture(it, [2, channels, SIZE.0, SIZE.1]);
                        match space {
                            ColorSpace::Srgb => image,
                            ColorSpace::Linear => linear(&image),
                        }
                    };
                    let (_, wanted) = made(node.kind(), &image(&cpu), &cpu);
                    let given = image(device);
                    let ((most, found), launched) = launches(|| made(node.kind(), &given, device));
                    assert_eq!(found.len(), wanted.len());
                    let is_few = launched <= most * found.len() as u64;
                    assert!(
                        is_few && (launched == 0 || is_gpu(device)),
                        "{}: {launched}",
                        node.id
                    );
                    for (found, wanted) in found.into_iter().zip(&wanted) {
                        assert_close(&moved(found, &cpu), wanted, 1e-3);
                    }
                }
            }
        }
    });
}
