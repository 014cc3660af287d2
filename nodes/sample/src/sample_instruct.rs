//! `sample.SampleInstruct`.

use weft_diffusion::Guidance;
use weft_models::{
    instruct::{PipelineError, Request, Settings, Shown},
    text::LENGTH,
};
use weft_node::{
    Context, Error, Facts, Inputs, Node, Result,
    value::{Digest, Hasher, Image, Instruction, Seed, Value, instruction},
};

use crate::{InstructModel, Sampler, Sigmas, reference::square};

/// Draw a picture as an instruction says.
///
/// Diffusion in the latents of a model after Instruct-Imagen (arXiv 2401.01952): the text and the reference
/// pictures of the instruction lead from noise to a picture of 128 pixels, which `Upscale` enlarges. References
/// of any shape are set on a white square, edges and masks on a black one. Text and references have each a
/// guidance of their own: 1 follows them plainly, more exaggerates them, 0 for both ignores the instruction. A
/// seed means the same picture on every device, up to rounding, and the same bytes on one.
#[derive(Inputs)]
pub struct SampleInstruct {
    /// What to draw, from `Instruction` or `InstructionTemplate`.
    pub instruction: Instruction,
    /// The model; left out, the shipped one.
    pub model: Option<InstructModel>,
    /// Where the noise starts.
    #[input(default = 0)]
    pub seed: Seed,
    /// Steps from noise to picture; 15 to 30 are enough but for `Ddpm`.
    #[input(default = 25, range = 1..=1000)]
    pub steps: usize,
    /// How strongly the text is followed.
    #[input(default = 3.0, range = 0.0..=30.0)]
    pub guidance: f64,
    /// How strongly the reference pictures are followed.
    #[input(default = 2.0, range = 0.0..=30.0)]
    pub context_guidance: f64,
    /// What to keep away from, in words; it works as far as `guidance` is above 1.
    #[input(default = "")]
    pub negative: String,
    /// Guide only from this time on: 0 is the finished picture, 1 pure noise.
    #[input(default = 0.0, range = 0.0..=1.0)]
    pub guidance_from: f64,
    /// Guide only up to this time.
    #[input(default = 1.0, range = 0.0..=1.0)]
    pub guidance_to: f64,
    /// Guide on every second step only, as the paper does with a guidance of 25 and 256 steps.
    #[input(default = false)]
    pub oscillate: bool,
    /// The way down the noise levels: any but `Lcm`, which is for models of another kind.
    #[input(default = Sampler::Dpmpp2m)]
    pub sampler: Sampler,
    /// How the noise levels are spread.
    #[input(default = Sigmas::Cosine)]
    pub sigmas: Sigmas,
}

/// Pixels along a side of what the model draws.
const SIDE: usize = 128;
/// Steps between previews.
const PREVIEW: usize = 6;

impl Node for SampleInstruct {
    const ID: &'static str = "sample.SampleInstruct";
    type Output = Image;

    fn check(facts: &Facts<'_>) -> Result<()> {
        if let (Some(from), Some(to)) = (facts.get("guidance_from"), facts.get("guidance_to")) {
            in_order(from, to)?;
        }
        facts.get("sampler").map_or(Ok(()), is_for_it)
    }

    fn run(self, context: &mut Context) -> Result<Image> {
        let mut drawn = Self::run_batch(vec![(self, context.clone())]);
        let lost = || Err(Error::Missing("nothing was drawn".to_owned()));
        drawn.pop().unwrap_or_else(lost)
    }

    const BATCH: usize = 8;

    /// Equal models and settings, and as many references, so that no text or picture is padded for another's sake.
    fn batch_key(&self) -> Option<Digest> {
        let model = self.model.as_ref().and_then(Value::digest);
        let settings = format!("{:?}", self.settings());
        let mut key = Hasher::new(Self::ID);
        key.field(settings.as_bytes())
            .number(u64::from(self.negative.trim().is_empty()))
            .number(self.instruction.references().len() as u64);
        model.iter().for_each(|digest| {
            key.digest(digest);
        });
        Some(key.finish())
    }

