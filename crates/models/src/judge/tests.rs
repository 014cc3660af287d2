//! Shapes, what the averaging is worth, what learns, and the file.

use burn::{
    optim::{AdamWConfig, GradientsParams},
    tensor::{Device, Tensor, TensorData, activation::log_softmax},
};
use weft_tensor::Precision;
use weft_testing::{assert_close, for_each_device, max_error, numbers};

use super::{Config, Judge, Sizes};
use crate::{
    Network,
    parameters::{
        Numbers, named_parameters,
        stirred::{stirred, unmoved},
    },
};

fn names(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|i| format!("{prefix}{i}")).collect()
}

fn tiny() -> Config {
    Config {
        sizes: Sizes {
            side: 8,
            widths: vec![8, 12],
            blocks: vec![1, 1],
            groups: 4,
            features: 6,
        },
        styles: names("style-", 2),
        concepts: names("1f34", 5),
    }
}

fn fresh(device: &Device) -> Judge {
    Judge::new(&tiny(), 3, device, Precision::F32).unwrap()
}

fn picture([batch, side]: [usize; 2], device: &Device) -> Tensor<4> {
    let shape = [batch, 3, side, side];
    let count = shape.iter().product::<usize>();
    let values: Vec<f32> = (0..count).map(|i| (i as f32 * 0.37).sin()).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

#[test]
fn a_verdict_has_a_row_for_each_picture() {
    let judge = fresh(&Device::flex());
    let verdict = judge.look(picture([3, 16], &Device::flex()));
    assert_eq!(verdict.styles.dims(), [3, judge.styles().len()]);
    assert_eq!(verdict.concepts.dims(), [3, judge.concepts().len()]);
    assert_eq!(verdict.features.dims(), [3, 6]);
}

#[test]
fn a_picture_is_judged_alone_and_at_the_judges_own_size() {
    let device = Device::flex();
    let judge = stirred(fresh(&device), "");
    let small = picture([3, 8], &device);
    let together = judge.look(small.clone());
    let large = small
        .clone()
        .unsqueeze_dims::<6>(&[3, 5])
        .repeat_dim(3, 2)
        .repeat_dim(5, 2)
        .reshape([3, 3, 16, 16]);
    assert_close(&judge.look(large).features, &together.features, 1e-5);
    let closely = judge.look_closely(small.clone());
    assert_close(&closely.styles, &together.styles, 0.0);
    let last = judge.look(small.narrow(0, 2, 1));
    assert_close(&last.concepts, &together.concepts.narrow(0, 2, 1), 1e-5);
}

#[test]
fn every_device_judges_alike() {
    let judged = |device: &Device| {
        let verdict = stirred(fresh(device), "").look(picture([2, 8], device));
        Tensor::cat(vec![verdict.styles, verdict.concepts, verdict.features], 1)
            .to_device(&Device::flex())
    };
    let wanted = judged(&Device::flex());
    for_each_device(|device| assert_close(&judged(device), &wanted, 1e-4));
}

#[test]
fn the_default_is_small_beside_its_heads() {
    let config = Config {
        sizes: Sizes::default(),
        styles: names("", 9),
        concepts: names("", 1611),
    };
    let judge = Judge::new(&config, 0, &Device::flex(), Precision::F32).unwrap();
    let verdict = judge.look(Tensor::zeros([1, 3, 128, 128], &Device::flex()));
    assert_eq!(verdict.concepts.dims(), [1, 1611]);
    let count: usize = named_parameters(&judge)
        .iter()
        .map(|p| p.values.len())
        .sum();
    assert!((1_000_000..1_200_000).contains(&count), "{count}");
}

#[test]
fn every_parameter_learns() {
    let device = Device::flex().autodiff();
    let judge = stirred(fresh(&device), "");
    let verdict = judge.look(picture([2, 8], &device));
    let loss = verdict.styles.powi_scalar(2).mean() + verdict.concepts.powi_scalar(2).mean();
    let gradients = GradientsParams::from_grads(loss.backward(), &judge);
    assert_eq!(unmoved(&judge, gradients), Vec::<String>::new());
}

#[test]
fn a_few_steps_tell_pictures_apart() {
    let device = Device::flex().autodiff();
    let mut judge = fresh(&device);
    let pictures = picture([5, 8], &device);
    let wanted = Tensor::<2>::eye(5, &device);
    let loss = |judge: &Judge| {
        let logits = judge.look(pictures.clone()).concepts;
        (log_softmax(logits, 1) * wanted.clone()).sum().neg() / 5.0
    };
    let before = numbers(&loss(&judge))[0];
    let mut adam = AdamWConfig::new().init();
    for _ in 0..60 {
        let gradients = GradientsParams::from_grads(loss(&judge).backward(), &judge);
        judge = adam.step(1e-2, judge, gradients);
    }
    let after = numbers(&loss(&judge))[0];
    assert!(after < 0.3 * before, "{before} to {after}");
}

#[test]
fn a_file_holds_the_judge_and_the_names_it_knows() {
    let device = Device::flex();
    let judge = stirred(fresh(&device), "");
    let bytes = judge.to_safetensors(Numbers::F16).unwrap();
    let read = Judge::read(&bytes, &device, Precision::F32).unwrap();
    assert_eq!(read.styles(), ["style-0", "style-1"]);
    assert_eq!(read.config(), &tiny());
    let pictures = picture([2, 8], &device);
    let error = max_error(
        &read.look(pictures.clone()).concepts,
        &judge.look(pictures).concepts,
    );
    assert!(error < 1e-2, "{error}");
}

#[test]
fn sizes_that_do_not_go_together_are_refused() {
    let refused = |change: &dyn Fn(&mut Config)| {
        let mut config = tiny();
        change(&mut config);
        Judge::new(&config, 0, &Device::flex(), Precision::F32)
            .map(|_| ())
            .unwrap_err()
    };
    let whys = [
        refused(&|config| config.sizes.widths.clear()),
        refused(&|config| config.sizes.blocks = vec![1]),
        refused(&|config| config.sizes.side = 10),
        refused(&|config| config.sizes.groups = 5),
        refused(&|config| config.styles.clear()),
    ];
    assert_eq!(
        whys,
        [
            "a judge has 1 to 6 levels and at least 1 feature",
            "blocks are given for 1 levels, widths for 2",
            "a side of 10 is no multiple of 4",
            "5 groups do not divide 8 channels",
            "a judge knows at least 1 style and 1 concept",
        ]
    );
}
