//! A LoRA of U-Net and text encoder in one file.

use weft_node::{Node, value::File};

use super::{Pipeline, WORDS};
use crate::{
    LoadLora, Sample,
    tests::tiny::{context, parts, text, write},
};

/// A run with the LoRA of that spelling, on U-Net and text encoder as strongly.
fn adapted(pipeline: &Pipeline, spelling: &str, [strength, of_text]: [f32; 2]) -> Sample {
    let path = pipeline.root.path().join("lora.safetensors");
    let mut both = parts(&format!("lora_unet_one_{spelling}"));
    both.extend(parts(&format!("lora_text_{spelling}")));
    write(&path, &both);
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

#[test]
fn a_lora_changes_u_net_and_text_encoder_as_in_diffusers() {
    for spelling in ["kohya", "peft"] {
        let pipeline = Pipeline::one(&format!("lora_{spelling}"));
        pipeline.draws_the_same(adapted(&pipeline, spelling, [0.7, 0.7]));
        for other in [[0.0, 0.0], [0.0, 0.7], [0.7, 0.0], [1.0, 0.7]] {
            pipeline.draws_another(adapted(&pipeline, spelling, other));
        }
    }
}