    fn run_batch(jobs: Vec<(Self, Context)>) -> Vec<Result<Image>> {
        let Some((first, context)) = jobs.first() else {
            return Vec::new();
        };
        let model = match first.model(context) {
            Ok(model) => model,
            Err(error) => return jobs.iter().map(|_| Err(error.clone())).collect(),
        };
        let settings = first.settings();
        let asked: Vec<Result<Request>> = jobs
            .iter()
            .map(|(job, context)| job.request(&model, context))
            .collect();
        let requests: Vec<Request> = asked.iter().flatten().cloned().collect();
        let at_work = jobs.iter().zip(&asked).filter(|(_, asked)| asked.is_ok());
        let contexts: Vec<&Context> = at_work.map(|((_, context), _)| context).collect();
        let drawn = match requests.is_empty() {
            true => Ok(Vec::new()),
            false => draw(&model, &requests, (&settings, &contexts)),
        };
        let mut drawn = drawn.map(Vec::into_iter);
        let lost = || Err(Error::Missing("nothing was drawn".to_owned()));
        let one = |asked: Result<Request>| {
            asked.and_then(|_| match &mut drawn {
                Ok(drawn) => drawn.next().map_or_else(lost, Ok),
                Err(error) => Err(error.clone()),
            })
        };
        asked.into_iter().map(one).collect()
    }
}

/// Draws the requests together, and tells each of its steps.
fn draw(
    model: &InstructModel,
    requests: &[Request],
    (settings, contexts): (&Settings, &[&Context]),
) -> Result<Vec<Image>> {
    let drawn = model
        .pipeline()
        .draw::<Stop>(requests, settings, |progress| {
            for context in contexts {
                context.step(progress.done, progress.total)?;
            }
            if progress.done.is_multiple_of(PREVIEW) && progress.done < progress.total {
                for (row, context) in contexts.iter().enumerate() {
                    if context.shows_previews() {
                        let latents = progress.denoised.clone().narrow(0, row, 1);
                        let picture = model.autoencoder().picture(latents);
                        context.preview(&Image::new(picture * 0.5 + 0.5));
                    }
                }
            }
            Ok(())
        })
        .map_err(Stop::into_error)?;
    let each = drawn.split(1, 0).into_iter();
    Ok(each
        .map(|picture| Image::new(picture * 0.5 + 0.5))
        .collect())
}

impl SampleInstruct {
    fn settings(&self) -> Settings {
        Settings {
            sampler: self.sampler,
            schedule: self.sigmas.into(),
            steps: self.steps,
            guidance: Guidance {
                text: self.guidance,
                context: self.context_guidance,
                interval: [self.guidance_from, self.guidance_to],
                oscillate: self.oscillate,
            },
            side: SIDE,
        }
    }

    fn model(&self, context: &Context) -> Result<InstructModel> {
        match &self.model {
            Some(model) => Ok(model.clone()),
            None => InstructModel::load(context, None, None),
        }
    }

    fn request(&self, model: &InstructModel, context: &Context) -> Result<Request> {
        in_order(self.guidance_from, self.guidance_to)?;
        is_for_it(self.sampler)?;
        let shown = |reference: &instruction::Reference| Shown {
            marker: reference.marker,
            text: reference.label(),
            picture: square(&reference.image, SIDE, context.device()),
        };
        let text = self.instruction.payload();
        fits(model, "instruction", &text)?;
        fits(model, "negative", &self.negative)?;
        let references = self.instruction.references();
        for reference in references {
            fits(model, "instruction", &reference.label())?;
        }
        Ok(Request {
            text,
            negative: self.negative.clone(),
            references: references.iter().map(shown).collect(),
            seed: self.seed.0,
        })
    }
}

fn in_order(from: f64, to: f64) -> Result<()> {
    if from <= to {
        return Ok(());
    }
    let message = format!("{from} is above `guidance_to`, which is {to}; swap them");
    Err(Error::input("guidance_from", message))
}

/// Refuses the one sampler for models of another kind.
fn is_for_it(sampler: Sampler) -> Result<()> {
    if sampler != Sampler::Lcm {
        return Ok(());
    }
    let message = "`Lcm` draws with consistency models, and no model of instructions is one; take `Dpmpp2m` or another";
    Err(Error::input("sampler", message))
}

/// Refuses a text of which the model would read only the beginning.
fn fits(model: &InstructModel, input: &'static str, text: &str) -> Result<()> {
    let refused = |message: String| Error::input(input, message);
    let tokens = model
        .encoder()
        .count(text)
        .map_err(|why| refused(why.to_string()))?;
    if tokens <= LENGTH {
        return Ok(());
    }
    Err(refused(format!(
        "the model reads {LENGTH} tokens and this text has {tokens}; shorten it: {text}"
    )))
}

/// Why drawing stopped.
enum Stop {
    Pipeline(PipelineError),
    Node(Error),
}

impl From<PipelineError> for Stop {
    fn from(error: PipelineError) -> Self {
        Self::Pipeline(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Node(error)
    }
}

impl Stop {
    fn into_error(self) -> Error {
        match self {
            Self::Node(error) => error,
            Self::Pipeline(error) => Error::input("instruction", error.to_string()),
        }
    }
}
