//! The node as a host sees it.

mod devices;
mod kinds;

use std::{fs, path::PathBuf, sync::Arc};

use burn::tensor::{Device, Tensor, TensorData};
use weft_models::upscale::{Tiles, Upscaler};
use weft_node::{
    Context, Error, Facts, Job, Node, Provenance, Result, Values,
    value::{AnyValue, ColorSpace, Digest, File, Image, Saved},
};
use weft_shipped::UPSCALE;
use weft_testing::{assert_close, for_each_device, max_error, mean_error, numbers};
use weft_vision::{
    color::in_space,
    resample::{Filter, resize},
};

use crate::{PACK, Upscale, UpscaleMethod, fill::filled};

/// A disc over a gradient, in red, green and blue.
fn disc(device: &Device, (height, width): (usize, usize)) -> Tensor<4> {
    let (high, wide) = (height as f32, width as f32);
    let mut pixels = Vec::new();
    for channel in 0..3 {
        for i in 0..height * width {
            let (y, x) = ((i / width) as f32 / high, (i % width) as f32 / wide);
            let inside = (x - 0.5).hypot(y - 0.4) < 0.3;
            let ground = [0.2, x, 1.0 - y][channel];
            pixels.push(if inside {
                [0.9, 0.3, 0.1][channel]
            } else {
                ground
            });
        }
    }
    Tensor::from_data(TensorData::new(pixels, [1, 3, height, width]), device)
}

/// A ring on a disc, in flat colours with soft rims of one pixel, as a drawing program fills them.
fn ring(device: &Device, side: usize) -> Tensor<4> {
    let size = side as f32;
    let coverage = |distance: f32| (0.5 - distance).clamp(0.0, 1.0);
    let colors = [[0.95, 0.9, 0.2], [0.95, 0.6, 0.1], [0.9, 0.2, 0.4]];
    let pixel = |channel: usize, i: usize| {
        let (y, x) = ((i / side) as f32 + 0.5, (i % side) as f32 + 0.5);
        let disc = coverage((x - 0.5 * size).hypot(y - 0.5 * size) - 0.38 * size);
        let radius = (x - 0.45 * size).hypot(y - 0.5 * size);
        let ring = coverage((radius - 0.2 * size).abs() - 0.05 * size);
        let [ground, on_disc, on_ring]: [f32; 3] = colors[channel];
        let below = ground + (on_disc - ground) * disc;
        below + (on_ring - below) * ring
    };
    let pixels = (0..3).flat_map(|channel| (0..side * side).map(move |i| pixel(channel, i)));
    let pixels = TensorData::new(pixels.collect::<Vec<f32>>(), [1, 3, side, side]);
    Tensor::from_data(pixels, device)
}

fn upscale(image: Image) -> Upscale {
    Upscale {
        image,
        scale: None,
        width: None,
        height: None,
        method: UpscaleMethod::Compact,
        fidelity: 1.0,
        model: None,
        tile: 256,
    }
}

fn run(node: Upscale) -> Result<Image> {
    let device = node.image.device();
    node.run(&mut Context::detached(device))
}

fn model(path: PathBuf) -> Option<File> {
    Some(File::open(&path).unwrap())
}

/// The path of a network that the tests of models use: random, of 3 layers, enlarging 3 times.
fn tiny() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../crates/models/fixtures/compact_tiny.safetensors")
}

#[test]
fn a_picture_becomes_four_times_as_large_and_stays_itself() {
    for_each_device(|device| {
        let small = disc(device, (24, 32));
        let large = run(upscale(Image::new(small.clone())))
            .unwrap()
            .into_pixels();
        assert_eq!(large.dims(), [1, 3, 96, 128]);
        assert!(numbers(&large).iter().all(|x| (0.0..=1.0).contains(x)));
        let back = resize(large, (24, 32), Filter::Area);
        assert!(mean_error(&back, &small) < 0.02);
    });
}

#[test]
fn a_drawing_that_is_held_to_its_picture_comes_nearest_to_the_truth() {
    // The same drawing at four times the size is the truth.
    let device = Device::flex();
    let truth = ring(&device, 160);
    let small = Image::new(resize(truth.clone(), (40, 40), Filter::Area));
    let error = |method, fidelity| {
        let node = Upscale {
            method,
            fidelity,
            ..upscale(small.clone())
        };
        let lost = run(node).unwrap().into_pixels() - truth.clone();
        numbers(&lost).iter().map(|x| x * x).sum::<f32>()
    };
    let lanczos = error(UpscaleMethod::Lanczos, 1.0);
    let drawn = error(UpscaleMethod::Compact, 0.0);
    let held = error(UpscaleMethod::Compact, 1.0);
    assert!(held < 0.8 * lanczos, "{held} {lanczos}");
    assert!(held < 0.8 * drawn, "{held} {drawn}");
}

