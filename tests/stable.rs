//! The graphs for Stable Diffusion weights, run on tiny ones.

use std::{
    fs,
    path::{Path, PathBuf},
};

use weft_testing::tiny_stable::{NET, folder, network, note, parts};

use crate::program::{files, root, run};

/// Tiny weights of every kind.
struct Weights {
    root: tempfile::TempDir,
}

impl Weights {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        folder(&root.path().join("model"), 4);
        folder(&root.path().join("inpaint"), 9);
        let in_folder = |name: &str, fixture: &str, file: &str| {
            let folder = root.path().join(name);
            fs::create_dir(&folder).unwrap();
            network(&folder, file, &parts(fixture), &note(fixture, "config"));
        };
        in_folder("control", "control_one", NET);
        in_folder("eye", "clip_image_one", "model.safetensors");
        Self { root }
    }

    /// The value of an input that a graph wants to be given.
    fn value(&self, graph: &str, input: &str) -> Option<PathBuf> {
        let fixtures = root().join("crates/models/tests/fixtures");
        let stable = |name: &str| fixtures.join(format!("stable/{name}.safetensors"));
        let model = |name: &str| self.root.path().join(name).join("model_index.json");
        let is_inpainting = ["inpaint", "outpaint"].contains(&graph);
        Some(match input {
            "checkpoint" if is_inpainting => model("inpaint"),
            "checkpoint" | "other" => model("model"),
            "control" | "tile" => self.root.path().join("control").join(NET),
            "lora" => stable("lora_unet_one_kohya"),
            "adapter" => stable("adapter_unet_one"),
            "eye" => self.root.path().join("eye/model.safetensors"),
            "upscaler" => fixtures.join("upscale/span_x4.safetensors"),
            "mask" => root().join("graphs/photos/rocket.jpg"),
            _ => return None,
        })
    }
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

#[test]
fn every_graph_for_stable_diffusion_draws_on_tiny_weights() {
    let weights = Weights::new();
    let graphs = files("graphs/stable", "ron");
    assert_eq!(graphs.len(), 12);
    for graph in graphs {
        run(&["fmt", "--check", graph.to_str().unwrap()]).with(0);
        let text = fs::read_to_string(&graph).unwrap();
        assert!(text.starts_with("// "), "{}", graph.display());
        let name = graph.file_stem().unwrap().to_str().unwrap();
        let out = tempfile::tempdir().unwrap();
        let mut set: Vec<String> = Vec::new();
        for input in inputs(&text) {
            let small = match input {
                "width" => Some("32".to_owned()),
                "height" => Some("24".to_owned()),
                "more" => Some("16".to_owned()),
                "steps" => Some("2".to_owned()),
                _ => None,
            };
            let file = weights
                .value(name, input)
                .map(|path| path.display().to_string());
            if let Some(value) = small.or(file) {
                set.extend(["--set".to_owned(), format!("{input}={value}")]);
            }
        }
        let folder = out.path().to_str().unwrap();
        let mut arguments = vec!["run", "--device", "cpu", "--no-cache", "--out", folder];
        arguments.extend(set.iter().map(String::as_str));
        arguments.push(graph.to_str().unwrap());
        run(&arguments).with(0);
        has_drawn(&out.path().join(format!("out/{name}.png")));
    }
}

/// The picture is there, and not of one colour.
fn has_drawn(path: &Path) {
    let picture = image::open(path).unwrap().to_rgb8();
    let first = *picture.get_pixel(0, 0);
    assert!(
        picture.pixels().any(|pixel| *pixel != first),
        "{}",
        path.display()
    );
    // The tiny autoencoder makes each side a quarter of what a real one makes.
    let [width, height] = [picture.width(), picture.height()];
    assert!(width >= 8 && height >= 6, "{width} by {height}");
}
