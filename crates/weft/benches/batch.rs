//! Batches: photographs, small jobs, and drawings one by one against together.
//!
//! `cargo bench -p weft --bench batch`. `pillow.py` beside it does the photographs with Pillow in two processes.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and ends where it cannot go on"
)]

use std::{
    fmt::Write,
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use weft::{
    ItemGraph, Weft,
    batch::{
        Batch, Counts, Group, Heard, Items, Planner, Policy, Selection, Sharing, Skip, folder,
        ledger::{Entry, Ledger, NAME, Session},
    },
    engine::Cancel,
    graph::Given,
    spec::Source,
    tensor::DeviceChoice,
    value::Image,
    vision::codec::{EncodeOptions, Format, encode},
};

struct Silent;

impl Heard for Silent {
    fn ended(&self, entry: &Entry, _: &Counts) {
        assert!(entry.error.is_none(), "{:?}", entry.error);
    }
}

/// Runs every item and gives the time.
fn timed(
    weft: &mut Weft,
    text: &str,
    groups: Vec<Group>,
    (repeat, window): (u64, usize),
) -> Duration {
    let out = tempfile::tempdir().unwrap();
    let items = Items::new(groups, repeat, (0, "it")).unwrap();
    let graph = ItemGraph {
        source: Arc::new(Source {
            name: "bench.ron".into(),
            folder: out.path().into(),
            text: text.into(),
        }),
        given: Given::none(),
        varied: items.inputs(),
        derives_seeds: true,
    };
    let sharing =
        Sharing::of(&items, &mut weft.items(graph.clone()).1 as &mut dyn Planner).unwrap();
    let (ledger, past) = Ledger::open(&out.path().join(NAME)).unwrap();
    let selection = Selection {
        items: &items,
        shard: None,
        limit: None,
        skip: Skip::Nothing,
        out: out.path(),
        past: &past,
    };
    let batch = Batch {
        wanted: selection.wanted(),
        policy: Policy::KeepGoing,
        may_replace: false,
        window,
        sharing: Some(&sharing),
        stop: Cancel::default(),
        heard: Arc::new(Silent),
    };
    let (engine, mut planner) = weft.items(graph);
    let start = Instant::now();
    batch
        .run(engine, &mut planner, (ledger, Session::default()))
        .unwrap();
    start.elapsed()
}

fn weft() -> Weft {
    Weft::builder().device(DeviceChoice::Cpu).start().unwrap()
}

/// Pictures of 1600 by 1200 pixels, as cameras write them.
fn photographs(folder: &Path, count: usize) {
    let mut text = "Graph(format: 1, nodes: { ".to_owned();
    for i in 0..count {
        let _ = write!(
            text,
            "\"m{i}\": Noise(width: 200, height: 150, color: true, seed: {i}),
             \"n{i}\": Resize(image: Wire(\"m{i}\"), width: 1600, height: 1200), "
        );
    }
    let mut weft = weft();
    let graph = weft.read(
        Source {
            name: "photos".into(),
            folder: folder.into(),
            text: text + "})",
        },
        &Given::none(),
    );
    let plan = weft.plan(&graph.unwrap()).unwrap();
    for i in 0..count {
        let only = [format!("n{i}")];
        let ride = weft::engine::Ride {
            only: Some(&only),
            ..Default::default()
        };
        let report = weft.run(&plan, ride).unwrap();
        let image = report
            .value(&only[0])
            .unwrap()
            .get::<Image>()
            .unwrap()
            .clone();
        let options = EncodeOptions {
            format: Format::Jpeg,
            ..EncodeOptions::default()
        };
        fs::write(
            folder.join(format!("{i}.jpg")),
            encode(&image, &options).unwrap(),
        )
        .unwrap();
    }
}

fn main() {
    let small = r#"Graph(format: 1, inputs: { "seed": Seed(default: 1) }, nodes: {
        "a": Noise(width: 64, height: 64, seed: Input("seed")), "b": Invert(image: Wire("a")),
        "c": Invert(image: Wire("b")), "d": Invert(image: Wire("c")), "e": Invert(image: Wire("d")) })"#;
    let time = timed(&mut weft(), small, Vec::new(), (1_000, 3));
    println!(
        "1,000 jobs of five nodes: {:.3} ms each",
        time.as_secs_f64()
    );

    let folder_of = tempfile::tempdir().unwrap();
    photographs(folder_of.path(), 50);
    let graph = r#"Graph(format: 1, inputs: { "photo": File() }, nodes: {
        "photo": LoadImage(path: Input("photo")), "small": Resize(image: Wire("photo"), width: 512, height: 384),
        "over": Noise(width: 512, height: 384, color: true, seed: 1),
        "both": Blend(over: Wire("over"), under: Wire("small"), mode: Overlay, opacity: 0.5),
        "file": SaveImage(image: Wire("both"), path: "x.jpg") })"#;
    let group = || folder(&format!("photo={}", folder_of.path().display())).unwrap();
    timed(&mut weft(), graph, vec![group()], (1, 3));
    let time = timed(&mut weft(), graph, vec![group()], (4, 3));
    println!(
        "photographs of 1600x1200, loaded, resized, blended, saved: {:.1} a second",
        200.0 / time.as_secs_f64()
    );

    let graph = r#"Graph(format: 1, inputs: { "seed": Seed(default: 1) }, nodes: {
        "ask": Instruction(text: "a rocket"),
        "drawn": SampleInstruct(instruction: Wire("ask"), steps: 10, seed: Input("seed")),
        "file": SaveImage(image: Wire("drawn"), path: "x.png") })"#;
    let mut weft = weft();
    timed(&mut weft, graph, Vec::new(), (2, 1));
    let alone = timed(&mut weft, graph, Vec::new(), (32, 1));
    let together = timed(&mut weft, graph, Vec::new(), (32, 16));
    println!(
        "32 drawings of 10 steps: {:.2} a second one by one, {:.2} together: {:.2} times",
        32.0 / alone.as_secs_f64(),
        32.0 / together.as_secs_f64(),
        alone.as_secs_f64() / together.as_secs_f64()
    );
}
