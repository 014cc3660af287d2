//! On a graphics adapter, a software one too: what lives where, and that the pictures are those of the CPU.

use std::{io::Write, path::Path, sync::Arc};

use burn::tensor::Tensor;
use weft::{
    Weft,
    engine::{Outbox, Outcome, Report, Ride},
    graph::Given,
    node::{Context, Inputs, Node, Pack, Result, node},
    spec::{Effect, Source},
    store::Store,
    tensor::{DeviceChoice, adapters, give_back, memory},
    value::Image,
};
use weft_testing::passes_alone;

use crate::{
    program::{files, run},
    stable::weights::Weights,
};

/// Whether there is no adapter, which is said aloud.
fn is_without_adapter() -> bool {
    let is_without = adapters().is_empty();
    if is_without {
        // `eprintln!` would be kept back with the rest of a passing test.
        let _ = writeln!(std::io::stderr(), "skipped: no wgpu adapter");
    }
    is_without
}

/// What a host on the first adapter is made of, which keeps results in so many bytes; `None` without an adapter, said
/// aloud.
fn on_gpu(memory_bytes: u64) -> Option<weft::Builder> {
    if is_without_adapter() {
        return None;
    }
    let store = Arc::new(Store::in_memory(memory_bytes));
    Some(Weft::builder().device(DeviceChoice::Gpu(None)).store(store))
}

/// Runs a graph file, with these inputs set.
fn ran(weft: &mut Weft, text: &str, path: &Path, set: &[(&str, &str)]) -> Report {
    let mut given = Given::none();
    set.iter()
        .for_each(|(name, value)| given.set_text(name, value));
    let source = Source {
        name: path.display().to_string(),
        folder: path.parent().unwrap_or(Path::new("")).to_owned(),
        text: text.to_owned(),
    };
    let graph = weft.read(source, &given);
    let plan = weft.plan(&graph.unwrap()).unwrap();
    let out = tempfile::tempdir().unwrap();
    let ride = Ride {
        outbox: Outbox::new(out.path(), true),
        ..Ride::default()
    };
    weft.run(&plan, ride).unwrap()
}

/// Nodes that are neither loaders nor savers by their word, and yet take what lives on the host.
const OF_THE_HOST: &[&str] = &[
    // The pictures of an index are kept as files are, and the words or the picture that is looked for decide which
    // of them are loaded.
    "retrieve.Retrieve",
];

/// Fails if a node of the report that is neither loader nor saver had a value cross between host and adapter.
fn nothing_crossed(weft: &Weft, report: &Report, graph: &Path) {
    let graph = graph.display();
    assert!(report.is_good(), "{graph}: {report:?}");
    for row in &report.rows {
        let (spec, copies) = (weft.packs().registry().node(&row.kind), row.copies);
        let is_pure = spec.is_some_and(|spec| spec.effect == Effect::Pure);
        if is_pure && !OF_THE_HOST.contains(&row.kind.as_str()) {
            assert!(copies.are_none(), "{graph}, `{}`: {copies:?}", row.node);
            // What a node makes on the host to compute with is less than a picture.
            let made = copies.made.bytes;
            assert!(made < 1 << 20, "{graph}, `{}`: {copies:?}", row.node);
        }
    }
    // Something did cross at the ends, and was counted.
    let copies = report.copies();
    assert!(copies.down.count > 0 || copies.up.count > 0, "{graph}");
}

#[test]
fn between_loaders_and_savers_nothing_crosses() {
    let Some(builder) = on_gpu(1 << 30) else {
        return;
    };
    let mut weft = builder.start().unwrap();
    for path in files("graphs", "ron") {
        let text = std::fs::read_to_string(&path).unwrap();
        let few: &[_] = if text.contains("\"steps\"") {
            &[("steps", "2")]
        } else {
            &[]
        };
        let report = ran(&mut weft, &text, &path, few);
        nothing_crossed(&weft, &report, &path);
    }
}

#[test]
fn with_weights_of_stable_diffusion_nothing_crosses_either() {
    let Some(builder) = on_gpu(1 << 30) else {
        return;
    };
    let mut weft = builder.start().unwrap();
    let weights = Weights::new();
    for path in files("graphs/stable", "ron") {
        let text = std::fs::read_to_string(&path).unwrap();
        let set = weights.set(&path, &[]);
        let set: Vec<_> = set.iter().filter_map(|pair| pair.split_once('=')).collect();
        let report = ran(&mut weft, &text, &path, &set);
        nothing_crossed(&weft, &report, &path);
    }
}

