//! What the engine itself costs: chains of 10 to 10,000 nodes that invert a picture of 64 by 64.
//!
//! `cargo bench -p weft-engine`. Divide by the length of the chain; `kernel` is the arithmetic alone, to
//! be subtracted from `cold`.

use std::{fmt::Write, path::PathBuf, sync::Arc};

use burn::tensor::{Device, Tensor};
use divan::{Bencher, counter::ItemsCount};
use weft_engine::{Cancel, Engine, Event, Events, Names, Packs, Plan, Ride, Settings, plan};
use weft_graph::{DiskFiles, Given, Graph, load};
use weft_node::{Context, Inputs, Node, Pack, Result, node};
use weft_spec::Source;
use weft_store::Store;
use weft_value::{Digest, Image};

const LENGTHS: &[usize] = &[10, 100, 400, 1_000, 10_000];

/// Make a picture.
#[derive(Inputs)]
struct Start {}

impl Node for Start {
    const ID: &'static str = "bench.Start";
    type Output = Image;

    fn run(self, context: &mut Context) -> Result<Image> {
        Ok(picture(context.device()))
    }
}

/// Invert a picture.
#[derive(Inputs)]
struct Invert {
    /// Picture to invert.
    image: Image,
}

impl Node for Invert {
    const ID: &'static str = "bench.Invert";
    type Output = Image;

    fn run(self, _: &mut Context) -> Result<Image> {
        Ok(inverted(self.image))
    }
}

/// Step until told to stop.
#[derive(Inputs)]
struct Spin {}

impl Node for Spin {
    const ID: &'static str = "bench.Spin";
    type Output = Image;

    fn run(self, context: &mut Context) -> Result<Image> {
        loop {
            context.step(0, 1)?;
        }
    }
}

const PACK: Pack = Pack::new(
    "bench",
    &[node::<Start>(), node::<Invert>(), node::<Spin>()],
);

fn picture(device: &Device) -> Image {
    Image::new(Tensor::zeros([1, 3, 64, 64], device))
}

fn inverted(image: Image) -> Image {
    Image::new(image.into_pixels().neg() + 1.0)
}

fn chain(length: usize, packs: &Packs) -> Graph {
    let mut text = "Graph(format: 1, nodes: { \"n0\": Start(), ".to_owned();
    for i in 0..length {
        let _ = write!(text, "\"n{}\": Invert(image: Wire(\"n{i}\")), ", i + 1);
    }
    read(text + "})", packs)
}

fn read(text: String, packs: &Packs) -> Graph {
    let source = Source {
        name: "chain".to_owned(),
        folder: PathBuf::new(),
        text,
    };
    load(
        Arc::new(source),
        packs.registry(),
        &Given::none(),
        &DiskFiles,
    )
    .expect("the graph is valid")
}

fn packs() -> Packs {
    Packs::new(&[PACK], Digest::of(b"bench")).expect("the ids differ")
}

fn planned(length: usize) -> Plan {
    let packs = packs();
    plan(&chain(length, &packs), &packs, Names::default())
        .unwrap_or_else(|_| unreachable!("nothing is read"))
}

fn engine() -> Engine {
    let store = Arc::new(Store::in_memory(1 << 31));
    Engine::new(Settings {
        device: Device::flex(),
        store,
        device_bytes: None,
        workers: Some(2),
    })
}

/// The arithmetic alone, each picture kept as the store would keep it.
#[divan::bench(args = LENGTHS)]
fn kernel(bencher: Bencher, length: usize) {
    bencher.counter(ItemsCount::new(length)).bench_local(|| {
        let mut kept = vec![picture(&Device::flex())];
        for i in 0..length {
            kept.push(inverted(kept[i].clone()));
        }
        kept
    });
}

/// A plan that has never run, in a new engine.
#[divan::bench(args = LENGTHS)]
fn cold(bencher: Bencher, length: usize) {
    let plan = planned(length);
    bencher
        .counter(ItemsCount::new(length))
        .with_inputs(engine)
        .bench_local_refs(|engine| engine.run(&plan, Ride::default()));
}

/// The same plan again.
#[divan::bench(args = LENGTHS)]
fn unchanged(bencher: Bencher, length: usize) {
    let plan = planned(length);
    let mut engine = engine();
    engine.run(&plan, Ride::default());
    bencher
        .counter(ItemsCount::new(length))
        .bench_local(|| engine.run(&plan, Ride::default()));
}

/// From the wish to stop, told while a node steps, to the end of the run.
#[divan::bench]
fn cancelling(bencher: Bencher) {
    let packs = packs();
    let graph = read(
        "Graph(format: 1, nodes: { \"spin\": Spin() })".to_owned(),
        &packs,
    );
    let plan =
        plan(&graph, &packs, Names::default()).unwrap_or_else(|_| unreachable!("nothing is read"));
    let mut engine = engine();
    bencher.bench_local(|| {
        let cancel = Cancel::default();
        let events = Arc::new(AtFirstStep(cancel.clone()));
        engine.run(
            &plan,
            Ride {
                cancel,
                events,
                ..Ride::default()
            },
        )
    });
}

/// Cancels a run at its first step.
struct AtFirstStep(Cancel);

impl Events for AtFirstStep {
    fn on(&self, event: Event<'_>) {
        if matches!(event, Event::Step { .. }) {
            self.0.cancel();
        }
    }
}

/// From a checked graph to a plan: values and keys.
#[divan::bench(args = LENGTHS)]
fn planning(bencher: Bencher, length: usize) {
    let packs = packs();
    let graph = chain(length, &packs);
    bencher
        .counter(ItemsCount::new(length))
        .bench_local(|| plan(&graph, &packs, Names::default()));
}

/// From text to a checked graph.
#[divan::bench(args = LENGTHS)]
fn reading(bencher: Bencher, length: usize) {
    let packs = packs();
    bencher
        .counter(ItemsCount::new(length))
        .bench_local(|| chain(length, &packs));
}

fn main() {
    divan::main();
}
