//! Instructions, followed with ControlNets and an IP-Adapter.

use burn::tensor::{Device, Tensor};
use tempfile::TempDir;
use weft_node::{
    Node, Result,
    value::{
        Image, Instruction,
        instruction::{Reference, marker},
    },
};

use super::{
    leads::{adapter, control},
    tiny::{context, drawn, picture, sample, text, tiny},
};
use crate::{
    ApplyControlNet, ApplyIpAdapter, Checkpoint, Controls, EncodeImage, InstructToControls,
    Lacking, Sample, StableModel,
};

/// An instruction of these short texts, each with its pictures.
fn instruction(references: &[(&str, &[Image])]) -> Instruction {
    let mut text = "a red house".to_owned();
    let mut all = Vec::new();
    for (number, (words, images)) in (1_u8..).zip(references) {
        text += &format!(", {}", marker(number));
        all.extend(images.iter().map(|image| Reference {
            marker: number,
            text: (*words).to_owned(),
            image: image.clone(),
        }));
    }
    Instruction::new(text, all).unwrap()
}

/// With every network given, but one for masks.
fn node(root: &TempDir, found: &Checkpoint, instruction: Instruction) -> InstructToControls {
    InstructToControls {
        model: found.model.clone(),
        encoders: found.encoders.clone(),
        instruction,
        edges: Some(control(root.path(), "control_one")),
        masks: None,
        adapter: Some(adapter(root.path()).unwrap()),
        edge_strength: 0.8,
        mask_strength: 1.0,
        style_strength: 0.6,
        subject_strength: 0.6,
        lacking: Lacking::Refuse,
    }
}

fn run(node: InstructToControls) -> Result<Controls> {
    node.run(&mut context())
}

/// What is drawn as the instruction says.
fn followed(found: &Checkpoint, node: InstructToControls) -> Vec<f32> {
    let Controls {
        model, positive, ..
    } = run(node).unwrap();
    drawn(Sample {
        positive,
        ..sample(found, &model)
    })
}

/// What is drawn by a model and a text that the nodes beside this one made.
fn made(found: &Checkpoint, model: &StableModel, words: &str) -> Vec<f32> {
    drawn(Sample {
        positive: text(&found.encoders, words).unwrap(),
        ..sample(found, model)
    })
}

fn shown(root: &TempDir, model: &StableModel, images: &[Tensor<4>], strength: f32) -> StableModel {
    let pictures = EncodeImage {
        adapter: adapter(root.path()).unwrap(),
        image: Image::new(Tensor::cat(images.to_vec(), 0)),
    };
    let node = ApplyIpAdapter {
        model: model.clone(),
        pictures: pictures.run(&mut context()).unwrap(),
        strength,
        start: 0.0,
        end: 1.0,
    };
    node.run(&mut context()).unwrap()
}

fn dark(image: &Image) -> Image {
    Image::new(image.pixels() * 0.3)
}

#[test]
fn without_references_or_with_strengths_of_0_it_is_plain_text_to_image() {
    let (root, found) = tiny();
    let plain = instruction(&[]);
    let of = |node| followed(&found, node);
    let wanted = made(&found, &found.model, "a red house");
    assert_eq!(of(node(&root, &found, plain.clone())), wanted);
    let bare = InstructToControls {
        edges: None,
        adapter: None,
        ..node(&root, &found, plain)
    };
    assert_eq!(of(bare), wanted);
    let picture = [picture(20, 30)];
    let full = instruction(&[
        ("edge map", &picture),
        ("mask", &picture),
        ("comic style", &picture),
        ("cat", &picture),
    ]);
    let unwanted = InstructToControls {
        edges: None,
        edge_strength: 0.0,
        mask_strength: 0.0,
        style_strength: 0.0,
        subject_strength: 0.0,
        ..node(&root, &found, full)
    };
    let words = "a red house, edge map, mask, comic style, cat";
    assert_eq!(of(unwanted), made(&found, &found.model, words));
}

