//! Runs of several jobs in one call: when, and with what texts and seeds.

use burn::tensor::Tensor;
use weft_node::{
    Context, Node, Result,
    value::{Digest, Hasher, Value},
};

use super::{Sample, given::side};
use crate::{Conditioning, Latent, denoiser::Side};

impl Sample {
    /// Pictures of this job.
    pub(super) fn count(&self) -> usize {
        self.latent.x.dims()[0]
    }

    /// A seed for each picture: the one after that of the picture before.
    pub(super) fn seeds(&self) -> impl Iterator<Item = u64> {
        (0..self.count() as u64).map(|nth| self.seed.0.wrapping_add(nth))
    }
}

/// Jobs of equal keys are drawn together: the same weights and settings, and texts and latents of the same sizes. A
/// model that something leads, or a part of a picture, is drawn alone.
pub(super) fn key(node: &Sample) -> Option<Digest> {
    if node.mask.is_some() {
        return None;
    }
    let sizes = |text: &Conditioning| (text.tokens.dims(), text.whole.dims());
    let way = (node.sampler, node.schedule, node.plan());
    let guidance = [
        node.guidance,
        node.guidance_from,
        node.guidance_to,
        node.rescale,
        node.perturbation,
    ];
    let texts = (sizes(&node.positive), node.negative.as_ref().map(sizes));
    let latent = (node.latent.x.dims(), node.latent.scale, node.latent.factor);
    let settings = format!(
        "{way:?} {guidance:?} {:?} {texts:?} {latent:?} {}",
        node.plus_plus, node.noise
    );
    let key = Hasher::new(Sample::ID)
        .digest(&node.model.digest()?)
        .field(settings.as_bytes())
        .finish();
    Some(key)
}

/// What the jobs are told, one after the other: the text, and what guidance leads away from, where there is any.
///
/// # Errors
/// A text was encoded for another family.
pub(super) fn sides(jobs: &[(Sample, Context)]) -> Result<[Option<Side>; 2]> {
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for (job, context) in jobs {
        let shown = job.model.guides.pictures.as_ref().map(|it| &it.tokens);
        let of = |text: &Conditioning, input, tokens: Option<&Tensor<3>>| {
            side(job, (text, input), tokens, context.device())
        };
        let positive = of(&job.positive, "positive", shown.map(|it| &it.shown))?;
        with.push(positive);
        let negative = job.negative.as_ref().filter(|_| job.is_guided());
        if let Some(text) = negative {
            without.push(of(text, "negative", shown.map(|it| &it.nothing))?);
        }
    }
    Ok([with, without].map(joined))
}

/// Several sides of the same sizes as one; nothing of none.
fn joined(sides: Vec<Side>) -> Option<Side> {
    let cat = |parts: Vec<Tensor<3>>| (!parts.is_empty()).then(|| Tensor::cat(parts, 0));
    let of = |part: fn(&Side) -> Option<Tensor<3>>| cat(sides.iter().filter_map(part).collect());
    let text = of(|side| Some(side.text.clone()))?;
    let added = sides.iter().map(|side| side.added.clone());
    let added = added.reduce(|all, one| {
        let (all, one) = (all?, one?);
        let [sizes, whole] = [0, 1].map(|i| vec![all[i].clone(), one[i].clone()]);
        Some([Tensor::cat(sizes, 0), Tensor::cat(whole, 0)])
    });
    Some(Side {
        text,
        added: added.flatten(),
        pictures: of(|side| side.pictures.clone()),
    })
}

/// What was drawn, to each job what is its.
pub(super) fn shared_out(jobs: &[(Sample, Context)], drawn: &Tensor<4>) -> Vec<Latent> {
    let mut first = 0;
    let one = |(job, _): &(Sample, Context)| {
        let x = drawn.clone().narrow(0, first, job.count());
        first += job.count();
        Latent {
            x,
            scale: Some(job.model.scale),
            ..job.latent.clone()
        }
    };
    jobs.iter().map(one).collect()
}
