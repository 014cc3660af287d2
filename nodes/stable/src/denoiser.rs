//! A model with its guides, seen as a denoiser.

use std::sync::Arc;

use burn::tensor::Tensor;
use weft_diffusion::{
    Denoise, Progress, VpPoint,
    guidance::{classifier_free, perturbed_attention, plus_plus, rescaled, within},
};
use weft_models::stable::{
    control,
    unet::{Control, Given, Pictures, UNet},
};
use weft_node::{Context, Error, Result};

use crate::{StableModel, both::is_better, guides::Part, plan::Noise, preview::preview};

/// What the model is told on one side of guidance, for the whole batch.
pub(crate) struct Side {
    /// `[batch, tokens, context]`.
    pub(crate) text: Tensor<3>,
    /// For SDXL: sizes `[batch, 6]` and whole text `[batch, width]`.
    pub(crate) added: Option<[Tensor<2>; 2]>,
    /// `[batch, tokens, context]`.
    pub(crate) pictures: Option<Tensor<3>>,
}

/// A ControlNet with its picture for the whole batch.
pub(crate) struct Led {
    pub(crate) net: Arc<control::ControlNet>,
    pub(crate) picture: Tensor<4>,
    pub(crate) strength: f32,
    pub(crate) part: Part,
}

/// How strongly the text is followed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weight {
    pub(crate) guidance: f64,
    /// In place of that the λ of CFG++.
    pub(crate) plus_plus: Option<f64>,
    /// How strongly it is led away from what is drawn without a look at the whole.
    pub(crate) perturbation: f64,
    /// Noise levels above the first and up to the second, between which it holds.
    pub(crate) levels: [f64; 2],
    pub(crate) rescale: f64,
}

/// What stays where a mask is 0.
pub(crate) struct Kept {
    /// `[batch, 1, height, width]`, 1 for what is drawn anew.
    pub(crate) mask: Tensor<4>,
    pub(crate) latents: Tensor<4>,
    pub(crate) noise: Tensor<4>,
}

impl Kept {
    /// `drawn` within the mask, and around it what was there, with noise of that level.
    pub(crate) fn around(&self, drawn: Tensor<4>, sigma: f64) -> Tensor<4> {
        let mut stays = self.latents.clone();
        if sigma > 0.0 {
            stays = stays + self.noise.clone() * sigma;
        }
        drawn * self.mask.clone() + stays * (1.0 - self.mask.clone())
    }
}

/// A model with its guides.
pub(crate) struct Guided<'a> {
    pub(crate) net: &'a UNet,
    pub(crate) model: &'a StableModel,
    /// With the text, and what it leads away from.
    pub(crate) sides: [Option<Side>; 2],
    pub(crate) controls: Vec<Led>,
    /// What a model for inpainting sees, for the whole batch.
    pub(crate) painted: Option<Tensor<4>>,
    pub(crate) weight: Weight,
    /// The noise levels from the first step to the last.
    pub(crate) run: &'a [f64],
    pub(crate) kept: Option<Kept>,
    pub(crate) noise: Noise,
    /// Who hears of the steps, each with how many of the batch are drawn for it.
    pub(crate) heard: Vec<(&'a Context, usize)>,
}

/// Steps between previews.
const PREVIEW: usize = 4;

/// One call of the network: latents as it takes them, and when.
pub(crate) struct Call {
    pub(crate) noisy: Tensor<4>,
    pub(crate) inputs: Tensor<4>,
    pub(crate) time: Tensor<1>,
    /// On the way from noise, 0, to picture, 1.
    pub(crate) place: f64,
}

