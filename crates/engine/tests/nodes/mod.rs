//! Small nodes to test the engine with, and graphs of them.

use std::{
    fmt::Write,
    path::PathBuf,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use weft_engine::{Names, Packs, Plan, plan};
use weft_graph::{DiskFiles, Given, load};
use weft_node::{Context, Error, Inputs, Node, Pack, Result, node};
use weft_spec::Source;
use weft_value::{Digest, List};

/// Nodes for tests.
pub(crate) const PACK: Pack = Pack::new(
    "test",
    &[
        node::<Number>(),
        node::<Add>(),
        node::<Sign>(),
        node::<Sum>(),
        node::<Range>(),
        node::<Picky>(),
        node::<Meet>(),
        node::<Spin>(),
        node::<Fail>(),
        node::<Panic>(),
        node::<Borrow>(),
        node::<Together>(),
    ],
);

/// The plan of the graph with these nodes.
pub(crate) fn plan_of(nodes: &str) -> Plan {
    let text = format!("Graph(format: 1, nodes: {nodes})");
    let packs = Packs::new(&[PACK], Digest::of(b"tests")).unwrap();
    let source = Arc::new(Source {
        name: "test.ron".into(),
        folder: PathBuf::new(),
        text,
    });
    let graph = load(source, packs.registry(), &Given::none(), &DiskFiles);
    let graph = graph.unwrap_or_else(|problems| panic!("{:?}", miette::Report::from(problems)));
    plan(&graph, &packs, Names::default()).unwrap()
}

/// A chain of so many additions.
pub(crate) fn chain(length: usize) -> String {
    let mut nodes = r#"{ "n0": Number(value: 0), "#.to_owned();
    for i in 0..length {
        write!(nodes, r#""n{}": Add(a: Wire("n{i}"), b: 1), "#, i + 1).unwrap();
    }
    nodes + "}"
}

/// A tree of `leaves` leaves with `leaves - 1` sums above them, under one root.
pub(crate) fn tree(leaves: usize) -> String {
    let mut nodes = "{ ".to_owned();
    let mut level: Vec<_> = (0..leaves).map(|i| format!("leaf{i}")).collect();
    for (i, leaf) in level.iter().enumerate() {
        write!(nodes, r#""{leaf}": Number(value: {i}), "#).unwrap();
    }
    let mut count = 0;
    while level.len() > 1 {
        let pairs: Vec<_> = level.chunks(2).map(<[String]>::to_vec).collect();
        level = pairs
            .iter()
            .map(|pair| {
                count += 1;
                write!(
                    nodes,
                    r#""s{count}": Add(a: Wire("{}"), b: Wire("{}")), "#,
                    pair[0], pair[1]
                )
                .unwrap();
                format!("s{count}")
            })
            .collect();
    }
    write!(
        nodes,
        r#""one": Number(value: {leaves}), "root": Add(a: Wire("{}"), b: Wire("one")) }}"#,
        level[0]
    )
    .unwrap();
    nodes
}

macro_rules! test_node {
    ($name:ident, $id:literal, $output:ty, |$this:ident, $context:ident| $run:expr) => {
        impl Node for $name {
            const ID: &'static str = $id;
            type Output = $output;
            fn run(self, $context: &mut Context) -> Result<$output> {
                let $this = self;
                $run
            }
        }
    };
}

/// Gives a number.
#[derive(Inputs)]
pub(crate) struct Number {
    /// The number.
    value: f64,
}
test_node!(Number, "test.Number", f64, |this, _cx| Ok(this.value));

/// Adds two numbers.
#[derive(Inputs)]
pub(crate) struct Add {
    /// One.
    a: f64,
    /// The other.
    b: f64,
}
test_node!(Add, "test.Add", f64, |this, _cx| Ok(this.a + this.b));

/// Gives the sign of a number.
#[derive(Inputs)]
pub(crate) struct Sign {
    /// The number.
    of: f64,
}
test_node!(Sign, "test.Sign", f64, |this, _cx| Ok(this.of.signum()));

/// Adds all numbers of a list.
#[derive(Inputs)]
pub(crate) struct Sum {
    /// The numbers.
    of: List<f64>,
}
test_node!(Sum, "test.Sum", f64, |this, _cx| Ok(this.of.iter().sum()));

/// How many calls of [`Together`] were made for how many numbers, by the `key`.
pub(crate) static CALLS: Mutex<Vec<(f64, usize)>> = Mutex::new(Vec::new());

/// Doubles a number; can be called for several.
#[derive(Inputs)]
pub(crate) struct Together {
    /// The number; 113 panics wherever it stands.
    of: f64,
    /// Calls with equal keys are made together.
    key: f64,
}

impl Node for Together {
    const ID: &'static str = "test.Together";
    const BATCH: usize = 4;
    type Output = f64;

    fn batch_key(&self) -> Option<Digest> {
        Some(Digest::of(&self.key.to_le_bytes()))
    }

    fn run(self, context: &mut Context) -> Result<f64> {
        Self::run_batch(vec![(self, context.clone())]).remove(0)
    }

    fn run_batch(jobs: Vec<(Self, Context)>) -> Vec<Result<f64>> {
        CALLS.lock().unwrap().push((jobs[0].0.key, jobs.len()));
        std::thread::sleep(Duration::from_millis(5));
        jobs.into_iter()
            .map(|(job, _)| match job.of {
                113.0 => panic!("unlucky"),
                negative if negative < 0.0 => Err(Error::input("of", "is negative")),
                of => Ok(2.0 * of),
            })
            .collect()
    }
}

/// Counts from zero.
#[derive(Inputs)]
pub(crate) struct Range {
    /// How far.
    count: usize,
}
test_node!(Range, "test.Range", List<f64>, |this, _cx| Ok((0..this
    .count)
    .map(|i| i as f64)
    .collect()));

/// Passes on any number but one.
#[derive(Inputs)]
pub(crate) struct Picky {
    /// The number.
    of: f64,
    /// The one it does not like.
    not: f64,
}
test_node!(Picky, "test.Picky", f64, |this, _cx| {
    if this.of == this.not {
        Err(Error::input("of", "not that one"))
    } else {
        Ok(this.of)
    }
});

/// Waits for another node of its kind to run at the same time.
#[derive(Inputs)]
pub(crate) struct Meet {
    /// Which of the two it is.
    place: usize,
}
test_node!(Meet, "test.Meet", f64, |this, _cx| {
    static MET: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());
    let (met, arrival) = &MET;
    let mut met = met.lock().unwrap();
    *met += 1;
    arrival.notify_all();
    let (met, waited) = arrival
        .wait_timeout_while(met, Duration::from_secs(20), |met| *met < 2)
        .unwrap();
    drop(met);
    if waited.timed_out() {
        Err(Error::Missing("the other node".to_owned()))
    } else {
        Ok(this.place as f64)
    }
});

/// Steps and does nothing.
#[derive(Inputs)]
pub(crate) struct Spin {
    /// How often.
    steps: usize,
}
test_node!(Spin, "test.Spin", f64, |this, cx| {
    for i in 0..this.steps {
        cx.step(i, this.steps)?;
    }
    Ok(0.0)
});

/// Fails.
#[derive(Inputs)]
pub(crate) struct Fail {
    /// What it says.
    message: String,
}
test_node!(Fail, "test.Fail", f64, |this, _cx| Err(Error::Missing(
    this.message
)));

/// Panics.
#[derive(Inputs)]
pub(crate) struct Panic {
    /// What it says.
    message: String,
}
test_node!(Panic, "test.Panic", f64, |this, _cx| panic!(
    "{}",
    this.message
));

/// How often [`Borrow`] had to make what it borrows.
pub(crate) static MADE: AtomicUsize = AtomicUsize::new(0);

/// Adds a number to one that the host holds.
#[derive(Inputs)]
pub(crate) struct Borrow {
    /// The number.
    value: f64,
}
test_node!(Borrow, "test.Borrow", f64, |this, context| {
    let held = context.model(Digest::of(b"forty"), context.device(), || {
        MADE.fetch_add(1, Ordering::Relaxed);
        Ok((40.0, 8))
    })?;
    Ok(this.value + *held)
});
