//! Pictures that are drawn anew, as a whole and in parts.

use burn::tensor::Tensor;
use weft_node::{
    Node,
    value::{Mask, Seed},
};

use super::Pipeline;
use crate::{
    EncodeLatent, InpaintCondition, Latent, Sample,
    tests::tiny::{context, folder, folder_xl},
};

fn encoded(pipeline: &Pipeline) -> Latent {
    let node = EncodeLatent {
        vae: pipeline.found.vae.clone(),
        image: pipeline.image(),
        tile: 1024,
    };
    node.run(&mut context()).unwrap()
}

#[test]
fn a_picture_is_drawn_anew_as_in_diffusers() {
    let pipeline = Pipeline::one("anew");
    let latent = encoded(&pipeline);
    // diffusers leaves out 4 of 10 steps.
    let levels = pipeline.levels(10);
    let run = |denoise, x: Tensor<4>| Sample {
        denoise,
        latent: latent.with(x),
        ..pipeline.run(pipeline.model())
    };
    let noise = || pipeline.noise(levels[4]);
    pipeline.draws_the_same(run(0.6, latent.numbers() + noise()));
    pipeline.draws_another(run(0.6, noise()));
    pipeline.draws_another(run(1.0, latent.numbers() + noise()));
}

#[test]
fn models_for_inpainting_draw_a_part_as_in_diffusers() {
    for pipeline in [
        Pipeline::new("inpaint", |root| folder(root, 9)),
        Pipeline::new("inpaint_xl", |root| folder_xl(root, 9)),
    ] {
        let run = |mask: Mask| {
            let node = InpaintCondition {
                model: pipeline.model().clone(),
                vae: pipeline.found.vae.clone(),
                image: pipeline.image(),
                mask,
                tile: 1024,
            };
            pipeline.run(&node.run(&mut context()).unwrap().model)
        };
        pipeline.draws_the_same(run(pipeline.mask()));
        let mask = pipeline.tensor("mask");
        pipeline.draws_another(run(Mask::new(mask.clone().ones_like())));
        pipeline.draws_another(run(Mask::new(1.0 - mask)));
    }
}

#[test]
fn any_model_draws_a_part_as_in_diffusers() {
    let pipeline = Pipeline::one("part");
    let run = |mask: Option<Mask>| Sample {
        denoise: 0.6,
        latent: encoded(&pipeline),
        noise: true,
        seed: Seed(7),
        mask,
        ..pipeline.run(pipeline.model())
    };
    pipeline.draws_the_same(run(Some(pipeline.mask())));
    pipeline.draws_another(run(None));
}
