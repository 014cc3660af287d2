//! The graphs for Stable Diffusion weights, run on tiny ones.

pub(crate) mod weights;

use std::{fs, path::Path};

use image::{RgbImage, imageops::crop_imm};
use weft_testing::tiny_stable::{folder, parts, split};

use self::weights::{HEIGHT, MORE, WIDTH, Weights};
use crate::program::{files, root, run};

/// Width and height of what a graph draws. The tiny autoencoder makes each side a quarter of what a real one makes, but
/// of what it has encoded itself.
fn size(name: &str) -> (u32, u32) {
    let (width, height) = (WIDTH / 4, HEIGHT / 4);
    match name {
        "hires_fix" => (2 * width, 2 * height),
        "tiled_upscale" => (4 * width, 4 * height),
        "img2img" | "inpaint" => (WIDTH, HEIGHT),
        "outpaint" => (WIDTH + MORE, HEIGHT),
        "model_compare" => sheet(),
        _ => (width, height),
    }
}

/// Pixels around the cells of a sheet.
const GAP: u32 = 8;

/// The size of the sheet of `model_compare.ron`.
fn sheet() -> (u32, u32) {
    (2 * WIDTH + 3 * GAP, HEIGHT + 2 * GAP)
}

/// A part of a picture.
fn part(picture: &RgbImage, (x, y): (u32, u32), (width, height): (u32, u32)) -> RgbImage {
    crop_imm(picture, x, y, width, height).to_image()
}

#[test]
fn every_graph_for_stable_diffusion_draws_by_its_seed() {
    let weights = Weights::new();
    let graphs = files("graphs/stable", "ron");
    assert_eq!(graphs.len(), 14);
    for graph in graphs {
        run(&["fmt", "--check", graph.to_str().unwrap()]).with(0);
        let text = fs::read_to_string(&graph).unwrap();
        assert!(text.starts_with("// "), "{}", graph.display());
        let name = graph.file_stem().unwrap().to_str().unwrap();
        let [one, other] = ["7", "8"].map(|seed| weights.drawn(name, &[("seed", seed)]));
        assert_eq!(one.dimensions(), size(name), "{name}");
        assert!(one != other, "{name} draws the same of another seed");
    }
}

#[test]
fn what_leads_at_a_strength_of_0_leads_nowhere() {
    let weights = Weights::new();
    let plain = weights.drawn("txt2img", &[]);
    for name in ["controlnet_canny", "ip_adapter_style", "lora"] {
        let of = |strength| weights.drawn(name, &[("strength", strength)]);
        assert!(of("0.0") == plain, "{name} at 0 draws otherwise");
        assert!(of("1.0") != plain, "{name} at 1 draws the same");
    }
    let twice = weights.drawn("two_controlnets", &[]);
    assert!(twice != plain && twice != weights.drawn("controlnet_canny", &[]));
    let again = |denoise, seed| weights.drawn("img2img", &[("denoise", denoise), ("seed", seed)]);
    let through = again("0.0", "7");
    assert!(through == again("0.0", "8") && through != again("0.6", "7"));
}

#[test]
fn an_instruction_leads_by_edges_and_by_pictures() {
    let weights = Weights::new();
    let text = "Draw subject along the lines of edge map, in the style of style. The picture shows a rocket.";
    let plain = weights.drawn("txt2img", &[("prompt", text)]);
    let of = |edges, looks| weights.drawn("instruct", &[("edges", edges), ("looks", looks)]);
    assert!(of("0.0", "0.0") == plain);
    let [edges, looks, both] =
        [("1.0", "0.0"), ("0.0", "1.0"), ("1.0", "1.0")].map(|(a, b)| of(a, b));
    assert!(edges != plain && looks != plain && both != edges && both != looks);
}

#[test]
fn both_graphs_of_instructions_ask_the_same() {
    let asked = |path: &str| {
        let text = fs::read_to_string(root().join(path)).unwrap();
        let from = text.find("\"ask\": Instruction(").unwrap();
        let whole = text[from..].find("\n        ),\n").unwrap();
        text[from..from + whole].to_owned()
    };
    assert_eq!(
        asked("graphs/instruct.ron"),
        asked("graphs/stable/instruct.ron")
    );
}

#[test]
fn what_is_not_painted_anew_stays_to_the_pixel() {
    let weights = Weights::new();
    let given = weights.given();
    let inpainted = weights.drawn("inpaint", &[]);
    let half = (WIDTH / 2, HEIGHT);
    let left = |picture| part(picture, (0, 0), half);
    let right = |picture| part(picture, (WIDTH / 2, 0), half);
    assert!(left(&inpainted) == left(&given));
    assert!(right(&inpainted) != right(&given));
    let outpainted = weights.drawn("outpaint", &[]);
    assert!(part(&outpainted, (0, 0), (WIDTH, HEIGHT)) == given);
    let added = part(&outpainted, (WIDTH, 0), (MORE, HEIGHT));
    assert!(added.pixels().any(|pixel| pixel != added.get_pixel(0, 0)));
}

#[test]
fn two_models_are_compared_side_by_side() {
    let weights = Weights::new();
    let cells = |set: &[(&str, &str)]| {
        let sheet = weights.drawn("model_compare", set);
        [GAP, WIDTH + 2 * GAP].map(|x| part(&sheet, (x, GAP), (WIDTH, HEIGHT)))
    };
    let [one, other] = cells(&[]);
    assert!(one != other);
    let set = weights.set(&root().join("graphs/stable/txt2img.ron"), &[]);
    let same = set.iter().find_map(|pair| pair.strip_prefix("checkpoint="));
    let [first, second] = cells(&[("other", same.unwrap())]);
    assert!(first == one && second == one);
}