#[test]
fn references_lead_as_the_nodes_for_each_do() {
    let (root, found) = tiny();
    let (one, lines) = (picture(24, 40), picture(20, 30));
    let pair = [one.clone(), dark(&one)];
    let asked = instruction(&[("a cat", &pair), ("edges", std::slice::from_ref(&lines))]);
    let led = ApplyControlNet {
        model: found.model.clone(),
        control: control(root.path(), "control_one"),
        image: lines,
        strength: 0.8,
        start: 0.0,
        end: 1.0,
    };
    let led = led.run(&mut context()).unwrap();
    let led = shown(&root, &led, &pair.map(|image| image.pixels()), 0.6);
    let wanted = made(&found, &led, "a red house, a cat, edges");
    assert_eq!(followed(&found, node(&root, &found, asked)), wanted);
    assert_ne!(
        wanted,
        made(&found, &found.model, "a red house, a cat, edges")
    );
}

#[test]
fn style_and_subject_count_as_much_as_each_is_told() {
    let (root, found) = tiny();
    let one = picture(24, 40);
    let asked = instruction(&[
        ("comic style", &[dark(&one)]),
        ("cat", std::slice::from_ref(&one)),
    ]);
    let of = |style_strength, subject_strength| {
        let node = InstructToControls {
            style_strength,
            subject_strength,
            ..node(&root, &found, asked.clone())
        };
        followed(&found, node)
    };
    let subject = shown(&root, &found.model, &[one.pixels()], 0.6);
    let words = "a red house, comic style, cat";
    assert_eq!(of(0.0, 0.6), made(&found, &subject, words));
    let [even, more, less] = [(0.6, 0.6), (0.6, 0.3), (0.3, 0.6)].map(|(a, b)| of(a, b));
    assert!(even != more && even != less && more != less);
}

#[test]
fn what_is_clear_is_shown_white() {
    let (root, found) = tiny();
    let device = Device::flex();
    let clear = Image::new(Tensor::zeros([1, 4, 16, 16], &device));
    let white = Image::new(Tensor::ones([1, 3, 16, 16], &device));
    let [clear, white] = [clear, white].map(|image| {
        followed(
            &found,
            node(&root, &found, instruction(&[("cat", &[image])])),
        )
    });
    assert_eq!(clear, white);
}

#[test]
fn every_reference_without_a_network_is_named_with_the_cure() {
    let (root, found) = tiny();
    let picture = [picture(20, 30), picture(20, 30)];
    let asked = instruction(&[
        ("silhouette", &picture),
        ("depth map", &picture),
        ("content image", &picture),
        ("style", &picture),
    ]);
    let node = || InstructToControls {
        adapter: None,
        ..node(&root, &found, asked.clone())
    };
    let message = run(node()).unwrap_err().to_string();
    for part in [
        "input `masks`: nothing is given for `[ref#1] silhouette`; wire a `LoadControlNet`",
        "`mask_strength: 0.0`",
        "input `instruction`: `[ref#2] depth map` does not say what it is for",
        "`[ref#3] content image` is content",
        "`edge map`, `mask`, `style`",
        "input `adapter`: nothing is given for `[ref#4] style`; wire a `LoadIpAdapter`",
    ] {
        assert!(message.contains(part), "{part}\n{message}");
    }
    assert_eq!(message.matches("silhouette").count(), 1, "{message}");
    let left = InstructToControls {
        lacking: Lacking::LeaveOut,
        ..node()
    };
    let found = run(left).unwrap();
    assert!(found.model.guides.is_empty());
    assert_eq!(
        found.told.matches("left out: ").count(),
        8,
        "{}",
        found.told
    );
}

#[test]
fn a_control_net_of_another_family_is_refused_at_the_input_of_the_instruction() {
    let (root, found) = tiny();
    let asked = instruction(&[("edge map", &[picture(20, 30)])]);
    let other = InstructToControls {
        edges: Some(control(root.path(), "control_xl")),
        ..node(&root, &found, asked)
    };
    let message = run(other).unwrap_err().to_string();
    assert!(message.starts_with("input `edges`: "), "{message}");
}