#[test]
fn a_picture_that_is_not_held_is_the_networks_own() {
    let device = Device::flex();
    let small = disc(&device, (12, 10));
    let network = Upscaler::read(UPSCALE, &device).unwrap();
    let drawn = network
        .enlarge(small.clone(), Tiles::WHOLE, |_, _| Ok::<_, Error>(()))
        .unwrap();
    let node = Upscale {
        fidelity: 0.0,
        ..upscale(Image::new(small))
    };
    assert_close(
        &run(node).unwrap().into_pixels(),
        &drawn.clamp(0.0, 1.0),
        1e-5,
    );
}

#[test]
fn tiles_leave_no_seam() {
    let device = Device::flex();
    let image = Image::new(disc(&device, (50, 41)));
    let of = |tile| {
        let node = Upscale {
            tile,
            ..upscale(image.clone())
        };
        run(node).unwrap().into_pixels()
    };
    assert_close(&of(16), &of(256), 1e-4);
}

#[test]
fn any_size_and_any_number_of_pictures_is_enlarged() {
    let device = Device::flex();
    for (batch, height, width) in [(1, 1, 1), (1, 3, 5), (3, 2, 9)] {
        for channels in [1, 3, 4] {
            let image = Image::new(Tensor::full([batch, channels, height, width], 0.5, &device));
            let large = run(upscale(image)).unwrap();
            assert_eq!(large.dims(), [batch, channels, 4 * height, 4 * width]);
        }
    }
}

#[test]
fn another_size_is_reached_from_the_picture_of_the_network() {
    let device = Device::flex();
    let image = Image::new(disc(&device, (10, 20)));
    let large = run(upscale(image.clone())).unwrap().into_pixels();
    let sizes = [
        (Some(2.0), None, None, (20, 40)),
        (Some(6.5), None, None, (65, 130)),
        (None, Some(50), None, (25, 50)),
        (Some(2.0), None, Some(30), (30, 60)),
        (None, Some(7), Some(90), (90, 7)),
    ];
    for (scale, width, height, wanted) in sizes {
        let node = Upscale {
            scale,
            width,
            height,
            ..upscale(image.clone())
        };
        let found = run(node).unwrap().into_pixels();
        assert_close(&found, &resize(large.clone(), wanted, Filter::Lanczos), 0.0);
    }
}

#[test]
fn lanczos_is_that_of_resize() {
    let device = Device::flex();
    let small = disc(&device, (10, 20));
    let node = Upscale {
        method: UpscaleMethod::Lanczos,
        ..upscale(Image::new(small.clone()))
    };
    let wanted = resize(small, (40, 80), Filter::Lanczos);
    assert_close(&run(node).unwrap().into_pixels(), &wanted, 0.0);
}

#[test]
fn transparency_is_kept_and_its_hidden_colours_do_not_show() {
    let device = Device::flex();
    let inside = Tensor::<4>::ones([1, 1, 12, 12], &device).pad([(6, 6), (6, 6)], 0.0);
    // A black and a white ground, which nobody sees.
    let of = |hidden: f32| {
        let red = inside.clone() * 0.9 + (inside.clone() * -1.0 + 1.0) * hidden;
        let rest = (inside.clone() * -1.0 + 1.0) * hidden;
        let pixels = Tensor::cat(vec![red, rest.clone(), rest, inside.clone()], 1);
        run(upscale(Image::new(pixels))).unwrap().into_pixels()
    };
    let (black, white) = (of(0.0), of(1.0));
    assert_close(&black, &white, 1e-6);
    let alpha = black.clone().narrow(1, 3, 1);
    assert_close(
        &alpha,
        &resize(inside.clone(), (96, 96), Filter::Lanczos),
        0.0,
    );
    // One colour all over: where it shows at all it is that colour, without a dark rim.
    let shown = |x: Tensor<4>| x * black.clone().narrow(1, 3, 1);
    let red = shown(Tensor::full([1, 1, 96, 96], 0.9, &device));
    assert!(max_error(&shown(black.clone().narrow(1, 0, 1)), &red) < 0.05);
}

