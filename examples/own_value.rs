//! Brings a type of value of one's own: nodes wire it, lists hold it, the host never heard of it.
//!
//! `cargo run --release --example own_value`

use std::path::PathBuf;

use weft::{
    prelude::*,
    spec::Source,
    value::{Digest, Hasher, ValueType},
};

/// A few colours that go together.
#[derive(Clone)]
struct Palette(Vec<[f32; 4]>);

impl Value for Palette {
    const TYPE: &'static str = "Palette";

    fn digest(&self) -> Option<Digest> {
        let mut hasher = Hasher::new(Self::TYPE);
        for channel in self.0.iter().flatten() {
            hasher.number(u64::from(channel.to_bits()));
        }
        Some(hasher.finish())
    }
}

/// Make a palette that runs between two colours.
#[derive(Inputs)]
struct MakePalette {
    /// First colour.
    from: Color,
    /// Last colour.
    to: Color,
    /// How many colours.
    #[input(default = 5, range = 2..=256)]
    count: usize,
}

impl Node for MakePalette {
    const ID: &'static str = "example.MakePalette";
    type Output = Palette;

    fn run(self, _: &mut Context) -> Result<Palette> {
        let color = |step: usize| {
            let amount = step as f32 / (self.count - 1) as f32;
            std::array::from_fn(|channel| {
                self.from.0[channel] * (1.0 - amount) + self.to.0[channel] * amount
            })
        };
        Ok(Palette((0..self.count).map(color).collect()))
    }
}

/// Write a palette as text.
#[derive(Inputs)]
struct DescribePalette {
    /// Palette to write.
    palette: Palette,
}

impl Node for DescribePalette {
    const ID: &'static str = "example.DescribePalette";
    type Output = String;

    fn run(self, _: &mut Context) -> Result<String> {
        let hex = |color: &[f32; 4]| {
            let [red, green, blue] =
                [0, 1, 2].map(|channel| (color[channel] * 255.0).round() as u8);
            format!("#{red:02x}{green:02x}{blue:02x}")
        };
        Ok(self.palette.0.iter().map(hex).collect::<Vec<_>>().join(" "))
    }
}

const PACK: Pack = Pack::new(
    "example",
    &[node::<MakePalette>(), node::<DescribePalette>()],
)
.with_types(&[ValueType::of::<Palette>()]);

const GRAPH: &str = r##"Graph(
    format: 1,
    nodes: {
        "palette": MakePalette(from: "#000000", to: "#ff8800", count: 3),
        "text": DescribePalette(palette: Wire("palette")),
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
    let Some(text) = report.value("text").and_then(AnyValue::get::<String>) else {
        miette::bail!("the text is missing: {report:?}");
    };
    anstream::println!("{text}");
    if text != "#000000 #804400 #ff8800" {
        miette::bail!("these are other colours than those that were asked for");
    }
    Ok(())
}
