//! What leads a model: a ControlNet, an IP-Adapter.

use std::path::{Path, PathBuf};

use weft_node::{Node, value::File};

use super::{Pipeline, SAME};
use crate::{
    ApplyControlNet, ApplyIpAdapter, EncodeImage, LoadControlNet, LoadIpAdapter, Sample,
    StableModel,
    tests::tiny::{adapter_one, adapter_xl, context, control_one, control_xl},
};

/// A run that a ControlNet leads so strongly on a part of the way.
fn led(pipeline: &Pipeline, net: &Path, strength: f32, [start, end]: [f64; 2]) -> Sample {
    let load = LoadControlNet {
        file: File::open(net).unwrap(),
        half: false,
    };
    let node = ApplyControlNet {
        model: pipeline.model().clone(),
        control: load.run(&mut context()).unwrap(),
        image: pipeline.image(),
        strength,
        start,
        end,
    };
    pipeline.run(&node.run(&mut context()).unwrap())
}

#[test]
fn a_control_net_leads_on_a_part_of_the_way_as_in_diffusers() {
    let pipeline = Pipeline::one("control");
    let net = control_one(&pipeline.root.path().join("control"));
    let led = |strength, part| led(&pipeline, &net, strength, part);
    // diffusers counts a part in steps, of which this is the second, and Weft in time of training.
    let trained = &pipeline.model().trained;
    let last = (trained.levels().len() - 1) as f64;
    let levels = pipeline.levels(6);
    let place = |step: usize| 1.0 - trained.time(levels[step]) / last;
    let between = |step| f64::midpoint(place(step), place(step + 1));
    let part = [between(0), between(1)];
    pipeline.draws_the_same(led(0.7, part));
    pipeline.draws_another(led(0.0, part));
    pipeline.draws_another(led(0.3, part));
    for other in [[0.0, part[1]], [part[0], 1.0]] {
        pipeline.draws_another(led(0.7, other));
    }
}

#[test]
fn a_control_net_leads_sdxl_as_in_diffusers() {
    let pipeline = Pipeline::xl("control_xl");
    let net = control_xl(&pipeline.root.path().join("control"));
    let led = |strength| led(&pipeline, &net, strength, [0.0, 1.0]);
    pipeline.draws_the_same(led(0.7));
    pipeline.draws_another(led(0.0));
    pipeline.draws_another(led(0.3));
}

/// The model that is shown the picture.
fn shown(pipeline: &Pipeline, [file, encoder]: &[PathBuf; 2], strength: f32) -> StableModel {
    let load = LoadIpAdapter {
        file: File::open(file).unwrap(),
        encoder: File::open(encoder).unwrap(),
        half: false,
    };
    let pictures = EncodeImage {
        adapter: load.run(&mut context()).unwrap(),
        image: pipeline.image(),
    };
    let node = ApplyIpAdapter {
        model: pipeline.model().clone(),
        pictures: pictures.run(&mut context()).unwrap(),
        strength,
        start: 0.0,
        end: 1.0,
    };
    node.run(&mut context()).unwrap()
}

#[track_caller]
fn shows_as_in_diffusers(pipeline: &Pipeline, make: fn(&Path) -> [PathBuf; 2]) {
    let files = make(&pipeline.root.path().join("adapter"));
    let run = |strength| pipeline.run(&shown(pipeline, &files, strength));
    // diffusers rounds to whole 255ths what it shows the encoder.
    let error = pipeline.error(run(0.6));
    assert!(error <= SAME, "off by {error}");
    for strength in [0.0, 1.0] {
        pipeline.draws_another(run(strength));
    }
}

#[test]
fn an_ip_adapter_shows_a_picture_as_in_diffusers() {
    shows_as_in_diffusers(&Pipeline::one("adapter"), adapter_one);
}

#[test]
fn one_with_a_resampler_shows_a_picture_to_sdxl_as_in_diffusers() {
    shows_as_in_diffusers(&Pipeline::xl("plus"), adapter_xl);
}
