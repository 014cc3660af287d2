//! Shapes, the scale of latents, what learns, and the file.

use burn::{
    optim::{AdamWConfig, GradientsParams},
    tensor::{Device, Tensor, TensorData},
};
use weft_tensor::Precision;
use weft_testing::{assert_close, for_each_device, max_error, mean_error, numbers};

use super::{Autoencoder, Config, Moments};
use crate::{
    Network, WeightsError,
    parameters::{
        Numbers, named_parameters,
        stirred::{stirred, unmoved},
    },
};

fn tiny() -> Config {
    Config {
        channels: 3,
        widths: vec![8, 12],
        blocks: vec![1, 1],
        groups: 4,
    }
}

fn fresh(device: &Device) -> Autoencoder {
    Autoencoder::new(&tiny(), 5, device, Precision::F32).unwrap()
}

fn picture(shape: [usize; 4], device: &Device) -> Tensor<4> {
    let count = shape.iter().product::<usize>();
    let values: Vec<f32> = (0..count).map(|i| (i as f32 * 0.37).sin()).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

#[test]
fn pictures_of_any_batch_and_format_come_back_in_their_size() {
    let network = fresh(&Device::flex());
    for [batch, height, width] in [[1, 8, 8], [3, 8, 12], [5, 4, 4]] {
        let latents = network.latents(picture([batch, 3, height, width], &Device::flex()));
        assert_eq!(latents.dims(), [batch, 3, height / 4, width / 4]);
        assert_eq!(network.picture(latents).dims(), [batch, 3, height, width]);
    }
}

#[test]
fn every_device_draws_the_same() {
    let seen = |device: &Device| {
        let network = stirred(fresh(device), "");
        let latents = network.latents(picture([3, 3, 8, 8], device));
        let seen = network.picture(latents.clone());
        (
            latents.to_device(&Device::flex()),
            seen.to_device(&Device::flex()),
        )
    };
    let wanted = seen(&Device::flex());
    for_each_device(|device| {
        let (latents, seen) = seen(device);
        assert_close(&latents, &wanted.0, 1e-4);
        assert_close(&seen, &wanted.1, 1e-4);
    });
}

#[test]
fn the_default_gives_16_by_16_by_8_of_128_pixels() {
    let network = Autoencoder::new(&Config::default(), 0, &Device::flex(), Precision::F32).unwrap();
    let latents = network.latents(Tensor::zeros([1, 3, 128, 128], &Device::flex()));
    assert_eq!(latents.dims(), [1, 8, 16, 16]);
    let count: usize = named_parameters(&network)
        .iter()
        .map(|p| p.values.len())
        .sum();
    println!("{count} parameters");
    assert!((1_500_000..2_500_000).contains(&count), "{count}");
}

#[test]
fn the_scale_is_taken_off_and_put_on_again() {
    let device = Device::flex();
    let network = stirred(fresh(&device), "");
    let rgb = picture([2, 3, 8, 8], &device);
    let (own, seen) = (
        network.encode(rgb.clone()).mean,
        network.decode(network.encode(rgb.clone()).mean),
    );
    let scaled = network.with_scale(vec![1.0, -2.0, 0.5], vec![2.0, 4.0, 0.25]);
    let row = |numbers: [f32; 3]| Tensor::<1>::from_data(numbers, &device).reshape([1, 3, 1, 1]);
    let wanted = (own - row([1.0, -2.0, 0.5])) / row([2.0, 4.0, 0.25]);
    let latents = scaled.latents(rgb);
    assert_close(&latents, &wanted, 1e-5);
    assert_close(&scaled.picture(latents), &seen.clamp(-1.0, 1.0), 1e-4);
}

#[test]
fn the_divergence_is_that_of_the_formula() {
    let full = |value: f32| Tensor::<4>::full([1, 2, 3, 3], value, &Device::flex());
    let of = |mean, log_variance| {
        numbers(
            &Moments {
                mean: full(mean),
                log_variance: full(log_variance),
            }
            .divergence(),
        )[0]
    };
    assert_eq!(of(0.0, 0.0), 0.0);
    assert!((of(2.0, 0.0) - 2.0).abs() < 1e-6);
    assert!((of(0.0, 1.0) - (std::f32::consts::E - 2.0) / 2.0).abs() < 1e-6);
}

#[test]
fn every_parameter_learns() {
    let device = Device::flex().autodiff();
    let network = stirred(fresh(&device), "");
    let moments = network.encode(picture([2, 3, 8, 8], &device));
    let seen = network.decode(moments.sample(picture([2, 3, 2, 2], &device)));
    let loss = (seen - 0.3).powi_scalar(2).mean() + moments.divergence();
    let gradients = GradientsParams::from_grads(loss.backward(), &network);
    assert_eq!(unmoved(&network, gradients), Vec::<String>::new());
}

#[test]
fn a_few_steps_bring_the_picture_closer() {
    let device = Device::flex().autodiff();
    let mut network = fresh(&device);
    let rgb = picture([2, 3, 8, 8], &device);
    let mut adam = AdamWConfig::new().init();
    let error = |network: &Autoencoder| {
        let seen = network.decode(network.encode(rgb.clone()).mean);
        mean_error(&seen.inner(), &rgb.clone().inner())
    };
    let before = error(&network);
    for _ in 0..30 {
        let seen = network.decode(network.encode(rgb.clone()).mean);
        let loss = (seen - rgb.clone()).powi_scalar(2).mean();
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        network = adam.step(1e-2, network, gradients);
    }
    let after = error(&network);
    assert!(after < 0.7 * before, "{before} to {after}");
}

#[test]
fn a_file_holds_the_whole_network() {
    let device = Device::flex();
    let network =
        stirred(fresh(&device), "").with_scale(vec![0.5, 0.25, -0.5], vec![1.5, 1.25, 2.0]);
    let rgb = picture([1, 3, 8, 8], &device);
    for (kind, tolerance) in [(Numbers::F32, 0.0), (Numbers::F16, 1e-2)] {
        let bytes = network.to_safetensors(kind).unwrap();
        assert!(bytes == network.to_safetensors(kind).unwrap());
        let read = Autoencoder::read(&bytes, &device, Precision::F32).unwrap();
        assert_eq!(read.config(), network.config());
        let error = max_error(&read.latents(rgb.clone()), &network.latents(rgb.clone()));
        assert!(error <= tolerance, "{error}");
        let pairs = named_parameters(&read)
            .into_iter()
            .zip(named_parameters(&network));
        for (read, own) in pairs {
            assert_eq!((&read.name, &read.shape), (&own.name, &own.shape));
            let near = |(a, b): (&f32, &f32)| {
                (a - b).abs() <= b.abs() * f32::from(tolerance > 0.0) / 1024.0 + 1e-7
            };
            assert!(
                read.values.iter().zip(&own.values).all(near),
                "{}",
                own.name
            );
        }
    }
}

#[test]
fn the_file_is_written_whole_beside_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("autoencoder.safetensors");
    let network = fresh(&Device::flex());
    std::fs::write(&path, "old").unwrap();
    network.write(&path, Numbers::F16).unwrap();
    assert!(std::fs::read(&path).unwrap() == network.to_safetensors(Numbers::F16).unwrap());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let error = network.write(&path.join("x"), Numbers::F16).unwrap_err();
    assert!(
        error.to_string().starts_with("cannot write file: "),
        "{error}"
    );
}

