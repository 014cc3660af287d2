//! Tiny weights of every kind, and graphs drawn with them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use half::f16;
use image::{GrayImage, Luma, RgbImage};
use weft_testing::tiny_stable::{NET, Parts, folder, network, note, parts, write};

use crate::program::{root, run};

/// The sides of what the graphs are asked to draw, and what `outpaint.ron` adds.
pub(super) const WIDTH: u32 = 32;
pub(super) const HEIGHT: u32 = 24;
pub(super) const MORE: u32 = 16;

/// Tiny weights of every kind.
pub(crate) struct Weights {
    root: tempfile::TempDir,
}

impl Weights {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        folder(&root.path().join("model"), 4);
        folder(&root.path().join("inpaint"), 9);
        other(&root.path().join("other"));
        let in_folder = |name: &str, fixture: &str, file: &str| {
            let folder = root.path().join(name);
            fs::create_dir(&folder).unwrap();
            network(&folder, file, &parts(fixture), &note(fixture, "config"));
        };
        in_folder("control", "control_one", NET);
        in_folder("eye", "clip_image_one", "model.safetensors");
        let vectors = (0..64).map(|i| f16::from_f32((i as f32).sin()));
        let learnt = Parts::from([("emb_params".to_owned(), (vec![2, 32], vectors.collect()))]);
        write(&root.path().join("thing.safetensors"), &learnt);
        // White on the right half.
        let mask = |x, _| Luma([if x < WIDTH / 2 { 0 } else { 255 }]);
        let mask = GrayImage::from_fn(WIDTH, HEIGHT, mask);
        mask.save(root.path().join("mask.png")).unwrap();
        Self { root }
    }

    /// The value of an input that a graph wants to be given.
    fn value(&self, graph: &str, input: &str) -> Option<String> {
        let fixtures = root().join("crates/models/tests/fixtures");
        let stable = |name: &str| fixtures.join(format!("stable/{name}.safetensors"));
        let made = |name: &str| self.root.path().join(name);
        let model = |name: &str| made(name).join("model_index.json");
        let is_inpainting = ["inpaint", "outpaint"].contains(&graph);
        let path: PathBuf = match input {
            "width" => return Some(WIDTH.to_string()),
            "height" => return Some(HEIGHT.to_string()),
            "more" => return Some(MORE.to_string()),
            "steps" => return Some("2".to_owned()),
            "checkpoint" if is_inpainting => model("inpaint"),
            "checkpoint" => model("model"),
            "other" => model("other"),
            "control" | "tile" => made("control").join(NET),
            "lora" => stable("lora_unet_one_kohya"),
            "adapter" => stable("adapter_unet_one"),
            "eye" => made("eye").join("model.safetensors"),
            "upscaler" => fixtures.join("upscale/span_x4.safetensors"),
            "embedding" => made("thing.safetensors"),
            "mask" => made("mask.png"),
            _ => return None,
        };
        Some(path.display().to_string())
    }

    /// `INPUT=VALUE` for every input of a graph that is to be set; `other` values come before the usual ones.
    pub(crate) fn set(&self, graph: &Path, other: &[(&str, &str)]) -> Vec<String> {
        let text = fs::read_to_string(graph).unwrap();
        let name = graph.file_stem().unwrap().to_str().unwrap();
        let usual = inputs(&text).into_iter().filter_map(|input| {
            let is_other = other.iter().any(|(name, _)| *name == input);
            let value = self.value(name, input).filter(|_| !is_other)?;
            Some(format!("{input}={value}"))
        });
        let other = other.iter().map(|(name, value)| format!("{name}={value}"));
        let set = usual.chain(other);
        set.flat_map(|pair| ["--set".to_owned(), pair]).collect()
    }

    /// What a graph of `graphs/stable` draws on these weights with these inputs.
    pub(super) fn drawn(&self, name: &str, set: &[(&str, &str)]) -> RgbImage {
        let graph = root().join(format!("graphs/stable/{name}.ron"));
        drawn(&graph, &self.set(&graph, set))
    }

    /// The picture that graphs are given, at the size that they bring it to.
    pub(super) fn given(&self) -> RgbImage {
        let graph = self.root.path().join("given.ron");
        let photo = root().join("graphs/photos/cat.jpg");
        let text = format!(
            r#"Graph(format: 1, nodes: {{
                "given": LoadImage(path: {photo:?}),
                "fitted": Resize(image: Wire("given"), width: {WIDTH}, height: {HEIGHT}, fit: Cover),
                "file": SaveImage(image: Wire("fitted"), path: "out/given.png"),
            }})"#
        );
        fs::write(&graph, text).unwrap();
        drawn(&graph, &[])
    }
}

/// What a graph writes to a picture of its own name.
fn drawn(graph: &Path, set: &[String]) -> RgbImage {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    let mut arguments = vec!["run", "--device", "cpu", "--no-cache", "--out", folder];
    arguments.extend(set.iter().map(String::as_str));
    arguments.push(graph.to_str().unwrap());
    run(&arguments).with(0);
    let name = graph.file_stem().unwrap().to_str().unwrap();
    let picture = image::open(out.path().join(format!("out/{name}.png")));
    picture.unwrap().to_rgb8()
}

/// A model that sees the same and says the opposite.
fn other(root: &Path) {
    folder(root, 4);
    let mut config = note("unet_one", "config");
    config["in_channels"] = 4.into();
    let mut net = parts("unet_one");
    for (key, (_, numbers)) in &mut net {
        if key.starts_with("conv_out.") {
            numbers.iter_mut().for_each(|number| *number = -*number);
        }
    }
    network(&root.join("unet"), NET, &net, &config);
}

/// The names of the inputs of a graph.
fn inputs(text: &str) -> Vec<&str> {
    let names = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix('"'));
    let declared = names.filter_map(|line| line.split_once("\": "));
    let is_input = |rest: &str| {
        ["File(", "Integer(", "Number("]
            .iter()
            .any(|ty| rest.starts_with(ty))
    };
    declared
        .filter(|(_, rest)| is_input(rest))
        .map(|(name, _)| name)
        .collect()
}
