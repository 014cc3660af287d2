//! Ctrl-C stops a run: what is done stays, nothing half-written is left, and the end is told.
#![cfg(unix)]

use std::{
    fmt::Write,
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::program::{ended, weft};

#[test]
fn an_interrupt_stops_a_run_and_leaves_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut nodes = "\"n0\": Noise(width: 512, height: 512, color: true), ".to_owned();
    for i in 0..5_000 {
        write!(
            nodes,
            "\"n{}\": GaussianBlur(image: Wire(\"n{i}\"), sigma: 8.0), ",
            i + 1
        )
        .unwrap();
    }
    nodes += "\"file\": SaveImage(image: Wire(\"n5000\"), path: \"it.png\")";
    let graph = folder.path().join("long.ron");
    fs::write(&graph, format!("Graph(format: 1, nodes: {{ {nodes} }})")).unwrap();
    let mut command = weft();
    command
        .args(["run", "--device", "cpu", "--no-cache", "--json", "--out"])
        .arg(folder.path())
        .arg(&graph);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_secs(2));
    let start = Instant::now();
    assert!(
        Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    let ended = ended(child.wait_with_output().unwrap()).with(1);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "took {:?}",
        start.elapsed()
    );
    assert!(ended.err.contains("stopping"), "{}", ended.err);
    assert!(
        ended.out.contains("\"outcome\":\"cancelled\""),
        "it ended in time"
    );
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["long.ron"]);
}
