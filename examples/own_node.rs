//! Brings a node of one's own and runs it in a graph beside the built-in ones.
//!
//! `cargo run --release --example own_node`

use std::path::PathBuf;

use weft::{prelude::*, spec::Source, tensor::floats, vision::color};

/// Measure how bright a picture is.
///
/// The mean of its luma.
#[derive(Inputs)]
struct Brightness {
    /// Picture to measure.
    image: Image,
}

impl Node for Brightness {
    const ID: &'static str = "example.Brightness";
    type Output = f64;

    fn run(self, _: &mut Context) -> Result<f64> {
        let mean = floats(color::luma(&self.image).mean()).map_err(Error::Io)?;
        Ok(mean.iter().copied().map(f64::from).sum())
    }
}

const PACK: Pack = Pack::new("example", &[node::<Brightness>()]);

const GRAPH: &str = r##"Graph(
    format: 1,
    nodes: {
        "plain": Solid(width: 64, height: 64, color: "#808080"),
        "brightness": Brightness(image: Wire("plain")),
    },
)"##;

fn main() -> miette::Result<()> {
    let mut weft = Weft::builder()
        .device(DeviceChoice::Cpu)
        .pack(PACK)
        .start()?;
    let source = Source {
        name: "example".to_owned(),
        folder: PathBuf::new(),
        text: GRAPH.to_owned(),
    };
    let graph = weft.read(source, &Given::none())?;
    let plan = weft.plan(&graph)?;
    let report = weft.run(&plan, Ride::default())?;
    let Some(brightness) = report.value("brightness").and_then(AnyValue::get::<f64>) else {
        miette::bail!("the brightness is missing: {report:?}");
    };
    anstream::println!("brightness {brightness:.3}");
    if (brightness - 128.0 / 255.0).abs() > 1e-4 {
        miette::bail!("the brightness of #808080 is {}", 128.0 / 255.0);
    }
    Ok(())
}
