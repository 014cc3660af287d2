//! Runs a graph file from a program of one's own and looks at what came out.
//!
//! `cargo run --release --example hello_graph`

use std::path::Path;

use weft::prelude::*;

fn main() -> miette::Result<()> {
    let mut weft = Weft::builder().device(DeviceChoice::Cpu).start()?;
    let mut given = Given::none();
    given.set_text("sigma", "2.0");
    let graph = weft.open(Path::new("graphs/edges.ron"), &given)?;
    let plan = weft.plan(&graph)?;

    // Only the edges are wanted, so nothing is saved.
    let only = ["edges".to_owned()];
    for _ in 0..2 {
        let ride = Ride {
            only: Some(&only),
            ..Ride::default()
        };
        let report = weft.run(&plan, ride)?;
        let Some(edges) = report.value("edges").and_then(AnyValue::get::<Mask>) else {
            miette::bail!("the edges are missing: {report:?}");
        };
        anstream::println!(
            "{} x {} edges, {} nodes ran",
            edges.width(),
            edges.height(),
            report.ran()
        );
    }
    Ok(())
}
