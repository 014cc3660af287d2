//! Latents by themselves: made, enlarged, mixed, kept.

use burn::tensor::{Device, Tensor};
use weft_node::{
    Node,
    value::{Decode, Value},
};
use weft_testing::{assert_close, numbers};

use super::{
    draws::{decode, encode, half},
    tiny::{context, empty, picture, tiny},
};
use crate::{
    BlendLatent, DecodeLatent, EmptyLatent, EncodeLatent, Latent, LatentFilter, LatentUpscale,
};

#[test]
fn large_pictures_go_through_the_autoencoder_in_tiles() {
    let (_root, found) = tiny();
    let latent = encode(&found, 96, 160, 64);
    assert_eq!(latent.numbers().dims(), [1, 4, 48, 80]);
    let node = DecodeLatent {
        tile: 64,
        ..decode(&found, latent)
    };
    let picture = node.run(&mut context()).unwrap();
    assert_eq!(picture.dims(), [1, 3, 96, 160]);
    assert!(
        numbers(&picture.into_pixels())
            .iter()
            .all(|x| (0.0..=1.0).contains(x))
    );
}

#[test]
fn sides_that_do_not_fit_are_refused_with_those_that_do() {
    let (_root, found) = tiny();
    let node = EncodeLatent {
        vae: found.vae.clone(),
        image: picture(13, 16),
        tile: 1024,
    };
    let message = node.run(&mut context()).unwrap_err().to_string();
    assert!(message.contains("16×12"), "{message}");
    let node = EmptyLatent {
        width: 500,
        height: 512,
        batch: 1,
        vae: None,
    };
    let message = node.run(&mut context()).unwrap_err().to_string();
    assert!(message.contains("take 496 or 504"), "{message}");
}

#[test]
fn latents_are_enlarged_and_keep_their_range() {
    let (_root, found) = tiny();
    let latent = encode(&found, 12, 16, 1024);
    for filter in [
        LatentFilter::Nearest,
        LatentFilter::Area,
        LatentFilter::Bilinear,
        LatentFilter::Bicubic,
    ] {
        let of = |scale| {
            let node = LatentUpscale {
                latent: latent.clone(),
                scale,
                filter,
            };
            node.run(&mut context()).unwrap().numbers()
        };
        assert_eq!(of(2.0).dims(), [1, 4, 12, 16]);
        assert_close(&of(1.0), &latent.numbers(), 1e-4);
    }
}

#[test]
fn blends_lie_between_both_and_follow_a_mask() {
    let (_root, found) = tiny();
    let (first, second) = (encode(&found, 12, 16, 1024), empty(&found, 1));
    let of = |amount, mask| {
        let node = BlendLatent {
            first: first.clone(),
            second: second.clone(),
            amount,
            mask,
        };
        node.run(&mut context()).unwrap().numbers()
    };
    assert_close(&of(0.0, None), &first.numbers(), 1e-6);
    assert_close(&of(1.0, None), &second.numbers(), 1e-6);
    assert_close(&of(0.5, None), &(first.numbers() * 0.5), 1e-6);
    let masked = of(1.0, Some(half(12, 16)));
    let side = |x: &Tensor<4>, from| numbers(&x.clone().narrow(3, from, 4));
    assert_eq!(side(&masked, 0), side(&first.numbers(), 0));
    assert_close(
        &masked.narrow(3, 4, 4),
        &second.numbers().narrow(3, 4, 4),
        1e-6,
    );
}

#[test]
fn latents_are_kept_on_disk_as_they_are() {
    let (_root, found) = tiny();
    let latent = encode(&found, 12, 16, 1024);
    let bytes = latent.encode().unwrap();
    let back = Latent::decode(&mut Decode::new(bytes.as_bytes()), &Device::flex()).unwrap();
    assert_eq!(numbers(&back.numbers()), numbers(&latent.numbers()));
    assert_eq!((back.scale, back.factor), (latent.scale, latent.factor));
    let cut = &bytes.as_bytes()[..40];
    assert!(Latent::decode(&mut Decode::new(cut), &Device::flex()).is_err());
}
