//! Stages on a data set that is drawn here.

use std::collections::{HashMap, HashSet};

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use weft_models::{
    Network,
    autoencoder::{self, Autoencoder},
    instruct::{self, Instruct},
    text::TextEncoder,
};
use weft_tensor::Precision;
use weft_testing::assert_close;
use weft_value::instruction::{Role, Task, markers, role_words};

use super::{
    Captioned, Clusters, Latents, Library, Mixture, Scene, Scenes, Shares, Stage, View, neighbours,
};
use crate::{
    data::{Dice, Split, tests::sketched::sketched},
    lessons::{Draw, Examples, Remembered},
    training::{Lesson, Pace, train},
};

fn autoencoder(seed: u64) -> Autoencoder {
    let config = autoencoder::Config {
        channels: 4,
        widths: vec![8, 8],
        blocks: vec![1, 1],
        groups: 4,
    };
    Autoencoder::new(&config, seed, &Device::flex(), Precision::F32).unwrap()
}

fn encoder() -> TextEncoder {
    TextEncoder::shipped(&Device::flex()).unwrap()
}

/// Runs with a library of bars, with every view.
fn with_library<R>(run: impl FnOnce(&Library<'_>) -> R) -> R {
    let data = sketched(40, 16);
    let folder = tempfile::tempdir().unwrap();
    let autoencoder = autoencoder(1);
    let path = folder.path().join("bars.weftdata");
    let hash = blake3::hash(b"1");
    let latents = Latents::open((&data, &path), (&autoencoder, hash), &mut |_, _| {}).unwrap();
    run(&Library::new(&data, &latents, &autoencoder))
}

#[test]
fn latents_are_made_once_for_an_autoencoder_and_then_read() {
    let data = sketched(5, 16);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bars.weftdata");
    let autoencoder = autoencoder(1);
    let open = |hash: &[u8]| {
        let mut heard = 0;
        let made = (&autoencoder, blake3::hash(hash));
        let found = Latents::open((&data, &path), made, &mut |done, _| heard = done);
        (found.unwrap(), heard)
    };
    let (first, heard) = open(b"one");
    assert_eq!(heard, data.pictures().len());
    let (again, heard) = open(b"one");
    assert_eq!(heard, 0);
    let of = |latents: &Latents<'_>, view| latents.of(7, view).unwrap();
    assert_eq!(of(&first, View::Picture), of(&again, View::Picture));
    assert_eq!(of(&first, View::Mask), of(&again, View::Mask));
    assert_eq!(of(&first, View::Mask), of(&first, View::Mask));
    assert_ne!(of(&first, View::Mask), of(&first, View::Picture));
    assert_eq!(open(b"another").1, data.pictures().len());

    let mut pixels = vec![0.0; 3 * 256];
    View::Picture.show(&data, 7, &mut pixels).unwrap();
    let pixels = Tensor::<1>::from_data(pixels.as_slice(), &Device::flex()).reshape([1, 3, 16, 16]);
    let wanted = autoencoder.latents(pixels).into_data();
    let wanted = wanted.try_into_vec::<f32>().unwrap();
    let far = |(a, b): (&f32, &f32)| (a - b).abs();
    let found = of(&first, View::Picture);
    assert_eq!(found.len(), wanted.len());
    assert!(found.iter().zip(&wanted).map(far).fold(0.0, f32::max) < 2e-3);
}

#[test]
fn views_of_a_bar_are_its_mask_its_outline_and_its_edges() {
    let data = sketched(1, 16);
    let white = |view: View| {
        let mut pixels = vec![0.0; 3 * 256];
        view.show(&data, 0, &mut pixels).unwrap();
        assert!(pixels.iter().all(|x| (-1.0..=1.0).contains(x)));
        pixels[..256].iter().filter(|value| **value == 1.0).count()
    };
    // Rows 2 to 4, columns 3 to 12.
    assert_eq!(white(View::Mask), 30);
    assert!((22..=30 + 2 * 32).contains(&white(View::Outline)));
    assert!((16..=60).contains(&white(View::Edges(0))));
    assert!(white(View::Picture) > 200);
}

#[test]
fn nobody_learns_from_what_is_held_out_nor_is_shown_it() {
    with_library(|library| {
        let mixture = Mixture {
            shares: Shares::default(),
        };
        let stage = Stage {
            library,
            scenes: mixture,
            seed: 3,
            shown: 4,
        };
        for place in 0..600 {
            let scene = stage.scene(5, place);
            assert_eq!(library.data.split(scene.target), Split::Train);
            for glimpse in &scene.references {
                assert_eq!(library.data.split(glimpse.picture), Split::Train);
            }
            assert_eq!(scene, stage.scene(5, place));
        }
        assert!(!library.held().is_empty());
    });
}

#[test]
fn tasks_come_as_often_as_their_shares_say() {
    let shares = Shares::default();
    let mixture = Mixture {
        shares: shares.clone(),
    };
    let mut dice = Dice::new(1, 1);
    let mut counts: HashMap<Task, u32> = HashMap::new();
    let drawn = 20_000;
    for _ in 0..drawn {
        *counts.entry(mixture.task(&mut dice)).or_default() += 1;
    }
    for (task, share) in shares.tasks() {
        let found = f64::from(counts[&task]) / f64::from(drawn);
        // Five deviations of the count.
        let room = 5.0 * (f64::from(share) / f64::from(drawn)).sqrt();
        assert!((found - f64::from(share)).abs() < room, "{task:?}: {found}");
    }
    assert!(
        Shares {
            edge: -0.1,
            ..Shares::default()
        }
        .fault()
        .is_some()
    );
    assert!(Shares::default().fault().is_none());
}

fn scenes_of(task: Task, library: &Library<'_>) -> Vec<Scene> {
    let mixture = Mixture {
        shares: Shares::default(),
    };
    let scene = |i: u64| {
        let mut dice = Dice::new(9, i);
        let target = library.learnt()[dice.below(library.learnt().len())];
        mixture.of_task(task, library, target, &mut dice)
    };
    (0..200).map(scene).collect()
}

#[test]
fn every_marker_of_an_instruction_has_a_picture_and_every_picture_a_marker() {
    with_library(|library| {
        for (task, _) in Shares::default().tasks() {
            for scene in scenes_of(task, library) {
                let (named, _) = markers(&scene.text);
                let named: HashSet<u8> = named.iter().map(|marker| marker.number).collect();
                let shown: HashSet<u8> = scene.references.iter().map(|it| it.marker).collect();
                assert_eq!(named, shown, "{task:?}: {}", scene.text);
                assert_eq!(shown.len(), task.roles().len());
            }
        }
    });
}

#[test]
fn references_show_what_their_task_asks_for() {
    with_library(|library| {
        let of = |picture: usize| &library.data.pictures()[picture];
        for scene in scenes_of(Task::StyleTransfer, library) {
            let [style, content] = &scene.references[..] else {
                panic!("{scene:?}")
            };
            let target = of(scene.target);
            assert_eq!(of(style.picture).style, target.style);
            assert_ne!(of(style.picture).concept, target.concept);
            assert_eq!(of(content.picture).concept, target.concept);
            assert_ne!(of(content.picture).style, target.style);
            let label = &library.data.concepts()[target.concept].label;
            assert!(!scene.text.contains(label), "a caption: {}", scene.text);
            let words = |text: &str| text.split_once("] ").unwrap().1.to_owned();
            assert!(role_words(Role::Style).contains(&words(&style.text).as_str()));
        }
        for scene in scenes_of(Task::Subject, library) {
            assert!((1..=2).contains(&scene.references.len()));
            for glimpse in &scene.references {
                assert_eq!(of(glimpse.picture).concept, of(scene.target).concept);
                assert_ne!(of(glimpse.picture).style, of(scene.target).style);
            }
        }
        for scene in scenes_of(Task::EdgeToImage, library) {
            assert_eq!(scene.references[0].picture, scene.target);
            assert!(matches!(
                scene.references[0].view,
                View::Edges(_) | View::Outline
            ));
        }
        let two = scenes_of(Task::Subject, library);
        let two = two
            .iter()
            .filter(|scene| scene.references.len() == 2)
            .count();
        assert!((30..=90).contains(&two), "{two} of 200");
    });
}

#[test]
fn a_cluster_is_five_pictures_without_twins_of_one_source_or_of_one_look() {
    let device = Device::flex();
    let row = |angle: f32| [angle.cos(), angle.sin()];
    // The first two look alike to the eye; the third is of the first one's source.
    let angles = [0.0, 0.01, 0.4, 0.5, 0.6, 0.7, 0.8, 3.0];
    let looks: Vec<f32> = angles.iter().flat_map(|&angle| row(angle)).collect();
    let looks = Tensor::<1>::from_data(looks.as_slice(), &device).reshape([8, 2]);
    let names = Tensor::ones([8, 1], &device);
    let all: Vec<usize> = (0..8).collect();
    let found = neighbours(&looks, &names, &all, |a, b| a.min(b) == 0 && a.max(b) == 2);
    assert_eq!(found[0], [3, 4, 5, 6]);
    assert_eq!(found[7].len(), 4);
    let some = neighbours(&looks, &names, &[0, 7], |_, _| false);
    assert_eq!(some[3], [0, 7]);
}

#[test]
fn a_scene_of_a_cluster_shows_three_neighbours_with_their_captions() {
    with_library(|library| {
        let clusters = Clusters::of(library, &encoder()).unwrap();
        let mut seen = HashSet::new();
        for &target in library.learnt().iter().take(60) {
            let others = clusters.others(target);
            assert!(!others.contains(&target));
            let mut dice = Dice::new(4, target as u64);
            let scene = clusters.scene(library, target, &mut dice);
            assert_eq!(scene.target, target);
            assert_eq!(scene.references.len(), others.len().min(3));
            for (place, glimpse) in scene.references.iter().enumerate() {
                assert!(others.contains(&glimpse.picture));
                assert_eq!(usize::from(glimpse.marker), place + 1);
                assert!(!glimpse.text.contains("[ref#"), "{}", glimpse.text);
                assert_eq!(library.data.split(glimpse.picture), Split::Train);
            }
            seen.insert(scene.references.len());
        }
        assert!(seen.contains(&3));
    });
}

#[test]
fn the_u_net_learns_from_scenes_and_draws_a_sheet_of_held_ones() {
    let encoder = encoder();
    with_library(|library| {
        let learning = Device::flex().autodiff();
        let config = instruct::Config {
            channels: 4,
            widths: vec![16, 32],
            attends: vec![false, true],
            head: 16,
            groups: 8,
            ..instruct::Config::default()
        };
        let net = Instruct::new(&config, 1, &learning, Precision::F32).unwrap();
        let mixture = Mixture {
            shares: Shares::default(),
        };
        let stage = Stage {
            library,
            scenes: mixture,
            seed: 1,
            shown: 3,
        };
        let lesson = |device: &Device| Draw {
            examples: &stage,
            encoder: Remembered::new(&encoder),
            device: device.clone(),
            batch: 6,
            seed: 1,
        };
        let plain = Device::flex();
        // Steps that are not among those that are learnt from.
        let loss = |net: &Instruct| -> f32 {
            let mut lesson = lesson(&plain);
            let each = |step| lesson.loss(net, step).into_scalar::<f32>();
            (1000..1008).map(each).sum::<f32>() / 8.0
        };
        let before = loss(&net.valid());
        assert!((0.2..5.0).contains(&before), "{before}");
        assert_eq!(before, loss(&net.valid()));
        let pace = Pace {
            steps: 60,
            rate: 4e-3,
            warmup: 5,
            average: 0.9,
            sample_every: 100,
            ..Pace::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let mut teacher = lesson(&learning);
        let learnt = train(&mut teacher, net.clone(), &pace, folder.path(), &mut ()).unwrap();
        let after = loss(&learnt);
        assert!(after < 0.85 * before, "{before} became {after}");
        let sheet = stage.sheet(&net.valid(), &encoder);
        assert_eq!(sheet.width(), 2 + 3 * 18);
        assert_eq!((sheet.height() - 2) % 18, 0);
        let plain = Stage {
            library,
            scenes: Captioned,
            seed: 1,
            shown: 0,
        };
        assert_eq!(plain.example(0, 0).latents.len(), 4 * 16);
    });
}

#[test]
fn a_text_is_remembered_as_it_was_read() {
    let encoder = encoder();
    let remembered = Remembered::new(&encoder);
    let device = Device::flex();
    let texts = [
        "[ref#1] red apple",
        "a much longer text of [ref#2] a blue car",
        "key",
    ];
    let first = remembered.read(&texts, &device).unwrap();
    let plain = encoder.encode(&texts, first.mask.dims()[1]).unwrap().text;
    assert_close(&first.mask, &plain.mask, 0.0);
    let present = plain.mask.clone().unsqueeze_dim::<3>(2);
    assert_close(&first.features, &(plain.features * present), 2e-3);
    assert_eq!(
        first.markers.to_data().as_slice::<i32>().unwrap(),
        plain.markers.to_data().as_slice::<i32>().unwrap()
    );
    let again = remembered.read(&texts[..1], &device).unwrap();
    let tokens = again.mask.dims()[1];
    assert!(tokens < first.mask.dims()[1]);
    let part = first.features.narrow(0, 0, 1).narrow(1, 0, tokens);
    assert_close(&again.features, &part, 0.0);
}
