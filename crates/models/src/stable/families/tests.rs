//! What is found in files of the keys and shapes of published ones, and in the tiny networks.

use std::collections::BTreeMap;

use burn::tensor::Device;
use safetensors::{Dtype, serialize, tensor::TensorView};

use super::{FAMILIES, Found, Kind, detect};
use crate::{
    WeightsError,
    stable::{File, parity::weights},
};

/// A file of zeros.
fn file(tensors: &[(&str, &[usize])]) -> Vec<u8> {
    let zeros = vec![0; 4096 * 2];
    let view = |shape: &[usize]| {
        let bytes = 2 * shape.iter().product::<usize>();
        TensorView::new(Dtype::F16, shape.to_vec(), &zeros[..bytes]).unwrap()
    };
    let tensors = tensors.iter().map(|(key, shape)| (*key, view(shape)));
    serialize(tensors.collect::<BTreeMap<_, _>>(), None).unwrap()
}

fn found(bytes: &[u8]) -> Result<Found, WeightsError> {
    detect(File::new(bytes, &Device::flex()))
}

#[test]
fn a_whole_model_for_inpainting_is_known() {
    let root = "model.diffusion_model";
    let whole = file(&[
        (&format!("{root}.input_blocks.0.0.weight"), &[1, 9, 3, 3]),
        (
            &format!("{root}.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight"),
            &[1, 768],
        ),
        (
            &format!("{root}.output_blocks.0.0.emb_layers.1.weight"),
            &[1, 1],
        ),
        ("first_stage_model.encoder.conv_in.weight", &[1, 3, 3, 3]),
        ("first_stage_model.decoder.up.0.block.0.norm1.weight", &[1]),
        (
            "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight",
            &[1, 768],
        ),
    ]);
    let found = found(&whole).unwrap();
    assert_eq!(
        found.kinds,
        [Kind::UNet, Kind::TextEncoder, Kind::Autoencoder]
    );
    assert_eq!(found.family.unwrap().name, "Stable Diffusion 1");
    assert_eq!(found.inputs, Some(9));
}

#[test]
fn every_family_is_known_by_each_kind_that_attends_to_text() {
    for family in FAMILIES {
        for (key, kind) in [
            (
                "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight",
                Kind::Lora,
            ),
            (
                "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_k.lora_A.weight",
                Kind::Lora,
            ),
            ("ip_adapter.1.to_k_ip.weight", Kind::Adapter),
        ] {
            let found = found(&file(&[(key, &[1, family.context])])).unwrap();
            assert_eq!(
                (found.kinds, found.family),
                (vec![kind], Some(family)),
                "{key}"
            );
        }
    }
}

#[test]
fn encoders_and_autoencoders_alone_are_of_no_one_family() {
    for (name, kind) in [
        ("clip_quick", Kind::TextEncoder),
        ("clip_open", Kind::TextEncoder),
        ("clip_image_one", Kind::ImageEncoder),
        ("autoencoder_one", Kind::Autoencoder),
    ] {
        let found = found(&weights(name)).unwrap();
        assert_eq!(
            found,
            Found {
                kinds: vec![kind],
                family: None,
                inputs: None
            }
        );
    }
}

#[test]
fn what_is_not_known_is_said() {
    let error = found(&weights("unet_one")).unwrap_err().to_string();
    assert!(
        error.contains("a text of 32 channels, and Stable Diffusion 1 to 768, "),
        "{error}"
    );
    let error = found(&weights("control_xl")).unwrap_err().to_string();
    assert!(error.contains("a text of 24 channels"), "{error}");
    let error = found(&file(&[("block1.conv1.weight", &[1])]))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("none of its keys ends with up_blocks.0"),
        "{error}"
    );
}
