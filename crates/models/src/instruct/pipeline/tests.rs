//! Drawing with small networks whose layers have learnt something: what changes the picture and what does not.

use burn::tensor::{Device, Tensor};
use weft_diffusion::{Guidance, Sampler};
use weft_tensor::Precision;
use weft_testing::{max_error, numbers};

use super::{Pipeline, PipelineError, Request, Settings, Shown};
use crate::{
    Network,
    autoencoder::{self, Autoencoder},
    instruct::{self, Instruct},
    parameters::stirred::stirred,
    text::tests::encoder,
};

/// Networks for pictures of 32 pixels.
fn networks() -> (Instruct, Autoencoder) {
    let device = Device::flex();
    let config = instruct::Config {
        channels: 4,
        widths: vec![16, 32],
        attends: vec![false, true],
        head: 16,
        groups: 8,
        ..instruct::Config::default()
    };
    let net = Instruct::new(&config, 1, &device, Precision::F32).unwrap();
    let config = autoencoder::Config {
        channels: 4,
        widths: vec![8, 8],
        blocks: vec![1, 1],
        groups: 4,
    };
    let autoencoder = Autoencoder::new(&config, 2, &device, Precision::F32).unwrap();
    (stirred(net, ""), autoencoder)
}

fn settings() -> Settings {
    Settings {
        steps: 3,
        side: 32,
        ..Settings::default()
    }
}

fn request(text: &str, seed: u64) -> Request {
    Request {
        text: text.to_owned(),
        negative: String::new(),
        references: Vec::new(),
        seed,
    }
}

fn with_reference(request: Request, level: f32) -> Request {
    let shown = Shown {
        marker: 1,
        text: "[ref#1] style".to_owned(),
        picture: Tensor::full([1, 3, 32, 32], level, &Device::flex()),
    };
    Request {
        references: vec![shown],
        ..request
    }
}

fn drawn(requests: &[Request], settings: &Settings) -> Result<Tensor<4>, PipelineError> {
    let (net, autoencoder) = networks();
    let pipeline = Pipeline {
        encoder: encoder(),
        net: &net,
        autoencoder: &autoencoder,
    };
    pipeline.draw(requests, settings, |_| Ok(()))
}

#[test]
fn a_seed_draws_the_same_again_and_another_does_not() {
    let [first, again, other] =
        [7, 7, 8].map(|seed| drawn(&[request("a red apple", seed)], &settings()).unwrap());
    assert_eq!(first.dims(), [1, 3, 32, 32]);
    assert_eq!(numbers(&first), numbers(&again));
    assert!(max_error(&first, &other) > 1e-3);
}

#[test]
fn without_guidance_the_instruction_is_ignored() {
    let guidance = Guidance {
        text: 0.0,
        context: 0.0,
        ..Guidance::default()
    };
    let ignored = Settings {
        guidance,
        ..settings()
    };
    let asked = [
        with_reference(request("a red apple in [ref#1] style", 7), 0.8),
        request("a blue car", 7),
    ];
    let [apple, car] = asked
        .clone()
        .map(|asked| drawn(&[asked], &ignored).unwrap());
    assert_eq!(numbers(&apple), numbers(&car));
    let [apple, car] = asked.map(|asked| drawn(&[asked], &settings()).unwrap());
    assert!(max_error(&apple, &car) > 1e-3);
}

#[test]
fn text_negative_text_and_reference_each_matter() {
    let plain = request("a car in [ref#1] style", 7);
    let base = drawn(&[with_reference(plain.clone(), 0.8)], &settings()).unwrap();
    let other_words = request("a boat in [ref#1] style", 7);
    let against = Request {
        negative: "grey".to_owned(),
        ..plain.clone()
    };
    for changed in [
        with_reference(other_words, 0.8),
        with_reference(plain, -0.8),
        with_reference(against, 0.8),
    ] {
        let found = drawn(std::slice::from_ref(&changed), &settings()).unwrap();
        assert!(max_error(&found, &base) > 1e-4, "{changed:?}");
    }
}

#[test]
fn a_request_is_drawn_alike_alone_and_beside_others() {
    let requests = [
        request("a red apple", 1),
        with_reference(request("a car in [ref#1] style", 2), 0.5),
        Request {
            negative: "grey".to_owned(),
            ..request("a boat", 3)
        },
    ];
    for sampler in [Sampler::Dpmpp2m, Sampler::EulerAncestral] {
        let settings = Settings {
            sampler,
            ..settings()
        };
        let together = drawn(&requests, &settings).unwrap();
        for (row, request) in requests.iter().enumerate() {
            let alone = drawn(std::slice::from_ref(request), &settings).unwrap();
            let beside = together.clone().narrow(0, row, 1);
            assert!(max_error(&alone, &beside) < 1e-4, "{sampler:?}, {row}");
        }
    }
}

#[test]
fn sides_and_steps_that_cannot_be_are_refused_and_a_stop_stops() {
    let asked = [request("a red apple", 7)];
    let side = Settings {
        side: 30,
        ..settings()
    };
    assert!(matches!(
        drawn(&asked, &side),
        Err(PipelineError::Side {
            side: 30,
            factor: 8
        })
    ));
    let steps = Settings {
        steps: 0,
        ..settings()
    };
    assert!(matches!(
        drawn(&asked, &steps),
        Err(PipelineError::Sigmas(_))
    ));
    let (net, autoencoder) = networks();
    let pipeline = Pipeline {
        encoder: encoder(),
        net: &net,
        autoencoder: &autoencoder,
    };
    let mut heard = Vec::new();
    let stopped = pipeline.draw::<PipelineError>(&asked, &settings(), |progress| {
        heard.push((progress.done, progress.total));
        match progress.done {
            2 => Err(PipelineError::Side { side: 1, factor: 1 }),
            _ => Ok(()),
        }
    });
    assert!(stopped.is_err());
    assert_eq!(heard, [(1, 3), (2, 3)]);
}
