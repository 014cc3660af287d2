//! `stable.Sample`.

mod given;
mod together;

use burn::tensor::Tensor;
use weft_diffusion::sample;
use weft_node::{
    Context, Error, Facts, Inputs, Node, Result,
    value::{Digest, Mask, Seed},
};
use weft_vision::resample::{Filter, resize};

use crate::{
    Conditioning, Latent, Sampler, Schedule, StableModel,
    denoiser::{Guided, Kept, Weight},
    plan::{Noise, Plan},
};
use given::{control, fits, painted, shown};
use together::{key, shared_out, sides};
use weft_tensor::moved;

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
    /// In place of `guidance`, the λ of CFG++ (Chung et al., 2024), which holds pictures within what the model knows; 0.6
    /// is usual. For the samplers euler and ddim.
    #[input(range = 0.0..=1.0)]
    pub plus_plus: Option<f64>,
    /// How strongly to lead away from what is drawn when no place looks at the others (perturbed-attention guidance, Ahn
    /// et al., 2024), which orders shapes; 3 is usual. It takes half as much time again.
    #[input(default = 0.0, range = 0.0..=20.0)]
    pub perturbation: f64,
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
        let mut drawn = Self::run_batch(vec![(self, context.clone())]);
        let lost = || Err(Error::Missing("nothing was drawn".to_owned()));
        drawn.pop().unwrap_or_else(lost)
    }

    const BATCH: usize = 4;

    fn batch_key(&self) -> Option<Digest> {
        key(self)
    }

    fn run_batch(jobs: Vec<(Self, Context)>) -> Vec<Result<Latent>> {
        let Some((first, _)) = jobs.first() else {
            return Vec::new();
        };
        // Equal keys have equal levels, and what does not fit one fits none.
        match first.levels().and_then(|levels| drawn(&jobs, &levels)) {
            Ok(latents) => latents.into_iter().map(Ok).collect(),
            Err(error) => jobs.iter().map(|_| Err(error.clone())).collect(),
        }
    }
}

/// Draws the jobs together, down the levels; what each begins with, if there are fewer than two.
fn drawn(jobs: &[(Sample, Context)], levels: &[f64]) -> Result<Vec<Latent>> {
    let (Some((node, context)), true) = (jobs.first(), levels.len() > 1) else {
        return Ok(jobs.iter().map(|(job, _)| job.latent.clone()).collect());
    };
    // Texts are checked before weights are read.
    let sides = sides(jobs)?;
    let net = shown(&node.model, context)?;
    let begins = jobs.iter().map(|(job, _)| job.latent.x.clone());
    let latents = moved(Tensor::cat(begins.collect(), 0), context.device());
    let [_, channels, height, width] = latents.dims();
    let noise = Noise {
        seeds: jobs.iter().flat_map(|(job, _)| job.seeds()).collect(),
        shape: [1, channels, height, width],
        device: context.device().clone(),
    };
    let mut guided = Guided {
        net: &net,
        sides,
        controls: control(&node.model, &latents, context)?,
        painted: painted(node, context)?,
        weight: Weight {
            guidance: node.guidance,
            levels: [node.guidance_from, node.guidance_to],
            rescale: node.rescale,
            plus_plus: node.plus_plus,
            perturbation: node.perturbation,
        },
        run: levels,
        kept: node.kept(&latents, &noise),
        noise,
        model: &node.model,
        heard: jobs
            .iter()
            .map(|(job, context)| (context, job.count()))
            .collect(),
    };
    let mut x = latents;
    if node.noise {
        x = x + guided.noise.of(0) * levels[0];
    }
    let drawn = sample(node.sampler, &mut guided, x, levels)?;
    let drawn = match &guided.kept {
        Some(kept) => kept.around(drawn, levels[levels.len() - 1]),
        None => drawn,
    };
    Ok(shared_out(jobs, &drawn))
}

impl Sample {
    /// Whether it is led away from a text.
    fn is_guided(&self) -> bool {
        self.guidance != 1.0 || self.plus_plus.is_some()
    }

    /// The noise levels of the run.
    ///
    /// # Errors
    /// What does not fit together.
    fn levels(&self) -> Result<Vec<f64>> {
        if let Some(end) = self.end {
            in_order(self.start, end)?;
        }
        fits(self)?;
        let levels = self.plan().levels(&self.model.trained);
        levels.map_err(|why| Error::input("steps", why.to_string()))
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

    /// What stays, by the mask.
    fn kept(&self, latents: &Tensor<4>, noise: &Noise) -> Option<Kept> {
        let mask = moved(self.mask.as_ref()?.coverage(), &latents.device());
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
