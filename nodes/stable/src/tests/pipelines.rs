//! Whole pipelines as in diffusers (crates/models/tests/fixtures/stable/make_pipelines.py), from a text to a picture.

mod anew;
mod led;
mod lora;
mod taught;

use std::path::{Path, PathBuf};

use burn::tensor::{Device, Tensor};
use tempfile::TempDir;
use weft_diffusion::{Prediction, Schedule};
use weft_node::{
    Node,
    value::{Image, Mask},
};
use weft_testing::{Tensors, fixture, mean_error};

use super::tiny::{context, folder, folder_two, folder_xl, load, sample, text};
use crate::{Checkpoint, Conditioning, DecodeLatent, EncodeText, Latent, Sample, StableModel};

/// The mean error that counts as the same picture.
const SAME: f32 = 1.0 / 255.0;

/// The mean error of pictures that only sums in another order tell apart.
const EQUAL: f32 = 1e-5;

/// What diffusers drew.
const WORDS: &str = "A photo of a red cat, unbelievablyish!";

/// A model, and what diffusers drew with it out of which noise.
struct Pipeline {
    root: TempDir,
    found: Checkpoint,
    reference: Tensors,
}

impl Pipeline {
    fn new(name: &str, make: impl FnOnce(&Path) -> PathBuf) -> Self {
        let root = tempfile::tempdir().unwrap();
        let path = format!("../../crates/models/tests/fixtures/stable/pipeline_{name}.safetensors");
        Self {
            found: load(&make(root.path())).unwrap(),
            reference: fixture(env!("CARGO_MANIFEST_DIR"), &path),
            root,
        }
    }

    /// That of the first kind.
    fn one(name: &str) -> Self {
        Self::new(name, |root| folder(root, 4))
    }

    /// That of SDXL.
    fn xl(name: &str) -> Self {
        Self::new(name, |root| folder_xl(root, 4))
    }

    fn model(&self) -> &StableModel {
        &self.found.model
    }

    fn tensor(&self, name: &str) -> Tensor<4> {
        self.reference.get(name, &Device::flex())
    }

    /// The picture that leads.
    fn image(&self) -> Image {
        Image::new(self.tensor("image"))
    }

    /// What is drawn anew.
    fn mask(&self) -> Mask {
        Mask::new(self.tensor("mask"))
    }

    /// The levels of a run of so many steps.
    fn levels(&self, steps: usize) -> Vec<f64> {
        let trained = &self.model().trained;
        trained.sigmas(Schedule::Karras, steps).unwrap()
    }

    /// The noise of the start, at a level.
    fn noise(&self, level: f64) -> Tensor<4> {
        self.tensor("noise") * level
    }

    /// Six steps out of that noise with a model, which may be led.
    fn run(&self, model: &StableModel) -> Sample {
        let read = |words| text(&self.found.encoders, words).unwrap();
        Sample {
            positive: read(WORDS),
            negative: Some(read("a dog")),
            latent: Latent {
                x: self.noise(self.levels(6)[0]),
                scale: Some(model.scale),
                factor: 2,
            },
            noise: false,
            steps: 6,
            guidance: 5.0,
            ..sample(&self.found, model)
        }
    }

    /// How far the picture of a run is from that of diffusers.
    fn error(&self, run: Sample) -> f32 {
        let decode = DecodeLatent {
            latent: run.run(&mut context()).unwrap(),
            vae: self.found.vae.clone(),
            tile: 1024,
            original: None,
            mask: None,
        };
        let picture = decode.run(&mut context()).unwrap().into_pixels();
        mean_error(&picture, &self.tensor("picture"))
    }

    #[track_caller]
    fn draws_the_same(&self, run: Sample) {
        let error = self.error(run);
        assert!(error <= EQUAL, "off by {error}");
    }

    /// Fails if what is left out or told otherwise in this run does not matter.
    #[track_caller]
    fn draws_another(&self, run: Sample) {
        let error = self.error(run);
        assert!(error > 2.0 * SAME, "off by {error} only");
    }

    /// A run of other words.
    fn other_words(&self) -> Sample {
        let words = "A photo of a red house, unbelievablyish!";
        Sample {
            positive: text(&self.found.encoders, words).unwrap(),
            ..self.run(self.model())
        }
    }
}

#[test]
fn stable_diffusion_1_draws_what_diffusers_draws() {
    let pipeline = Pipeline::one("one");
    pipeline.draws_the_same(pipeline.run(pipeline.model()));
    pipeline.draws_another(pipeline.other_words());
}

#[test]
fn sdxl_draws_what_diffusers_draws() {
    let pipeline = Pipeline::xl("xl");
    pipeline.draws_the_same(pipeline.run(pipeline.model()));
    pipeline.draws_another(pipeline.other_words());
}

#[test]
fn stable_diffusion_2_that_predicts_v_draws_what_diffusers_draws() {
    let pipeline = Pipeline::new("two", folder_two);
    let read = |words: &str, skip| -> Conditioning {
        let node = EncodeText {
            encoders: pipeline.found.encoders.clone(),
            text: words.to_owned(),
            skip: Some(skip),
            width: None,
            height: None,
            left: 0,
            top: 0,
            score: 6.0,
        };
        node.run(&mut context()).unwrap()
    };
    let run = |skip| Sample {
        positive: read(WORDS, skip),
        negative: Some(read("a dog", skip)),
        ..pipeline.run(pipeline.model())
    };
    // The encoder is whole, of which diffusers lacks the last layer.
    pipeline.draws_the_same(run(1));
    pipeline.draws_another(run(0));
    let mut model = pipeline.model().clone();
    model.prediction = Prediction::Eps;
    pipeline.draws_another(Sample { model, ..run(1) });
}

#[test]
fn perturbed_attention_leads_as_in_diffusers() {
    for pipeline in [Pipeline::one("perturbed"), Pipeline::xl("perturbed_xl")] {
        let run = |perturbation, rescale| Sample {
            perturbation,
            rescale,
            ..pipeline.run(pipeline.model())
        };
        pipeline.draws_the_same(run(12.0, 0.5));
        pipeline.draws_another(run(0.0, 0.5));
        pipeline.draws_another(run(12.0, 0.0));
    }
}
