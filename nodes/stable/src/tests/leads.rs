//! What leads a model: at a strength of 0 nothing, otherwise something.

use std::path::Path;

use weft_node::{
    Node, Result,
    value::{File, Mask},
};

use burn::tensor::{Device, Tensor};

use super::tiny::{
    NET, bytes, context, drawn, folder, load, network, note, parts, picture, sample, tiny,
};
use crate::{
    ApplyControlNet, ApplyIpAdapter, Checkpoint, ControlNet, EncodeImage, InpaintCondition,
    IpAdapter, LoadControlNet, LoadIpAdapter, LoadLora, Sample, StableModel,
};

pub(super) fn control(root: &Path, name: &str) -> ControlNet {
    let path = network(&root.join(name), NET, &parts(name), &note(name, "config"));
    let node = LoadControlNet {
        file: File::open(&path).unwrap(),
        half: false,
    };
    node.run(&mut context()).unwrap()
}

fn led(
    root: &Path,
    model: &StableModel,
    strength: f32,
    [start, end]: [f64; 2],
) -> Result<StableModel> {
    let node = ApplyControlNet {
        model: model.clone(),
        control: control(root, "control_one"),
        image: picture(20, 30),
        strength,
        start,
        end,
    };
    node.run(&mut context())
}

fn of(found: &Checkpoint, model: &StableModel) -> Vec<f32> {
    drawn(sample(found, model))
}

#[test]
fn a_control_net_leads_as_strongly_and_as_long_as_it_is_told() {
    let (root, found) = tiny();
    let model = &found.model;
    let plain = of(&found, model);
    let of = |model: &StableModel| of(&found, model);
    assert_eq!(
        of(&led(root.path(), model, 0.0, [0.0, 1.0]).unwrap()),
        plain
    );
    let once = of(&led(root.path(), model, 1.0, [0.0, 1.0]).unwrap());
    assert_ne!(once, plain);
    // At no step is the time within the last thousandth.
    assert_eq!(
        of(&led(root.path(), model, 1.0, [0.9999, 0.99995]).unwrap()),
        plain
    );
    assert_ne!(of(&led(root.path(), model, 1.0, [0.0, 0.3]).unwrap()), once);
    let both = led(
        root.path(),
        &led(root.path(), model, 0.5, [0.0, 1.0]).unwrap(),
        0.5,
        [0.0, 1.0],
    )
    .unwrap();
    let apart = of(&both)
        .iter()
        .zip(&once)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    assert!(apart < 1e-2, "{apart}");
    assert!(led(root.path(), model, 1.0, [0.8, 0.2]).is_err());
}

#[test]
fn a_control_net_of_another_family_is_refused() {
    let (root, found) = tiny();
    let node = ApplyControlNet {
        model: found.model.clone(),
        control: control(root.path(), "control_xl"),
        image: picture(16, 16),
        strength: 1.0,
        start: 0.0,
        end: 1.0,
    };
    let message = node.run(&mut context()).unwrap_err().to_string();
    assert!(
        message.contains("another family") && message.contains(NET),
        "{message}"
    );
}

fn adapted(root: &Path, found: &Checkpoint, name: &str, strength: f32) -> Result<Checkpoint> {
    let path = root.join(format!("{name}.lora.safetensors"));
    std::fs::write(&path, bytes(name)).unwrap();
    let node = LoadLora {
        model: found.model.clone(),
        encoders: found.encoders.clone(),
        file: File::open(&path).unwrap(),
        strength,
        text_strength: None,
    };
    let adapted = node.run(&mut context())?;
    let found = Checkpoint {
        model: adapted.model,
        encoders: adapted.encoders,
        vae: found.vae.clone(),
    };
    found.model.net(&context())?;
    found.encoders.nets(&context())?;
    Ok(found)
}

