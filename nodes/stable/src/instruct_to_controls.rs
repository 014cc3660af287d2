//! `stable.InstructToControls`.

mod goes;

use weft_node::{
    Choice, Context, Error, Inputs, LogLevel, Node, Outputs, Result,
    value::{Image, Instruction},
};
use weft_vision::color::rgb_on_white;

use crate::{
    ApplyControlNet, ApplyIpAdapter, Conditioning, ControlNet, EncodeText, IpAdapter, StableModel,
    TextEncoders, encode_image::shown,
};
use goes::{Goes, To};

/// What to do about a reference that no network is given for.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
pub enum Lacking {
    /// Say which network it wants.
    Refuse,
    /// Draw without it; its words stay in the text.
    LeaveOut,
}

/// Follow an instruction with a model of Stable Diffusion.
///
/// The text is encoded with words in place of markers. A reference is known by its words: edges (`edge map`,
/// `outline`) and masks (`mask`, `silhouette`) lead through a ControlNet for them, styles (`a drawing style`) and
/// subjects (`cat`) are shown to an IP-Adapter, on white, all pictures of a marker. A strength of 0 leaves those out,
/// and without references it is plain text to image.
#[derive(Inputs)]
pub struct InstructToControls {
    /// The model to lead.
    pub model: StableModel,
    /// Its text encoders, from `LoadCheckpoint` or `LoadLora`.
    pub encoders: TextEncoders,
    /// What to draw, from `Instruction` or `InstructionTemplate`.
    pub instruction: Instruction,
    /// A ControlNet for edges, such as Canny's.
    pub edges: Option<ControlNet>,
    /// A ControlNet for masks, such as one for segmentation.
    pub masks: Option<ControlNet>,
    /// An IP-Adapter, for styles and subjects.
    pub adapter: Option<IpAdapter>,
    /// How much edges count; 1 is as the ControlNet was trained.
    #[input(default = 1.0, range = 0.0..=10.0)]
    pub edge_strength: f32,
    /// How much masks count.
    #[input(default = 1.0, range = 0.0..=10.0)]
    pub mask_strength: f32,
    /// How much styles count; where subjects count more, styles fade among them by as much.
    #[input(default = 0.6, range = 0.0..=10.0)]
    pub style_strength: f32,
    /// How much subjects count.
    #[input(default = 0.6, range = 0.0..=10.0)]
    pub subject_strength: f32,
    /// What to do about a reference that no network is given for.
    #[input(default = Lacking::Refuse)]
    pub lacking: Lacking,
}

/// An instruction as a model of Stable Diffusion takes it.
#[derive(Debug, Outputs)]
pub struct Controls {
    /// The model with what leads it.
    pub model: StableModel,
    /// The text, for `Sample`.
    pub positive: Conditioning,
    /// The text as it was read.
    pub text: String,
    /// What became of each reference, a line each.
    pub told: String,
}

impl Node for InstructToControls {
    const ID: &'static str = "stable.InstructToControls";
    type Output = Controls;

    fn run(self, context: &mut Context) -> Result<Controls> {
        let found = self.goes()?;
        let references = self.instruction.references();
        let text = self.instruction.sentence();
        let positive = encoded(&self.encoders, &text, context)?;
        let (mut model, mut told) = (self.model.clone(), String::new());
        let mut pictures = Vec::new();
        for (reference, goes) in references.iter().zip(&found) {
            let line = format!("{}: {goes}", reference.label());
            match goes {
                Goes::In(To::ControlNet(net, input), strength) => {
                    model = led(model, (net, &reference.image, *strength), input, context)?;
                }
                Goes::In(To::Adapter(adapter), strength) => {
                    pictures.push((*adapter, &reference.image, *strength));
                }
                Goes::Out(_) => context.log(LogLevel::Warning, &line),
                Goes::Unwanted => {}
            }
            told += &line;
            told.push('\n');
        }
        Ok(Controls {
            model: seen(model, &pictures, context)?,
            positive,
            text,
            told,
        })
    }
}

/// The same fault at an input of this node.
fn at(input: &'static str) -> impl Fn(Error) -> Error {
    move |error| match error {
        Error::Input {
            input: Some(name),
            message,
        } if name != "model" => Error::input(input, message),
        other => other,
    }
}

fn encoded(encoders: &TextEncoders, text: &str, context: &mut Context) -> Result<Conditioning> {
    EncodeText::of(encoders, text)
        .run(context)
        .map_err(|error| match error {
            Error::Input {
                input: Some("text"),
                message,
            } => Error::input("instruction", message),
            other => other,
        })
}

/// The model, led by one more picture.
fn led(
    model: StableModel,
    (net, image, strength): (&ControlNet, &Image, f32),
    input: &'static str,
    context: &mut Context,
) -> Result<StableModel> {
    let node = ApplyControlNet {
        model,
        control: net.clone(),
        image: image.clone(),
        strength,
        start: 0.0,
        end: 1.0,
    };
    node.run(context).map_err(at(input))
}

/// The model that attends to pictures, each with its strength: the greatest is that of the adapter, and below it a
/// picture counts by its share.
fn seen(
    model: StableModel,
    pictures: &[(&IpAdapter, &Image, f32)],
    context: &mut Context,
) -> Result<StableModel> {
    let Some((adapter, ..)) = pictures.first() else {
        return Ok(model);
    };
    let strengths = pictures.iter().map(|(.., strength)| *strength);
    let strength = strengths.clone().fold(0.0, f32::max);
    let shares: Vec<f32> = strengths.map(|one| one / strength).collect();
    let images = pictures.iter().map(|(_, image, _)| rgb_on_white(image));
    let tokens = shown((*adapter).clone(), images.collect(), context)?;
    let node = ApplyIpAdapter {
        model,
        pictures: tokens.weighted(&shares),
        strength,
        start: 0.0,
        end: 1.0,
    };
    node.run(context).map_err(at("adapter"))
}
