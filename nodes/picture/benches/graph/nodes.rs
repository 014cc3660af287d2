//! The graph: grain and a vignette over a gradient, in every kind of picture node that PyTorch can copy.

use weft_node::value::{Color, Image, Mask, Seed};
use weft_picture::{
    AdjustColor, Blend, BlendMode, BlendSpace, Channel, Composite, Crop, Duotone, GaussianBlur,
    Gradient, GradientShape, Invert, Noise, NoiseKind, Pad, PadFill, Resize, ResizeFilter,
    ResizeFit, Threshold, ToMask, Turn, TurnKind,
};

use crate::Runner;

/// The last picture of 20 nodes; `pytorch.py` has the same ones under the same names.
pub(crate) fn graph(runner: &mut Runner, size: (usize, usize)) -> Image {
    let (sky, grain) = made(runner, size);
    let soft = runner.node("GaussianBlur 2", blur(&grain, 2.0));
    let mode = blend(&soft, &sky, BlendMode::SoftLight, 1.0);
    let grained = runner.node("Blend SoftLight", mode);
    let toned = toned(runner, &grained);
    let (step, inverse) = masks(runner, &toned);
    let together = runner.node("Composite", composite(&toned, &grained, &step));
    let negative = runner.node(
        "Invert",
        Invert {
            image: together.clone(),
        },
    );
    let larger = resized(runner, &negative, size);
    let laid = runner.node("Composite 2", composite(&larger, &together, &inverse));
    let turned = moved(runner, &laid, size);
    let in_light = Blend {
        space: BlendSpace::Linear,
        ..blend(&turned, &grained, BlendMode::Screen, 0.5)
    };
    let lit = runner.node("Blend Screen in linear light", in_light);
    let far = runner.node("GaussianBlur 8", blur(&lit, 8.0));
    runner.node("Blend Normal", blend(&far, &lit, BlendMode::Normal, 0.4))
}

fn made(runner: &mut Runner, (height, width): (usize, usize)) -> (Image, Image) {
    let sky = Gradient {
        like: None,
        width,
        height,
        from: Color([0.1, 0.3, 0.8, 1.0]),
        to: Color([0.9, 0.6, 0.2, 1.0]),
        shape: GradientShape::Radial,
        angle: 0.0,
    };
    let grain = Noise {
        like: None,
        width,
        height,
        seed: Seed(7),
        kind: NoiseKind::Uniform,
        color: true,
    };
    (runner.node("Gradient", sky), runner.node("Noise", grain))
}

fn toned(runner: &mut Runner, image: &Image) -> Image {
    let adjust = AdjustColor {
        image: image.clone(),
        brightness: 0.05,
        contrast: 1.2,
        saturation: 0.7,
        gamma: 1.3,
    };
    let image = runner.node("AdjustColor", adjust);
    let duotone = Duotone {
        image,
        shadows: Color([0.1, 0.05, 0.3, 1.0]),
        highlights: Color([1.0, 0.9, 0.7, 1.0]),
    };
    runner.node("Duotone", duotone)
}

fn masks(runner: &mut Runner, image: &Image) -> (Mask, Mask) {
    let step = Threshold {
        image: image.clone(),
        threshold: 0.5,
        softness: 0.4,
    };
    let inverse = ToMask {
        image: image.clone(),
        channel: Channel::Luma,
        invert: true,
    };
    (
        runner.node("Threshold", step),
        runner.node("ToMask", inverse),
    )
}

fn composite(over: &Image, under: &Image, mask: &Mask) -> Composite {
    Composite {
        foreground: over.clone(),
        background: under.clone(),
        mask: mask.clone(),
    }
}

fn resized(runner: &mut Runner, image: &Image, (height, width): (usize, usize)) -> Image {
    let resize = |image: &Image, (height, width): (usize, usize)| Resize {
        image: image.clone(),
        width: Some(width as i64),
        height: Some(height as i64),
        scale: 1.0,
        fit: ResizeFit::Stretch,
        filter: ResizeFilter::Bicubic,
        linear: false,
    };
    let half = resize(image, (height / 2, width / 2));
    let half = runner.node("Resize to a half", half);
    runner.node("Resize to all", resize(&half, (height, width)))
}

/// Cut, extended again, and turned around.
fn moved(runner: &mut Runner, image: &Image, (height, width): (usize, usize)) -> Image {
    let (top, left) = (height / 8, width / 8);
    let crop = Crop {
        image: image.clone(),
        left,
        top,
        width: Some((width - 2 * left) as i64),
        height: Some((height - 2 * top) as i64),
    };
    let image = runner.node("Crop", crop);
    let pad = Pad {
        image,
        top,
        right: left,
        bottom: top,
        left,
        fill: PadFill::Mirror,
        color: Color([0.0, 0.0, 0.0, 1.0]),
    };
    let image = runner.node("Pad", pad);
    let turn = |image, kind| Turn { image, kind };
    let image = runner.node("Turn Right", turn(image, TurnKind::Right));
    runner.node("Turn Left", turn(image, TurnKind::Left))
}

fn blur(image: &Image, sigma: f32) -> GaussianBlur {
    GaussianBlur {
        image: image.clone(),
        sigma,
    }
}

fn blend(over: &Image, under: &Image, mode: BlendMode, opacity: f32) -> Blend {
    Blend {
        over: over.clone(),
        under: under.clone(),
        mode,
        opacity,
        space: BlendSpace::Srgb,
    }
}