#[test]
fn a_lora_is_added_as_strongly_as_it_is_told() {
    let (root, found) = tiny();
    let plain = of(&found, &found.model);
    for name in ["lora_unet_one_kohya", "lora_unet_one_peft"] {
        let none = adapted(root.path(), &found, name, 0.0).unwrap();
        assert_eq!(of(&none, &none.model), plain);
        let some = adapted(root.path(), &found, name, 1.0).unwrap();
        assert_ne!(of(&some, &some.model), plain);
    }
    let text = adapted(root.path(), &found, "lora_text_kohya", 1.0).unwrap();
    assert_ne!(of(&text, &text.model), plain);
}

#[test]
fn a_lora_that_does_not_fit_names_the_file_and_the_keys() {
    let (root, found) = tiny();
    let message = adapted(root.path(), &found, "lora_unet_xl_kohya", 1.0)
        .unwrap_err()
        .to_string();
    for part in ["lora_unet_", "lora.safetensors", "unet"] {
        assert!(message.contains(part), "{message}");
    }
    let message = adapted(root.path(), &found, "control_one", 1.0)
        .unwrap_err()
        .to_string();
    assert!(message.contains("lora.safetensors"), "{message}");
    let message = adapted(root.path(), &found, "autoencoder_one", 1.0)
        .unwrap_err()
        .to_string();
    assert!(message.contains("`LoadVae` loads"), "{message}");
}

pub(super) fn adapter(root: &Path) -> Result<IpAdapter> {
    let file = root.join("ip-adapter.safetensors");
    std::fs::write(&file, bytes("adapter_unet_one")).unwrap();
    let config = note("clip_image_one", "config");
    let encoder = network(root, "model.safetensors", &parts("clip_image_one"), &config);
    let adapter = LoadIpAdapter {
        file: File::open(&file).unwrap(),
        encoder: File::open(&encoder).unwrap(),
        half: false,
    };
    adapter.run(&mut context())
}

fn shown(root: &Path, model: &StableModel, strength: f32) -> Result<StableModel> {
    let pictures = EncodeImage {
        adapter: adapter(root)?,
        image: picture(24, 40),
    };
    let node = ApplyIpAdapter {
        model: model.clone(),
        pictures: pictures.run(&mut context())?,
        strength,
        start: 0.0,
        end: 1.0,
    };
    node.run(&mut context())
}

#[test]
fn an_adapter_shows_pictures_as_strongly_as_it_is_told() {
    let (root, found) = tiny();
    let plain = of(&found, &found.model);
    assert_eq!(
        of(&found, &shown(root.path(), &found.model, 0.0).unwrap()),
        plain
    );
    let once = shown(root.path(), &found.model, 1.0).unwrap();
    assert_ne!(of(&found, &once), plain);
    let message = shown(root.path(), &once, 1.0).unwrap_err().to_string();
    assert!(message.contains("as a batch"), "{message}");
}

#[test]
fn a_model_for_inpainting_sees_the_mask() {
    let root = tempfile::tempdir().unwrap();
    let found = load(&folder(root.path(), 9)).unwrap();
    let painting = |level: f32| {
        let node = InpaintCondition {
            model: found.model.clone(),
            vae: found.vae.clone(),
            image: picture(12, 16),
            mask: Mask::new(Tensor::full([1, 1, 12, 16], level, &Device::flex())),
            tile: 1024,
        };
        node.run(&mut context()).unwrap()
    };
    let of = |level| {
        let painting = painting(level);
        drawn(Sample {
            latent: painting.latent,
            ..sample(&found, &painting.model)
        })
    };
    assert_ne!(of(0.0), of(1.0));
    let blind = sample(&found, &found.model).run(&mut context());
    let message = blind.unwrap_err().to_string();
    assert!(message.contains("InpaintCondition"), "{message}");
}

#[test]
fn a_model_that_sees_no_mask_is_not_told_of_one() {
    let (_root, found) = tiny();
    let node = InpaintCondition {
        model: found.model.clone(),
        vae: found.vae.clone(),
        image: picture(12, 16),
        mask: Mask::new(Tensor::ones([1, 1, 12, 16], &Device::flex())),
        tile: 1024,
    };
    let message = node.run(&mut context()).unwrap_err().to_string();
    assert!(
        message.contains("4 channels in") && message.contains("`Sample`"),
        "{message}"
    );
}