#[test]
fn the_main_job_draws_on_an_adapter_what_it_draws_on_the_cpu() {
    if is_without_adapter() {
        return;
    }
    let drawn = |device: &str| {
        let out = tempfile::tempdir().unwrap();
        let folder = out.path().to_str().unwrap();
        let graph = "graphs/instruct.ron";
        run(&[
            "run",
            "--device",
            device,
            "--set",
            "steps=4",
            "--no-cache",
            "--out",
            folder,
            graph,
        ])
        .with(0);
        image::open(out.path().join("out/instruct.png"))
            .unwrap()
            .to_rgb8()
    };
    let (there, here) = (drawn("gpu"), drawn("cpu"));
    assert_eq!(there.dimensions(), here.dimensions());
    let apart = there.iter().zip(here.iter()).map(|(a, b)| a.abs_diff(*b));
    let mean = apart.map(f64::from).sum::<f64>() / there.len() as f64;
    assert!(mean <= 2.0, "mean difference {mean} of 255");
}

#[test]
fn two_hundred_runs_take_no_more_device_memory_than_twenty() {
    // In a process of its own, since other tests take memory of the same adapter.
    passes_alone("gpu::child_that_runs_two_hundred_times");
}

#[test]
#[ignore = "run by the test above in a process of its own"]
fn child_that_runs_two_hundred_times() {
    let Some(builder) = on_gpu(8 << 20) else {
        return;
    };
    let mut weft = builder.start().unwrap();
    let device = weft.device().device.clone();
    let graph = |i: usize| {
        format!(
            "Graph(format: 1, nodes: {{
                \"noise\": Noise(width: 256, height: 192, seed: {i}),
                \"soft\": GaussianBlur(image: Wire(\"noise\"), sigma: 2.5),
                \"lines\": Canny(image: Wire(\"soft\"), sigma: 1.0),
                \"large\": Resize(image: Wire(\"soft\"), width: 384, height: 288),
            }})"
        )
    };
    let mut most = [0, 0];
    for i in 0..200 {
        let report = ran(&mut weft, &graph(i), Path::new("graph.ron"), &[]);
        assert!(report.is_good() && report.ran() == 4, "{report:?}");
        let taken = memory(&device).unwrap().reserved;
        let half = usize::from(i >= 20);
        most[half] = most[half].max(taken);
    }
    let [first, rest] = most;
    assert!(rest <= first + first / 4, "{first} bytes, then {rest}");
    weft.engine().store().shed();
    give_back(&device);
    let left = memory(&device).unwrap().used;
    assert!(left < 32 << 20, "{left} bytes of tensors are left");
}

/// Wants more than any adapter has, where it is told to.
#[derive(Inputs)]
struct Hungry {
    /// Picture to give back.
    image: Image,
    /// Whether it wants all that.
    much: bool,
}

impl Node for Hungry {
    const ID: &'static str = "test.Hungry";
    type Output = Image;

    fn run(self, context: &mut Context) -> Result<Image> {
        if self.much {
            let side = 1 << 17;
            let large = Tensor::<4>::zeros([1, 1, side, side], context.device()) + 1.0;
            let sum = large.sum_dims(&[0, 1, 2, 3]);
            return Ok(Image::new(self.image.into_pixels() + sum));
        }
        Ok(self.image)
    }
}

#[test]
fn a_node_that_wants_more_memory_than_there_is_fails_alone_with_the_cure_and_the_process_goes_on() {
    let Some(builder) = on_gpu(1 << 30) else {
        return;
    };
    const PACK: Pack = Pack::new("test", &[node::<Hungry>()]);
    let mut weft = builder.pack(PACK).start().unwrap();
    let text = r##"Graph(format: 1, nodes: {
        "small": Solid(width: 64, height: 64, color: "#ff8000"),
        "large": Hungry(image: Wire("small"), much: true),
        "larger": Invert(image: Wire("large")),
        "smaller": Invert(image: Wire("small")),
    })"##;
    let path = Path::new("graph.ron");
    let report = ran(&mut weft, text, path, &[]);
    let outcome = |node: &str| report.row(node).unwrap().outcome.clone();
    assert_eq!(outcome("smaller"), Outcome::Ran);
    let Outcome::Failed(message) = outcome("large") else {
        panic!("{report:?}")
    };
    for told in ["no memory left", "bytes", "--device cpu"] {
        assert!(message.contains(told), "{message}");
    }
    assert_eq!(outcome("larger"), Outcome::Blocked("large".to_owned()));
    let report = ran(&mut weft, &text.replace("true", "false"), path, &[]);
    assert!(report.is_good(), "{report:?}");
}

#[test]
fn doctor_says_of_every_adapter_what_it_has_and_why_auto_leaves_it() {
    let ended = run(&["doctor", "--no-cache"]).with(0);
    for adapter in adapters() {
        let at = ended.out.find(&adapter.name).expect("it is listed");
        let told: Vec<_> = ended.out[at..].lines().take(3).collect();
        assert!(told[2].contains("memory"), "{}", ended.out);
        let left = "only used when asked for";
        assert_eq!(told[0].contains(left), !adapter.is_real(), "{}", ended.out);
    }
}
