//! `save.SaveImage`.

use weft_node::{
    Context, Effect, Error, Facts, Inputs, Node, Provenance, Result,
    value::{Image, Saved},
};
use weft_vision::codec::{EncodeOptions, Format, encode};

use crate::target::{SaveFormat, target};

/// Save a picture.
///
/// Written as sRGB, clipped to 0..=1 and rounded. A PNG carries the graph and its inputs, so that `weft run`
/// can make it again. A JPEG has no alpha, so the picture is laid on white. A list of pictures needs `{index}`
/// in the path.
#[derive(Inputs)]
pub struct SaveImage {
    /// Picture to save.
    pub image: Image,
    /// Where to, from the output folder; `{seed}`, `{item}`, `{index}`, `{node}` and `{any input of the graph}` are filled in.
    pub path: String,
    /// Format of the file.
    #[input(default = SaveFormat::FromPath)]
    pub format: SaveFormat,
    /// Quality of a JPEG, from smallest to best; the other formats lose nothing.
    #[input(default = 90, range = 1..=100)]
    pub quality: u32,
    /// Bits of each channel: 8, or 16 for PNG and TIFF.
    #[input(default = 8, range = 8..=16)]
    pub bits: u32,
}

impl Node for SaveImage {
    const ID: &str = "save.SaveImage";
    const EFFECT: Effect = Effect::Writes;
    type Output = Saved;

    fn check(facts: &Facts<'_>) -> Result<()> {
        let format = facts.get("format").unwrap_or(SaveFormat::FromPath);
        let Some(path) = facts.get::<String>("path") else {
            return Ok(());
        };
        let (format, _) = target(&path, format)?;
        let bits = facts.get("bits");
        bits.map_or(Ok(()), |bits| depth(bits, format).map(drop))
    }

    fn run(self, context: &mut Context) -> Result<Saved> {
        let (format, path) = target(&self.path, self.format)?;
        let text = context.provenance().map_or(Vec::new(), texts);
        let options = EncodeOptions {
            format,
            bits: depth(self.bits, format)?,
            quality: u8::try_from(self.quality).unwrap_or(u8::MAX),
            text: &text,
        };
        let bytes = encode(&self.image, &options);
        let bytes = bytes.map_err(|error| Error::input("image", error.to_string()))?;
        context.save(&path, format.extension(), &bytes)
    }
}

/// The bits, if the format holds them.
fn depth(bits: u32, format: Format) -> Result<u8> {
    let bits = u8::try_from(bits).unwrap_or(u8::MAX);
    let held = format.check_bits(bits);
    held.map_err(|error| Error::input("bits", error.to_string()))?;
    Ok(bits)
}

fn texts(provenance: &Provenance) -> Vec<(&str, &str)> {
    let mut texts: Vec<(&str, &str)> = vec![
        ("weft.graph", &provenance.graph),
        ("weft.inputs", &provenance.inputs),
    ];
    texts.extend(provenance.item.as_deref().map(|item| ("weft.item", item)));
    texts
}
