//! What the context does and does not, what learns, and the file: after the checks of the research note.

use burn::{
    optim::{GradientsParams, SgdConfig},
    tensor::{Device, Int, Tensor, TensorData},
};
use weft_tensor::{Precision, has_f16, set_f16};
use weft_testing::{assert_close, for_each_device, max_error, numbers};

use super::{Config, Context, Instruct, Place, References};
use crate::{
    Maker, Network, WeightsError,
    parameters::{
        Numbers, named_parameters,
        stirred::{by_name, stirred, unmoved},
    },
    text::Text,
};

fn tiny() -> Config {
    Config {
        channels: 2,
        widths: vec![8, 12],
        blocks: 1,
        attends: vec![false, true],
        head: 6,
        groups: 4,
        text: 10,
        index_embedding: true,
        spatial_features: true,
    }
}

fn fresh(config: &Config, device: &Device) -> Instruct {
    Instruct::new(config, 5, device, Precision::F32).unwrap()
}

/// A network whose new parts have learnt something.
fn learnt(config: &Config) -> Instruct {
    stirred(fresh(config, &Device::flex()), "")
}

fn waves<const D: usize>(shape: [usize; D], phase: f32, device: &Device) -> Tensor<D> {
    let count = shape.iter().product::<usize>();
    let values: Vec<f32> = (0..count)
        .map(|i| (i as f32 * 0.73 + phase).sin())
        .collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn latents(batch: usize, device: &Device) -> Tensor<4> {
    waves([batch, 2, 4, 4], 0.5, device)
}

/// Texts of five tokens, the last two of which are room; the second token is the marker of that number.
fn text(markers: &[i32], device: &Device) -> Text {
    let rows = markers.len();
    let ids = markers.iter().flat_map(|&marker| [0, marker, 0, 0, 0]);
    let mask = [1.0_f32, 1.0, 1.0, 0.0, 0.0].repeat(rows);
    Text {
        features: waves([rows, 5, 10], 2.0, device),
        mask: Tensor::from_data(TensorData::new(mask, [rows, 5]), device),
        markers: Tensor::<2, Int>::from_data(
            TensorData::new(ids.collect::<Vec<_>>(), [rows, 5]),
            device,
        ),
    }
}

/// One reference a place, each of another picture.
fn references(places: &[(usize, u8)], device: &Device) -> References {
    let markers: Vec<_> = places
        .iter()
        .map(|&(_, marker)| i32::from(marker))
        .collect();
    References {
        latents: waves([places.len(), 2, 4, 4], 1.0, device),
        text: text(&markers, device),
        places: places
            .iter()
            .map(|&(row, marker)| Place { row, marker })
            .collect(),
    }
}

fn velocity(network: &Instruct, batch: usize, context: &Context) -> Tensor<4> {
    let device = Device::flex();
    let time = waves([batch], 0.1, &device).abs();
    network.forward(
        latents(batch, &device),
        time,
        &text(&vec![1; batch], &device),
        context,
    )
}

fn context(network: &Instruct, places: &[(usize, u8)], batch: usize) -> Context {
    network.encode_context(&references(places, &Device::flex()), batch)
}

/// What the references give to the blocks on the way down, and where they lie.
fn found(context: &Context) -> Vec<Tensor<4>> {
    let [keys, values] = context.attended[0].pair.clone();
    let added = context.added.iter().cloned();
    [keys, values].into_iter().chain(added).collect()
}

fn all_equal(a: &[Tensor<4>], b: &[Tensor<4>]) -> bool {
    a.iter().zip(b).all(|(a, b)| max_error(a, b) == 0.0)
}

#[test]
fn batches_of_any_size_have_a_velocity_of_their_shape() {
    let network = learnt(&tiny());
    for batch in [1, 3, 5] {
        assert_eq!(
            velocity(&network, batch, &Context::default()).dims(),
            [batch, 2, 4, 4]
        );
        let context = context(&network, &[(0, 1), (0, 1), (0, 2), (0, 4)], batch);
        let seen = velocity(&network, batch, &context);
        assert_eq!(seen.dims(), [batch, 2, 4, 4]);
        assert!(numbers(&seen).iter().all(|number| number.is_finite()));
    }
}

#[test]
fn every_device_draws_the_same() {
    let seen = |device: &Device| {
        let network = stirred(fresh(&tiny(), device), "");
        let context = network.encode_context(&references(&[(0, 1), (1, 2), (1, 4)], device), 3);
        let time = waves([3], 0.1, device).abs();
        let seen = network.forward(
            latents(3, device),
            time,
            &text(&[1, 2, 3], device),
            &context,
        );
        seen.to_device(&Device::flex())
    };
    let wanted = seen(&Device::flex());
    for_each_device(|device| assert_close(&seen(device), &wanted, 1e-4));
}

#[test]
fn in_16_bits_a_graphics_adapter_draws_nearly_the_same() {
    let places = [(0, 1), (1, 2), (1, 4)];
    let seen = |network: &Instruct, device: &Device| {
        let context = network.encode_context(&references(&places, device), 3);
        let time = waves([3], 0.1, device).abs();
        let text = text(&[1, 2, 3], device);
        network.forward(latents(3, device), time, &text, &context)
    };
    let bytes = learnt(&tiny()).to_safetensors(Numbers::F32).unwrap();
    set_f16(true);
    for_each_device(|device| {
        let [whole, half] = [Precision::F32, Precision::Bf16]
            .map(|precision| seen(&Instruct::read(&bytes, device, precision).unwrap(), device));
        let most = numbers(&whole)
            .iter()
            .fold(0.0_f32, |most, x| most.max(x.abs()));
        let error = max_error(&half, &whole) / most;
        // The CPU has 8 bits of mantissa, an adapter 11.
        let bound = if has_f16(device) { 5e-3 } else { 4e-2 };
        assert!(error > 0.0 && error <= bound, "{error:e}");
    });
}

#[test]
fn the_context_comes_from_the_weights_of_the_way_down() {
    let network = learnt(&tiny());
    let places = [(0, 1), (1, 2)];
    let (before, seen) = (
        context(&network, &places, 2),
        velocity(&network, 2, &Context::default()),
    );
    for part in [
        "first.weight",
        "down.0.residuals.0.conv2",
        "down.0.shrink",
        "down.1.attention.0.text_attention",
    ] {
        let changed = stirred(network.clone(), part);
        assert!(
            !all_equal(&found(&context(&changed, &places, 2)), &found(&before)),
            "{part}"
        );
        assert!(
            max_error(&velocity(&changed, 2, &Context::default()), &seen) > 0.0,
            "{part}"
        );
    }
    for part in ["up.", "middle.", "last."] {
        let changed = stirred(network.clone(), part);
        assert!(
            all_equal(&found(&context(&changed, &places, 2)), &found(&before)),
            "{part}"
        );
    }
}

#[test]
fn references_add_nothing_until_the_new_layers_have_learnt() {
    let network = learnt(&tiny());
    // The new layers, as they start.
    let silent = stirred(fresh(&tiny(), &Device::flex()), "last.");
    let same = |network: &Instruct| {
        let context = context(network, &[(0, 1), (0, 2), (1, 3)], 2);
        max_error(
            &velocity(network, 2, &context),
            &velocity(network, 2, &Context::default()),
        ) == 0.0
    };
    assert!(same(&silent));
    assert!(!same(&network));
    for part in [
        "down.1.attention.0.context_attention.out",
        "spatial.convolutions",
    ] {
        assert!(!same(&stirred(silent.clone(), part)), "{part}");
    }
}

#[test]
fn hidden_and_missing_references_are_exactly_none() {
    let network = learnt(&tiny());
    let none = velocity(&network, 2, &Context::default());
    let whole = context(&network, &[(0, 1), (1, 2)], 2);
    assert_eq!(
        max_error(&velocity(&network, 2, &whole.hidden()), &none),
        0.0
    );
    let nothing = References {
        places: Vec::new(),
        ..references(&[(0, 1)], &Device::flex())
    };
    let nothing = network.encode_context(&nothing, 2);
    assert_eq!(max_error(&velocity(&network, 2, &nothing), &none), 0.0);
    let second = velocity(&network, 2, &context(&network, &[(1, 1), (1, 2)], 2));
    assert_eq!(
        max_error(
            &second.clone().narrow(0, 0, 1),
            &none.clone().narrow(0, 0, 1)
        ),
        0.0
    );
    assert!(max_error(&second.narrow(0, 1, 1), &none.narrow(0, 1, 1)) > 1e-4);
}

#[test]
fn a_picture_of_a_batch_is_drawn_as_if_alone() {
    let (network, device) = (learnt(&tiny()), Device::flex());
    let places = [(1, 1), (0, 2), (1, 3)];
    let together = velocity(&network, 2, &context(&network, &places, 2));
    let all = references(&places, &device);
    let rows = Tensor::<1, Int>::from_data([0, 2], &device);
    let own = References {
        latents: all.latents.select(0, rows.clone()),
        text: Text {
            features: all.text.features.select(0, rows.clone()),
            mask: all.text.mask.select(0, rows.clone()),
            markers: all.text.markers.select(0, rows),
        },
        places: vec![Place { row: 0, marker: 1 }, Place { row: 0, marker: 3 }],
    };
    let time = waves([2], 0.1, &device).abs().narrow(0, 1, 1);
    let whole = text(&[1, 1], &device);
    let second = Text {
        features: whole.features.narrow(0, 1, 1),
        mask: whole.mask.narrow(0, 1, 1),
        markers: whole.markers.narrow(0, 1, 1),
    };
    let context = network.encode_context(&own, 1);
    let alone = network.forward(latents(2, &device).narrow(0, 1, 1), time, &second, &context);
    assert_close(&together.narrow(0, 1, 1), &alone, 1e-4);
}

#[test]
fn guidance_in_one_call_is_that_of_several() {
    let network = learnt(&tiny());
    let device = Device::flex();
    let whole = context(&network, &[(0, 1), (0, 2)], 1);
    let both = Context::cat(&[whole.hidden(), whole.clone()]);
    let one = |context: &Context, rows: usize| {
        let latents = latents(1, &device).repeat_dim(0, rows);
        let time = Tensor::full([rows], 0.5, &device);
        let row = text(&[1], &device);
        let told = Text {
            features: row.features.repeat_dim(0, rows),
            mask: row.mask.repeat_dim(0, rows),
            markers: row.markers.repeat_dim(0, rows),
        };
        network.forward(latents, time, &told, context)
    };
    let seen = one(&both, 2);
    assert_close(
        &seen.clone().narrow(0, 0, 1),
        &one(&Context::default(), 1),
        1e-5,
    );
    assert_close(&seen.narrow(0, 1, 1), &one(&whole, 1), 1e-5);
}

#[test]
fn the_order_of_references_does_not_matter_and_their_markers_do() {
    for config in [tiny().as_in_the_paper(), tiny()] {
        let network = learnt(&config);
        let device = Device::flex();
        let given = references(&[(0, 1), (0, 2), (0, 1)], &device);
        let turned = References {
            latents: given.latents.clone().flip([0]),
            text: Text {
                features: given.text.features.clone().flip([0]),
                mask: given.text.mask.clone().flip([0]),
                markers: given.text.markers.clone().flip([0]),
            },
            places: given.places.iter().rev().copied().collect(),
        };
        let seen = velocity(&network, 1, &network.encode_context(&given, 1));
        let other = velocity(&network, 1, &network.encode_context(&turned, 1));
        assert_close(&other, &seen, 1e-5);
        // The second reference bears another marker in its text.
        let markers = text(&[1, 3, 1], &device).markers;
        let renamed = References {
            text: Text {
                markers,
                ..given.text.clone()
            },
            ..given.clone()
        };
        let other = velocity(&network, 1, &network.encode_context(&renamed, 1));
        assert!(max_error(&other, &seen) > 1e-5);
        // Only its number is another: the paper's wiring does not see it.
        let mut renumbered = given;
        renumbered.places[1].marker = 3;
        let other = velocity(&network, 1, &network.encode_context(&renumbered, 1));
        assert_eq!(max_error(&other, &seen) > 1e-6, config.index_embedding);
    }
}

#[test]
fn the_room_behind_a_text_is_not_seen() {
    let (network, device) = (learnt(&tiny()), Device::flex());
    let told = text(&[2], &device);
    let room = waves([1, 2, 10], 9.0, &device);
    let other = Text {
        features: Tensor::cat(vec![told.features.clone().narrow(1, 0, 3), room], 1),
        ..told.clone()
    };
    let seen = |text: &Text| {
        let time = Tensor::full([1], 0.5, &device);
        network.forward(latents(1, &device), time, text, &Context::default())
    };
    assert_eq!(max_error(&seen(&told), &seen(&other)), 0.0);
    let marked = Text {
        markers: text(&[3], &device).markers,
        ..told.clone()
    };
    assert!(max_error(&seen(&told), &seen(&marked)) > 1e-5);
    let silent = Text {
        mask: told.mask.zeros_like(),
        ..told.clone()
    };
    assert!(
        numbers(&seen(&silent))
            .iter()
            .all(|number| number.is_finite())
    );
}

#[test]
fn every_parameter_learns() {
    let device = Device::flex().autodiff();
    for config in [tiny(), tiny().as_in_the_paper()] {
        let network = stirred(fresh(&config, &device), "");
        let context = network.encode_context(&references(&[(0, 1), (1, 2), (1, 4)], &device), 2);
        let time = waves([2], 0.1, &device).abs();
        let seen = network.forward(latents(2, &device), time, &text(&[1, 2], &device), &context);
        let loss = (seen - 0.3).powi_scalar(2).mean();
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        assert_eq!(unmoved(&network, gradients), Vec::<String>::new());
    }
}

/// What one step of training finds: the loss before and after it, and the gradient of each parameter.
fn step(device: &Device) -> ([f32; 2], Vec<(String, Vec<f32>)>) {
    let device = device.clone().autodiff();
    let network = stirred(fresh(&tiny(), &device), "");
    let loss = |network: &Instruct| {
        let context = network.encode_context(&references(&[(0, 1), (1, 2), (1, 4)], &device), 2);
        let time = waves([2], 0.1, &device).abs();
        let seen = network.forward(latents(2, &device), time, &text(&[1, 2], &device), &context);
        (seen - 0.3).powi_scalar(2).mean()
    };
    let gradients = || GradientsParams::from_grads(loss(&network).backward(), &network);
    // Adam's first step has the sign of a gradient only, which noise decides where there is none.
    let mut optimizer = SgdConfig::new().init();
    let stepped = optimizer.step(1e-2, network.clone(), gradients());
    let losses = [&network, &stepped].map(|network| numbers(&loss(network))[0]);
    (losses, by_name(&network, gradients()))
}

#[test]
fn every_device_learns_the_same() {
    let (losses, gradients) = step(&Device::flex());
    assert!(losses[1] < losses[0], "{losses:?}");
    for_each_device(|device| {
        let (found, learned) = step(device);
        for (found, wanted) in found.iter().zip(losses) {
            assert!((found / wanted - 1.0).abs() < 1e-3, "{found}, not {wanted}");
        }
        assert_eq!(learned.len(), gradients.len());
        for ((name, found), (known, wanted)) in learned.iter().zip(&gradients) {
            assert_eq!((name, found.len()), (known, wanted.len()));
            let most = wanted.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
            let apart = found.iter().zip(wanted).map(|(a, b)| (a - b).abs());
            let apart = apart.fold(0.0, f32::max);
            assert!(apart < 1e-3 * most, "{name}: {apart} of {most}");
        }
    });
}

#[test]
fn the_context_attention_is_about_a_tenth_of_the_network() {
    for (config, name) in [
        (Config::default().as_in_the_paper(), "paper"),
        (Config::default(), "ours"),
    ] {
        let device = Device::flex();
        let network = Instruct::build(&config, &mut Maker::blank(&device, Precision::F32)).unwrap();
        let parameters = named_parameters(&network);
        let count = |is: fn(&str) -> bool| -> usize {
            let chosen = parameters.iter().filter(|parameter| is(&parameter.name));
            chosen.map(|parameter| parameter.values.len()).sum()
        };
        let attention = count(|name| name.contains(".context_") || name.contains(".reference_"));
        let added = count(|name| name.starts_with("spatial.") || name.starts_with("index."));
        let rest = count(|_| true) - attention - added;
        let growth = attention as f64 / rest as f64;
        println!(
            "{name}: {rest} + {attention} context attention ({:.1} %) + {added}",
            100.0 * growth
        );
        assert!((0.05..0.15).contains(&growth), "{growth}");
        assert_eq!(added > 0, config.spatial_features);
    }
}

#[test]
fn a_file_holds_the_whole_network() {
    let network = learnt(&tiny());
    for (kind, tolerance) in [(Numbers::F32, 0.0), (Numbers::F16, 2e-2)] {
        let bytes = network.to_safetensors(kind).unwrap();
        let read = Instruct::read(&bytes, &Device::flex(), Precision::F32).unwrap();
        let seen =
            |network: &Instruct| velocity(network, 1, &context(network, &[(0, 1), (0, 2)], 1));
        let error = max_error(&seen(&read), &seen(&network));
        assert!(error <= tolerance, "{error}");
        assert!(bytes == read.to_safetensors(kind).unwrap());
    }
    let names: Vec<_> = named_parameters(&network)
        .into_iter()
        .map(|parameter| parameter.name)
        .collect();
    for name in [
        "first.weight",
        "down.1.attention.0.context_attention.out.weight",
        "index.0",
        "reader.markers",
    ] {
        assert!(
            names.iter().any(|known| known == name),
            "{name} is none of {names:?}"
        );
    }
}

#[test]
fn a_file_with_one_changed_number_is_refused() {
    let mut bytes = learnt(&tiny()).to_safetensors(Numbers::F16).unwrap();
    let last = bytes.len() - 2;
    bytes[last] ^= 1;
    let refused = Instruct::read(&bytes, &Device::flex(), Precision::F32).unwrap_err();
    assert!(matches!(refused, WeightsError::Changed { .. }), "{refused}");
}

#[test]
fn sizes_that_do_not_go_together_are_told() {
    let told = |change: fn(&mut Config)| {
        let mut config = tiny();
        change(&mut config);
        Instruct::new(&config, 0, &Device::flex(), Precision::F32)
            .map(|_| ())
            .unwrap_err()
    };
    assert_eq!(told(|c| c.head = 5), "heads of 5 do not divide 12 channels");
    assert_eq!(told(|c| c.groups = 3), "3 groups do not divide 8 channels");
    assert_eq!(
        told(|c| c.attends = vec![true]),
        "attends is given for 1 levels, widths for 2"
    );
    assert!(
        told(|c| c.attends = vec![false, false]).starts_with("the deepest level has to attend")
    );
    assert!(told(|c| c.widths = Vec::new()).starts_with("an instruct model has 1 to 6 levels"));
}
