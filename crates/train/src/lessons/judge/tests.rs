//! A tiny judge of bars in nine colours, and what it is taught.

use std::{collections::BTreeSet, path::Path};

use burn::tensor::{Device, Tensor};
use weft_models::{Network, judge};
use weft_tensor::Precision;
use weft_testing::numbers;

use super::{Gallery, Recognise, accuracy, averaged, places, surprise};
use crate::{
    Recipe,
    data::{DataSet, Split, tests::sketched::sketched},
    follow,
    training::{Lesson, Pace},
};

fn sizes() -> judge::Sizes {
    judge::Sizes {
        side: 16,
        widths: vec![16, 24],
        blocks: vec![1, 1],
        groups: 4,
        features: 32,
    }
}

fn bars() -> DataSet {
    sketched(20, 16)
}

fn lesson(gallery: &Gallery) -> Recognise<'_> {
    Recognise {
        gallery,
        device: Device::flex().autodiff(),
        batch: 7,
        halved: 0,
        seed: 5,
    }
}

#[test]
fn a_gallery_knows_the_concepts_it_can_teach_and_keeps_cells_apart() {
    let data = bars();
    let gallery = Gallery::new(&data, 16).unwrap();
    assert_eq!(gallery.learnt().len(), data.for_split(Split::Train).len());
    let held = data.for_split(Split::HeldCell).len();
    assert!(held > 0 && gallery.held().len() == held);
    let keys: BTreeSet<_> = gallery.concepts().iter().collect();
    assert_eq!(keys.len(), gallery.concepts().len());
    assert!(keys.iter().all(|key| !Split::holds(key)));
    let cell = |it: &super::Drawing| (it.style, it.concept);
    let learnt: BTreeSet<_> = gallery.learnt().iter().map(cell).collect();
    assert!(gallery.held().iter().all(|it| !learnt.contains(&cell(it))));
    for drawing in gallery.held() {
        let key = &gallery.concepts()[drawing.concept];
        let style = &gallery.styles()[drawing.style];
        assert_eq!(Split::of(key, style), Split::HeldCell);
        assert_eq!(drawing.pixels.len(), 3 * 16 * 16);
    }
}

#[test]
fn each_round_teaches_every_drawing_once_in_another_order() {
    let gallery = Gallery::new(&bars(), 16).unwrap();
    let lesson = lesson(&gallery);
    let all = gallery.learnt().len();
    let cells: Vec<_> = (0..(2 * all).div_ceil(7) as u64)
        .flat_map(|step| lesson.drawings(step))
        .map(|drawing| (drawing.style, drawing.concept))
        .collect();
    let rounds = [&cells[..all], &cells[all..2 * all]];
    for round in rounds {
        assert_eq!(round.iter().collect::<BTreeSet<_>>().len(), all);
    }
    assert_ne!(rounds[0], rounds[1]);
}

#[test]
fn half_a_picture_is_its_means() {
    let x: Vec<f32> = (0..8).map(|i| i as f32).collect();
    let x = Tensor::<1>::from_data(x.as_slice(), &Device::flex()).reshape([1, 1, 2, 4]);
    assert_eq!(numbers(&averaged(x, 2)), [2.5, 4.5]);
}

#[test]
fn surprise_is_that_of_smoothed_labels() {
    let device = Device::flex();
    let even = Tensor::zeros([3, 4], &device);
    let found = numbers(&surprise(even, &[0, 3, 1]))[0];
    assert!((found - 4.0f32.ln()).abs() < 1e-5, "{found}");
    let logits = Tensor::<1>::from_data([2.0f32, 0.0].as_slice(), &device).reshape([1, 2]);
    let log = (2.0f32.exp() + 1.0).ln();
    let wanted = -(0.95 * (2.0 - log) + 0.05 * (0.0 - log));
    let found = numbers(&surprise(logits, &[0]))[0];
    assert!((found - wanted).abs() < 1e-5, "{found} is not {wanted}");
}

#[test]
fn a_followed_recipe_names_bars_that_were_never_learnt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bars.weftdata");
    let data = bars();
    data.save(&path).unwrap();
    let recipe = Recipe::Judge {
        data: path,
        net: sizes(),
        halved: 100,
        pace: Pace {
            steps: 500,
            batch: 16,
            rate: 6e-3,
            warmup: 10,
            average: 0.9,
            sample_every: 500,
            ..Pace::default()
        },
    };
    let device = Device::flex();
    let told = follow(&recipe, folder.path(), &device, &mut ()).unwrap();
    let bytes = std::fs::read(folder.path().join("judge.safetensors")).unwrap();
    let net = judge::Judge::read(&bytes, &device, Precision::F32).unwrap();
    let gallery = Gallery::new(&data, 16).unwrap();
    assert_eq!(net.concepts(), gallery.concepts());
    let right = accuracy(&net, &gallery, &device);
    assert!(right.style > 0.6 && right.concept_in_five > 0.6, "{right}");
    assert!(told[0].contains("drawings held out"), "{told:?}");

    let places = places(&net, gallery.held(), 16, &device);
    let first = places.iter().filter(|[style, _]| *style == 0).count();
    assert_eq!(first as f64 / places.len() as f64, right.style);
    let sheet = lesson(&gallery).sample(&net);
    let columns = gallery.held().len().min(16) as u32;
    assert_eq!(sheet.width(), columns * 18 + 2);
    let wanted = if places[0][0] == 0 { 25 } else { 217 };
    assert_eq!(sheet.get_pixel(4, 2 + 16 + 2).0[0], wanted);
}

#[test]
fn a_recipe_without_its_data_set_says_how_to_build_one() {
    let recipe = Recipe::Judge {
        data: "nowhere/emoji.weftdata".into(),
        net: sizes(),
        halved: 100,
        pace: Pace::default(),
    };
    let why = recipe.check().unwrap_err().to_string();
    let device = Device::flex();
    let followed = follow(&recipe, Path::new("nowhere"), &device, &mut ()).unwrap_err();
    assert_eq!(followed.to_string(), why);
    assert!(
        why.starts_with("there is no data set") && why.contains("weft data build"),
        "{why}"
    );
}

#[test]
fn a_side_that_does_not_fit_the_pictures_or_the_network_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bars.weftdata");
    bars().save(&path).unwrap();
    let refused = |side, widths: &[usize]| {
        let recipe = Recipe::Judge {
            data: path.clone(),
            net: judge::Sizes {
                side,
                widths: widths.to_vec(),
                blocks: vec![1; widths.len()],
                ..sizes()
            },
            halved: 1,
            pace: Pace::default(),
        };
        let device = Device::flex();
        let why = follow(&recipe, folder.path(), &device, &mut ()).unwrap_err();
        why.to_string()
    };
    let why = refused(24, &[16]);
    assert!(
        why.ends_with("a side of 24 does not divide the 16 pixels of the data set"),
        "{why}"
    );
    let why = refused(16, &[16; 4]);
    assert!(
        why.ends_with("half of a side of 16 cannot be halved 4 times; set `halved` to 0"),
        "{why}"
    );
}