/// What `weft batch` draws of a graph with these options, smallest first.
fn batch(weights: &Weights, name: &str, options: &[&str]) -> Vec<RgbImage> {
    let graph = root().join(format!("graphs/stable/{name}.ron"));
    let out = tempfile::tempdir().unwrap();
    let set = weights.set(&graph, &[]);
    let is_swept = |pair: &str| {
        let (input, _) = pair.split_once('=').unwrap();
        options
            .iter()
            .any(|it| it.starts_with(&format!("{input}=")))
    };
    let mut arguments = vec!["batch", graph.to_str().unwrap(), "--device", "cpu"];
    arguments.extend(["--out", out.path().to_str().unwrap()]);
    arguments.extend(options);
    for pair in set
        .iter()
        .filter(|pair| *pair != "--set" && !is_swept(pair))
    {
        arguments.extend(["--set", pair.as_str()]);
    }
    run(&arguments).with(0);
    let mut pictures = pictures(out.path());
    pictures.sort_by_key(|picture| picture.len());
    pictures
}

#[test]
fn a_grid_over_settings_shows_a_picture_for_each() {
    let sweep = ["--sweep", "steps=1,2", "--sweep", "guidance=3,7"];
    let options = [&sweep[..], &["--grid", "x=steps,y=guidance"]].concat();
    let pictures = batch(&Weights::new(), "xy_grid", &options);
    let [cells @ .., sheet] = pictures.as_slice() else {
        panic!("nothing was drawn");
    };
    assert_eq!(cells.len(), 4);
    for (place, cell) in cells.iter().enumerate() {
        assert_eq!(cell.dimensions(), size("xy_grid"));
        assert!(!cells[..place].contains(cell));
        assert!(shows(sheet, cell));
    }
}

#[test]
fn the_items_of_a_batch_are_what_each_draws_alone() {
    let weights = Weights::new();
    let pictures = batch(&weights, "txt2img", &["--sweep", "seed=7,8,9"]);
    assert_eq!(pictures.len(), 3);
    for seed in ["7", "8", "9"] {
        let alone = weights.drawn("txt2img", &[("seed", seed)]);
        assert!(pictures.iter().any(|picture| is_close(picture, &alone)));
    }
}

/// Whether two pictures are the same but for rounding.
fn is_close(one: &RgbImage, other: &RgbImage) -> bool {
    let mut pairs = one.iter().zip(other.iter());
    one.dimensions() == other.dimensions() && pairs.all(|(a, b)| a.abs_diff(*b) <= 1)
}

/// Every picture below a folder.
fn pictures(folder: &Path) -> Vec<RgbImage> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pictures(&path));
        } else if path.extension().is_some_and(|end| end == "png") {
            found.push(image::open(path).unwrap().to_rgb8());
        }
    }
    found
}

/// Whether `cell` is somewhere in `sheet`.
fn shows(sheet: &RgbImage, cell: &RgbImage) -> bool {
    let [width, height] = [sheet.width() - cell.width(), sheet.height() - cell.height()];
    let mut places = (0..=height).flat_map(|y| (0..=width).map(move |x| (x, y)));
    places.any(|corner| part(sheet, corner, cell.dimensions()) == *cell)
}

#[test]
fn a_learnt_word_is_meant_where_it_stands() {
    let weights = Weights::new();
    let [taught, untaught] =
        ["<thing>", "<other>"].map(|word| weights.drawn("embedding", &[("word", word)]));
    assert!(taught != untaught);
}

#[test]
fn weights_in_shards_are_told_of_as_one() {
    let place = tempfile::tempdir().unwrap();
    let index = split(place.path(), "model", parts("unet_one"));
    let told = run(&["model", index.to_str().unwrap()]).with(0).out;
    let fixture = "crates/models/tests/fixtures/stable/unet_one.safetensors";
    let whole = run(&["model", fixture]).with(0).out;
    let first = |text: &str| text.lines().next().unwrap().to_owned();
    assert_eq!(first(&told), first(&whole));
    let tensors = |text: &str| {
        text.lines()
            .nth(1)
            .unwrap()
            .split_once(", ")
            .unwrap()
            .1
            .to_owned()
    };
    assert_eq!(tensors(&told), tensors(&whole));
    for shard in [
        "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors",
    ] {
        let path = place.path().join(shard);
        let alone = run(&["model", path.to_str().unwrap()]).with(0).out;
        let hash = alone.lines().nth(2).unwrap();
        assert!(told.contains(&format!("{hash}  {shard}, ")), "{told}");
    }
    fs::remove_file(place.path().join("model-00002-of-00002.safetensors")).unwrap();
    let missing = run(&["model", index.to_str().unwrap()]).with(2).err;
    assert!(
        missing.contains("model-00002-of-00002") && missing.contains("download it, too"),
        "{missing}"
    );
    let whole = folder(&place.path().join("whole"), 4);
    let refused = run(&["model", whole.to_str().unwrap()]).with(2).err;
    assert!(
        refused.contains("name the weights of one of its networks"),
        "{refused}"
    );
}