impl Guided<'_> {
    /// What the network says on one side, `perturbed` or not.
    fn said(&self, side: &Side, call: &Call, perturbed: bool) -> Tensor<4> {
        let added = side.added.as_ref().map(|[sizes, whole]| [sizes, whole]);
        let shown = self.model.guides.pictures.as_ref();
        let shown = shown.filter(|shown| shown.strength != 0.0 && shown.part.holds(call.place));
        let pictures = shown.zip(side.pictures.as_ref());
        let given = Given {
            text: &side.text,
            added,
            pictures: pictures.map(|(shown, tokens)| Pictures {
                tokens,
                strength: shown.strength,
            }),
            perturbed,
        };
        let control = self.control(&given, call);
        self.net
            .controlled(call.inputs.clone(), &call.time, &given, control.as_ref())
    }

    /// What it says on each side that there is, in one call where that is better.
    fn both(
        &self,
        with: &Side,
        without: Option<&Side>,
        call: &Call,
    ) -> (Tensor<4>, Option<Tensor<4>>) {
        let together = without.filter(|_| is_better(self.model, call));
        match together.and_then(|without| with.and(without)) {
            Some(side) => {
                let said = self.said(&side, &call.twice(), false);
                let batch = said.dims()[0] / 2;
                (
                    said.clone().narrow(0, 0, batch),
                    Some(said.narrow(0, batch, batch)),
                )
            }
            None => (
                self.said(with, call, false),
                without.map(|side| self.said(side, call, false)),
            ),
        }
    }

    /// What all ControlNets add together.
    fn control(&self, given: &Given<'_>, call: &Call) -> Option<Control> {
        let holds = |led: &&Led| led.strength != 0.0 && led.part.holds(call.place);
        let led = self.controls.iter().filter(holds);
        let added = led.map(|led| {
            let inputs = led.net.config().trunk.inputs;
            let latents = if inputs == call.noisy.dims()[1] {
                &call.noisy
            } else {
                &call.inputs
            };
            let given = Given {
                pictures: None,
                perturbed: false,
                ..*given
            };
            let picture = led.picture_for(latents.dims()[0]);
            let pair = (latents.clone(), picture);
            led.net.forward(pair, &call.time, &given, led.strength)
        });
        added.reduce(|all, one| all.and(&one))
    }

    /// How strongly the text is followed at a noise level.
    fn weight(&self, sigma: f64, step: usize) -> f64 {
        let next = self.run.get(step + 1).copied().unwrap_or(0.0);
        let weight = match self.weight.plus_plus {
            Some(lambda) => plus_plus(lambda, [sigma, next]),
            None => self.weight.guidance,
        };
        within(weight, sigma, self.weight.levels)
    }

    /// What it says with guidance.
    fn led(&self, call: &Call, weight: f64) -> Result<Tensor<4>> {
        let [Some(with), without] = &self.sides else {
            return Err(Error::input("positive", "the model is told nothing"));
        };
        let without = without.as_ref().filter(|_| weight != 1.0);
        let (said, unsaid) = self.both(with, without, call);
        let is_led = unsaid.is_some() || self.weight.perturbation != 0.0;
        let mut output = said.clone();
        if let Some(unsaid) = unsaid {
            output = classifier_free(output, unsaid, weight);
        }
        if self.weight.perturbation != 0.0 {
            let perturbed = self.said(with, call, true);
            output = perturbed_attention(output, said.clone(), perturbed, self.weight.perturbation);
        }
        if is_led && self.weight.rescale > 0.0 {
            output = rescaled(output, said, self.weight.rescale);
        }
        Ok(output)
    }

    fn call(&self, noisy: Tensor<4>, sigma: f64) -> Call {
        let trained = &self.model.trained;
        let time = trained.time(sigma);
        let last = (trained.levels().len() - 1) as f64;
        let parts = [Some(noisy.clone()), self.painted.clone()];
        Call {
            inputs: Tensor::cat(parts.into_iter().flatten().collect(), 1),
            time: Tensor::full([noisy.dims()[0]], time, &noisy.device()),
            place: 1.0 - time / last,
            noisy,
        }
    }
}

impl Denoise for Guided<'_> {
    type Error = Error;

    fn denoised(&mut self, x: Tensor<4>, sigma: f64, step: usize) -> Result<Tensor<4>> {
        if self.heard.iter().any(|(context, _)| context.is_cancelled()) {
            return Err(Error::Cancelled);
        }
        let x = match &self.kept {
            Some(kept) => kept.around(x, sigma),
            None => x,
        };
        let at = VpPoint::of_sigma(sigma);
        let call = self.call(x * at.alpha, sigma);
        let output = self.led(&call, self.weight(sigma, step))?;
        let clean = self.model.prediction.clean(output, call.noisy, at);
        Ok(match &self.kept {
            Some(kept) => kept.around(clean, 0.0),
            None => clean,
        })
    }

    fn noise(&mut self, _: &Tensor<4>, draw: usize) -> Tensor<4> {
        self.noise.of(draw as u64 + 1)
    }

    fn finished(&mut self, progress: Progress<'_>) -> Result<()> {
        let (done, total) = (progress.done, progress.total);
        let mut first = 0;
        for (context, count) in &self.heard {
            context.step(done, total)?;
            if done.is_multiple_of(PREVIEW) && done < total && context.shows_previews() {
                let theirs = progress.denoised.clone().narrow(0, first, *count);
                if let Some(picture) = preview(&theirs, self.model.scale) {
                    context.preview(&picture);
                }
            }
            first += count;
        }
        Ok(())
    }
}