#[test]
fn clear_pixels_take_the_colours_around_them_and_others_stay() {
    let device = Device::flex();
    let color = disc(&device, (9, 13));
    let opaque = Tensor::ones([1, 1, 9, 13], &device);
    let whole = Tensor::cat(vec![color.clone(), opaque.clone()], 1);
    assert_close(&filled(whole), &color, 0.0);
    let alpha = opaque.slice_fill([0..1, 0..1, 3..6, 2..13], 0.0);
    let holed = Tensor::cat(vec![color.clone() * alpha.clone(), alpha.clone()], 1);
    let found = filled(holed);
    assert_close(
        &(found.clone() * alpha.clone()),
        &(color.clone() * alpha),
        1e-6,
    );
    assert!(numbers(&found).iter().all(|x| (0.0..=1.0).contains(x)));
    let clear = Tensor::cat(vec![color, Tensor::zeros([1, 1, 9, 13], &device)], 1);
    assert!(numbers(&filled(clear)).iter().all(|x| *x == 0.0));
}

#[test]
fn a_picture_in_linear_light_comes_back_so() {
    let device = Device::flex();
    let encoded = Image::new(disc(&device, (8, 8)));
    let linear = in_space(&encoded, ColorSpace::Linear);
    let found = run(upscale(linear)).unwrap();
    assert_eq!(found.space(), ColorSpace::Linear);
    let found = in_space(&found, ColorSpace::Srgb).into_pixels();
    assert_close(&found, &run(upscale(encoded)).unwrap().into_pixels(), 1e-3);
}

#[test]
fn the_weights_of_a_file_are_taken_with_their_own_factor() {
    let device = Device::flex();
    let node = Upscale {
        model: model(tiny()),
        ..upscale(Image::new(disc(&device, (5, 6))))
    };
    assert_eq!(run(node).unwrap().dims(), [1, 3, 15, 18]);
}

#[test]
fn a_file_that_is_no_such_network_is_named_before_anything_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("torn.safetensors");
    fs::write(&path, &UPSCALE[..UPSCALE.len() / 2]).unwrap();
    let mut values = Values::default();
    values.put("model", AnyValue::new(File::open(&path).unwrap()));
    let checked = Upscale::check(&Facts::new(&values)).unwrap_err();
    let node = Upscale {
        model: model(path.clone()),
        ..upscale(Image::new(disc(&Device::flex(), (4, 4))))
    };
    for error in [checked, run(node).unwrap_err()] {
        let told = error.to_string();
        assert!(
            told.starts_with("input `model`: the weights are not a whole safetensors file"),
            "{told}"
        );
        assert!(told.ends_with(&path.display().to_string()), "{told}");
    }
    assert!(Upscale::check(&Facts::new(&Values::default())).is_ok());
}

#[test]
fn sizes_that_no_picture_has_are_refused_at_once() {
    let device = Device::flex();
    let large =
        Image::new(Tensor::<4>::zeros([1, 1, 1, 1], &device).expand([1, 3, 10_000, 10_000]));
    let error = run(upscale(large)).unwrap_err();
    assert!(matches!(error, Error::Memory { .. }), "{error}");
    let none = Image::new(Tensor::zeros([1, 3, 0, 4], &device));
    let error = run(upscale(none)).unwrap_err();
    assert_eq!(error.to_string(), "input `image`: has no pixels");
}

/// A host that has cancelled.
struct Impatient;

impl Job for Impatient {
    fn is_cancelled(&self) -> bool {
        true
    }
    fn step(&self, _: u64, _: u64) {}
    fn preview(&self, _: &Image) {}
    fn save(&self, _: &str, _: &str, _: &[u8]) -> Result<Saved> {
        Err(Error::Cancelled)
    }
    fn provenance(&self) -> Option<&Provenance> {
        None
    }
}

#[test]
fn a_cancelled_run_stops() {
    let device = Device::flex();
    let mut context = Context::new(device.clone(), Arc::new(Impatient));
    let node = upscale(Image::new(disc(&device, (64, 64))));
    assert!(matches!(node.run(&mut context), Err(Error::Cancelled)));
}

#[test]
fn the_shipped_weights_are_those_that_the_readme_names() {
    let readme = include_str!("../../../models/upscale/README.md");
    assert!(readme.contains(&Digest::of(UPSCALE).to_string()));
}

#[test]
fn the_node_is_in_the_pack_under_its_name() {
    let ids: Vec<_> = PACK.spec().nodes.into_iter().map(|node| node.id).collect();
    assert_eq!(ids, ["upscale.Upscale"]);
}