#[test]
fn a_number_too_large_for_f16_is_named() {
    let network = fresh(&Device::flex()).with_scale(vec![0.0, 1e6, 0.0], vec![1.0; 3]);
    let error = network
        .to_safetensors(Numbers::F16)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("latents.mean holds 1000000, which F16 cannot hold"),
        "{error}"
    );
    network.to_safetensors(Numbers::F32).unwrap();
}

#[test]
fn files_that_do_not_fit_are_told_apart() {
    let device = Device::flex();
    let network = fresh(&device);
    let read = |bytes: &[u8]| {
        Autoencoder::read(bytes, &device, Precision::F32)
            .map(|_| ())
            .unwrap_err()
    };
    let bytes = network.to_safetensors(Numbers::F16).unwrap();
    assert!(matches!(
        read(&bytes[..bytes.len() - 2]),
        WeightsError::Malformed(_)
    ));
    let text = |from: &str, to: &str| {
        let at = bytes
            .windows(from.len())
            .position(|part| part == from.as_bytes())
            .unwrap();
        let mut changed = bytes.clone();
        changed[at..at + to.len()].copy_from_slice(to.as_bytes());
        read(&changed).to_string()
    };
    let told = text("the autoencoder", "the autodecoder");
    assert!(
        told.ends_with("the autoencoder: it is of the autodecoder"),
        "{told}"
    );
    let told = text("groups\\\":4", "groups\\\":5");
    assert!(
        told.ends_with("5 groups do not divide 8 channels"),
        "{told}"
    );
    let told = text("channels\\\":3", "channels\\\":2");
    assert!(
        told.contains("\n  encoder.last.bias is [6], not [4]"),
        "{told}"
    );
}

#[test]
fn the_same_seed_gives_the_same_network() {
    let bytes = |seed| {
        let network = Autoencoder::new(&tiny(), seed, &Device::flex(), Precision::F32).unwrap();
        network.to_safetensors(Numbers::F32).unwrap()
    };
    assert!(bytes(1) == bytes(1) && bytes(1) != bytes(2));
}
