//! LoRAs of U-Net and text encoders in one file.

use weft_node::{Node, value::File};

use super::{Pipeline, WORDS};
use crate::{
    LoadLora, Sample,
    tests::tiny::{Parts, context, grow, parts, text, write},
};

/// That of Stable Diffusion 1.
fn of_one(spelling: &str) -> Parts {
    let mut both = parts(&format!("lora_unet_one_{spelling}"));
    both.extend(parts(&format!("lora_text_{spelling}")));
    both
}

/// That of SDXL, whose second text encoder gets the opposite of the first one.
fn of_xl(spelling: &str) -> Parts {
    let (old, [first, second], columns) = match spelling {
        "kohya" => (
            "lora_te_",
            ["lora_te1_", "lora_te2_"],
            "attn2_to_k.lora_down.weight",
        ),
        _ => (
            "text_encoder.",
            ["text_encoder.", "text_encoder_2."],
            "attn2.to_k.lora_A.weight",
        ),
    };
    let mut all = parts(&format!("lora_unet_xl_{spelling}"));
    grow(&mut all, columns, 1, 64);
    for (key, (shape, numbers)) in parts(&format!("lora_text_{spelling}")) {
        let is_up = key.ends_with("lora_up.weight") || key.ends_with("lora_B.weight");
        let opposite = numbers
            .iter()
            .map(|&x| if is_up { -x } else { x })
            .collect();
        all.insert(key.replace(old, second), (shape.clone(), opposite));
        all.insert(key.replace(old, first), (shape, numbers));
    }
    all
}

/// A run with that LoRA, on U-Net and text encoders as strongly.
fn adapted(pipeline: &Pipeline, lora: &Parts, [strength, of_text]: [f32; 2]) -> Sample {
    let path = pipeline.root.path().join("lora.safetensors");
    write(&path, lora);
    let node = LoadLora {
        model: pipeline.model().clone(),
        encoders: pipeline.found.encoders.clone(),
        file: File::open(&path).unwrap(),
        strength,
        text_strength: Some(of_text),
    };
    let adapted = node.run(&mut context()).unwrap();
    let read = |words| text(&adapted.encoders, words).unwrap();
    Sample {
        positive: read(WORDS),
        negative: Some(read("a dog")),
        ..pipeline.run(&adapted.model)
    }
}

#[track_caller]
fn changes_as_in_diffusers(pipeline: &Pipeline, lora: &Parts) {
    pipeline.draws_the_same(adapted(pipeline, lora, [0.7, 0.7]));
    for other in [[0.0, 0.0], [0.0, 0.7], [0.7, 0.0], [1.0, 0.7]] {
        pipeline.draws_another(adapted(pipeline, lora, other));
    }
}

#[test]
fn a_lora_changes_u_net_and_text_encoder_as_in_diffusers() {
    for spelling in ["kohya", "peft"] {
        let pipeline = Pipeline::one(&format!("lora_{spelling}"));
        changes_as_in_diffusers(&pipeline, &of_one(spelling));
    }
}

#[test]
fn a_lora_changes_both_text_encoders_of_sdxl_as_in_diffusers() {
    for spelling in ["kohya", "peft"] {
        let pipeline = Pipeline::xl(&format!("lora_xl_{spelling}"));
        let lora = of_xl(spelling);
        changes_as_in_diffusers(&pipeline, &lora);
        // Each encoder has its own.
        for of in ["te1_", "te2_", "text_encoder.", "text_encoder_2."] {
            let mut less = lora.clone();
            less.retain(|key, _| !key.contains(of));
            if less.len() < lora.len() {
                pipeline.draws_another(adapted(&pipeline, &less, [0.7, 0.7]));
            }
        }
    }
}
