//! `stable.Sample`.

mod given;

use burn::tensor::Tensor;
use weft_diffusion::sample;
use weft_node::{
    Context, Error, Facts, Inputs, Node, Result,
    value::{Mask, Seed},
};
use weft_vision::resample::{Filter, resize};

use crate::{
    Conditioning, Latent, Sampler, Schedule, StableModel,
    denoiser::{Guided, Kept, Side, Weight},
    plan::{Noise, Plan},
};
use given::{control, fits, painted, shown, side};

/// Draw latents with a model of Stable Diffusion.
///
/// From an empty latent a picture is drawn out of noise; from one of a picture, with `denoise` below 1, that picture is
/// drawn anew, the more the higher. Where a mask is black, the latents stay as they are. A seed means the same noise on
/// every device; the pictures of a batch have that seed and those after it.
#[derive(Inputs)]
pub struct Sample {
    /// The model, with what leads it.
    pub model: StableModel,
    /// What to draw, from `EncodeText`.
    pub positive: Conditioning,
    /// What to keep away from, from `EncodeText`; needed unless `guidance` is 1.
    pub negative: Option<Conditioning>,
    /// Where to begin: from `EmptyLatent`, `EncodeLatent`, or another `Sample`.
    pub latent: Latent,
    /// Where the noise starts.
    #[input(default = 0)]
    pub seed: Seed,
    /// Steps from noise to picture; 20 to 30 are enough for most samplers.
    #[input(default = 25, range = 1..=1000)]
    pub steps: usize,
    /// How strongly the text is followed: 1 follows it plainly and takes half the time.
    #[input(default = 7.0, range = 0.0..=100.0)]
    pub guidance: f64,
    /// The way down the noise levels.
    #[input(default = Sampler::Dpmpp2m)]
    pub sampler: Sampler,
    /// How the noise levels are spread.
    #[input(default = Schedule::Karras)]
    pub schedule: Schedule,
    /// How much is drawn anew: 1 all, 0 nothing. All steps are taken on that part of the way.
    #[input(default = 1.0, range = 0.0..=1.0)]
    pub denoise: f64,
    /// The first step that is taken, counted from 0; later ones leave the beginning to another `Sample`.
    #[input(default = 0, range = 0..=1000)]
    pub start: usize,
    /// The step before which to stop, with the noise that is then left; left out, all are taken.
    #[input(range = 0..=1000)]
    pub end: Option<usize>,
    /// Whether noise is added at the start; not, where the latent has it from another `Sample` that stopped.
    #[input(default = true)]
    pub noise: bool,
    /// What to draw anew: white. Left out, all.
    pub mask: Option<Mask>,
    /// The noise level above which guidance holds; below, the text is followed plainly.
    #[input(default = 0.0, range = 0.0..=1000.0)]
    pub guidance_from: f64,
    /// The noise level up to which guidance holds.
    #[input(default = 1000.0, range = 0.0..=1000.0)]
    pub guidance_to: f64,
    /// How far contrast is held to that without guidance (Lin et al., 2023); some 0.7 for models that predict v.
    #[input(default = 0.0, range = 0.0..=1.0)]
    pub rescale: f64,
}

impl Node for Sample {
    const ID: &'static str = "stable.Sample";
    type Output = Latent;

    fn check(facts: &Facts<'_>) -> Result<()> {
        match (facts.get::<usize>("start"), facts.get::<usize>("end")) {
            (Some(start), Some(end)) => in_order(start, end),
            _ => Ok(()),
        }
    }

    fn run(self, context: &mut Context) -> Result<Latent> {
        if let Some(end) = self.end {
            in_order(self.start, end)?;
        }
        fits(&self)?;
        let levels = self.plan().levels(&self.model.trained);
        let levels = levels.map_err(|why| Error::input("steps", why.to_string()))?;
        if levels.len() < 2 {
            return Ok(self.latent);
        }
        let x = self.drawn(&levels, context)?;
        Ok(Latent {
            x,
            scale: Some(self.model.scale),
            ..self.latent
        })
    }
}

impl Sample {
    /// Draws down the levels, of which there are two or more.
    fn drawn(&self, levels: &[f64], context: &Context) -> Result<Tensor<4>> {
        // Texts are checked before weights are read.
        let sides = self.sides(context)?;
        let net = shown(&self.model, context)?;
        let latents = self.latent.x.clone().to_device(context.device());
        let noise = Noise {
            seed: self.seed.0,
            shape: latents.dims(),
            device: context.device().clone(),
        };
        let mut guided = Guided {
            net: &net,
            sides,
            controls: control(&self.model, &latents, context)?,
            painted: painted(self, context)?,
            weight: Weight {
                guidance: self.guidance,
                levels: [self.guidance_from, self.guidance_to],
                rescale: self.rescale,
            },
            kept: self.kept(&latents, &noise),
            noise,
            model: &self.model,
            context,
        };
        let mut x = latents;
        if self.noise {
            x = x + guided.noise.of(0) * levels[0];
        }
        let drawn = sample(self.sampler, &mut guided, x, levels)?;
        Ok(match &guided.kept {
            Some(kept) => kept.around(drawn, levels[levels.len() - 1]),
            None => drawn,
        })
    }

    fn plan(&self) -> Plan {
        Plan {
            schedule: self.schedule,
            steps: self.steps,
            denoise: self.denoise,
            first: self.start,
            last: self.end,
        }
    }

    /// The text, and what guidance leads away from, where there is any.
    fn sides(&self, context: &Context) -> Result<[Option<Side>; 2]> {
        let shown = self.model.guides.pictures.as_ref().map(|it| &it.tokens);
        let of = |text: &Conditioning, input, tokens: Option<&Tensor<3>>| {
            side(self, (text, input), tokens, context.device())
        };
        let with = of(&self.positive, "positive", shown.map(|it| &it.shown))?;
        let negative = self.negative.as_ref().filter(|_| self.guidance != 1.0);
        let without = negative
            .map(|text| of(text, "negative", shown.map(|it| &it.nothing)))
            .transpose()?;
        Ok([Some(with), without])
    }

    /// What stays, by the mask.
    fn kept(&self, latents: &Tensor<4>, noise: &Noise) -> Option<Kept> {
        let mask = self.mask.as_ref()?.coverage().to_device(&latents.device());
        let [batch, _, height, width] = latents.dims();
        let mask = resize(mask, (height, width), Filter::Area);
        let count = mask.dims()[0];
        Some(Kept {
            mask: if count == batch {
                mask
            } else {
                mask.narrow(0, 0, 1).repeat_dim(0, batch)
            },
            latents: latents.clone(),
            noise: noise.of(0),
        })
    }
}

fn in_order(start: usize, end: usize) -> Result<()> {
    if start <= end {
        return Ok(());
    }
    let message = format!("{start} is above `end`, which is {end}; swap them");
    Err(Error::input("start", message))
}
