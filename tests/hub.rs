//! Files of weights by the names of a hub, as a user gives them to the program.

use std::{fs, path::Path, process::Stdio, time::Instant};

use weft_testing::{
    loop_hub::{LoopHub, Mood},
    tiny_stable::folder,
};

use crate::program::{Ended, ended, weft};

const NAME: &str = "checkpoint=hf:tiny/model/model_index.json";

/// The program with a hub and a cache of its own.
fn with_hub(endpoint: &str, cache: &Path, arguments: &[&str], more: &[(&str, &str)]) -> Ended {
    let mut command = weft();
    command.args(arguments);
    for name in ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HUB_OFFLINE"] {
        command.env_remove(name);
    }
    command.env("HF_ENDPOINT", endpoint).env("HF_HOME", cache);
    command.env("HF_HUB_DOWNLOAD_TIMEOUT", "2");
    command.envs(more.iter().copied());
    ended(command.output().unwrap())
}

/// Draws a small picture into that folder.
fn drawing<'a>(out: &'a Path, set: &'a str) -> Vec<&'a str> {
    let small = ["width=32", "height=24", "steps=2"];
    let mut arguments = vec!["run", "--device", "cpu", "--no-cache", "--out"];
    arguments.push(out.to_str().unwrap());
    for set in small.into_iter().chain([set]) {
        arguments.extend(["--set", set]);
    }
    arguments.push("graphs/stable/txt2img.ron");
    arguments
}

#[test]
fn a_graph_draws_with_weights_of_a_hub_and_again_without_it() {
    let place = tempfile::tempdir().unwrap();
    let local = place.path().join("model");
    let index = folder(&local, 4);
    let server = LoopHub::new("tiny/model");
    server.put_folder(&local);
    let cache = place.path().join("cache");
    let draw = |name: &str, set: &str, more: &[(&str, &str)]| {
        let out = place.path().join(name);
        let drawn = with_hub(&server.endpoint(), &cache, &drawing(&out, set), more).with(0);
        let picture = image::open(out.join("out/txt2img.png")).unwrap().to_rgb8();
        (picture, drawn.err)
    };
    let (fetched, told) = draw("fetched", NAME, &[]);
    assert!(told.contains("fetching hf:tiny/model"), "{told}");
    let here = format!("checkpoint={}", index.display());
    assert_eq!(draw("local", &here, &[]).0, fetched);
    let asked = server.asked().len();
    let (cached, told) = draw("cached", NAME, &[("HF_HUB_OFFLINE", "1")]);
    assert_eq!(cached, fetched);
    assert!(!told.contains("fetching"), "{told}");
    assert_eq!(server.asked().len(), asked);
}

#[test]
fn weft_model_tells_of_a_file_of_a_hub() {
    let place = tempfile::tempdir().unwrap();
    let local = place.path().join("model");
    folder(&local, 4);
    let server = LoopHub::new("tiny/model");
    server.put_folder(&local);
    let file = "unet/diffusion_pytorch_model.safetensors";
    let of = |name: &str| {
        with_hub(&server.endpoint(), place.path(), &["model", name], &[])
            .with(0)
            .out
    };
    let here = of(local.join(file).to_str().unwrap());
    assert!(
        here.contains("tensors of F16") && here.contains("blake3 "),
        "{here}"
    );
    assert_eq!(of(&format!("hf:tiny/model/{file}")), here);
}

#[test]
fn what_cannot_be_fetched_is_told_before_the_run() {
    let place = tempfile::tempdir().unwrap();
    let server = LoopHub::new("tiny/model");
    let arguments = drawing(place.path(), NAME);
    let said = |more: &[(&str, &str)]| {
        with_hub(&server.endpoint(), place.path(), &arguments, more)
            .with(2)
            .err
            .replace(['\n', '│'], " ")
    };
    let absent = said(&[]);
    assert!(absent.contains("no repository of that name"), "{absent}");
    assert!(
        absent.contains("hf:tiny/model/model_index.json"),
        "{absent}"
    );
    let offline = said(&[("HF_HUB_OFFLINE", "1")]);
    assert!(offline.contains("HF_HUB_OFFLINE"), "{offline}");
    server.set_mood(Mood::Mute);
    let start = Instant::now();
    let silent = said(&[]);
    assert!(silent.contains("has not answered"), "{silent}");
    assert!(start.elapsed().as_secs() < 30);
}

#[cfg(unix)]
#[test]
fn an_interrupt_stops_a_fetch_that_waits() {
    use std::{os::unix::process::ExitStatusExt, process::Command, thread, time::Duration};
    let place = tempfile::tempdir().unwrap();
    let server = LoopHub::new("tiny/model");
    server.set_mood(Mood::Mute);
    let mut command = weft();
    command.args(drawing(place.path(), NAME));
    command.env("HF_ENDPOINT", server.endpoint());
    command.env("HF_HOME", place.path().join("cache"));
    command.env_remove("HF_HUB_OFFLINE");
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    while server.asked().is_empty() {
        thread::sleep(Duration::from_millis(50));
    }
    let start = Instant::now();
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let status = child.wait().unwrap();
    assert!(!status.success() || status.signal().is_some());
    assert!(start.elapsed() < Duration::from_secs(10));
    let left = fs::read_dir(place.path().join("cache"))
        .into_iter()
        .flatten();
    assert_eq!(left.count(), 0);
}
