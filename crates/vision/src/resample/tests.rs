//! Agreement with Pillow (fixtures/make.py), and what must hold by mathematics.

use burn::tensor::{Device, Tensor};
use weft_testing::{Tensors, assert_close, fixture, for_each_device, max_error, numbers};

use super::{Filter, resize};

const FILTERS: [(&str, Filter); 5] = [
    ("nearest", Filter::Nearest),
    ("area", Filter::Area),
    ("bilinear", Filter::Bilinear),
    ("bicubic", Filter::Bicubic),
    ("lanczos", Filter::Lanczos),
];

/// Calls `agree` with each filter, picture and result of Pillow whose name starts with `picture`.
fn with_each(picture: &str, mut agree: impl FnMut(Filter, Tensor<4>, Tensor<4>)) {
    let fixtures: Tensors = fixture(env!("CARGO_MANIFEST_DIR"), "fixtures/picture.safetensors");
    for_each_device(|device| {
        let before = fixtures.picture(picture, device);
        let mut count = 0;
        for (name, filter) in FILTERS {
            let start = format!("{picture}.{name}.");
            for name in fixtures.names().filter(|name| name.starts_with(&start)) {
                agree(filter, before.clone(), fixtures.picture(name, device));
                count += 1;
            }
        }
        assert!(count > 0, "no results for {picture}");
    });
}

fn like(pixels: Tensor<4>, expected: &Tensor<4>, filter: Filter) -> Tensor<4> {
    let [.., height, width] = expected.dims();
    resize(pixels, (height, width), filter)
}

#[test]
fn eight_bits_agree_with_pillow_to_one_step() {
    for picture in ["wide", "square"] {
        with_each(picture, |filter, before, expected| {
            // Pillow also rounds between the two axes, so before rounding it can be a little more than a step.
            let after = (like(before / 255.0, &expected, filter) * 255.0).round();
            assert_close(&after, &expected, 1.0);
        });
    }
}

#[test]
fn floats_agree_with_pillow() {
    with_each("soft", |filter, before, expected| {
        let tolerance = if filter == Filter::Nearest { 0.0 } else { 1e-5 };
        assert_close(&like(before, &expected, filter), &expected, tolerance);
    });
}

#[test]
fn colors_count_by_their_alpha() {
    with_each("clear", |filter, before, expected| {
        let after = like(before, &expected, filter);
        assert_close(&after, &expected, 1e-5);
    });
}

#[test]
fn nothing_changes_at_its_own_size() {
    let fixtures = fixture(env!("CARGO_MANIFEST_DIR"), "fixtures/picture.safetensors");
    for_each_device(|device| {
        let picture: Tensor<4> = fixtures.picture("clear", device);
        for (_, filter) in FILTERS {
            assert_close(&resize(picture.clone(), (47, 61), filter), &picture, 0.0);
        }
    });
}

#[test]
fn a_plain_picture_stays_plain_and_a_ramp_stays_a_ramp() {
    for_each_device(|device| {
        let flat = Tensor::full([1, 3, 31, 200], 0.37, device);
        let ramp = Tensor::<1>::from_data(
            (0..200)
                .map(|x| x as f32 / 200.0)
                .collect::<Vec<_>>()
                .as_slice(),
            device,
        );
        let ramp: Tensor<4> = ramp.reshape([1, 1, 1, 200]).expand([1, 1, 31, 200]);
        for (name, filter) in FILTERS {
            for size in [(7, 45), (90, 777)] {
                let plain = Tensor::full([1, 3, size.0, size.1], 0.37, device);
                assert_close(&resize(flat.clone(), size, filter), &plain, 1e-6);
                if filter == Filter::Nearest {
                    continue;
                }
                let steps = numbers(&resize(ramp.clone(), size, filter).narrow(2, 3, 1));
                let steps: Vec<_> = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
                assert!(
                    steps.iter().all(|step| *step > -1e-5),
                    "{name} bends a ramp"
                );
            }
        }
    });
}

#[test]
fn shrinking_by_a_whole_factor_takes_the_mean_of_squares() {
    for_each_device(|device| {
        let board: Vec<f32> = (0..64).map(|i| ((i % 8 + i / 8) % 2) as f32).collect();
        let board: Tensor<4> =
            Tensor::<1>::from_data(board.as_slice(), device).reshape([1, 1, 8, 8]);
        let grey = Tensor::full([1, 1, 4, 4], 0.5, device);
        assert_close(&resize(board, (4, 4), Filter::Area), &grey, 1e-6);
    });
}

#[test]
fn blocks_meet_without_a_seam() {
    // 200 outputs are more than one block: each part must equal what it is in a narrower picture.
    let device = Device::flex();
    let fixtures = fixture(env!("CARGO_MANIFEST_DIR"), "fixtures/picture.safetensors");
    let tile: Tensor<4> = fixtures.picture("soft", &device);
    let row = tile.clone().repeat_dim(3, 8);
    let whole = resize(row.clone(), (47, 8 * 61 / 2), Filter::Lanczos);
    for start in [0, 2, 4] {
        let part = resize(
            row.clone().narrow(3, start * 61, 4 * 61),
            (47, 122),
            Filter::Lanczos,
        );
        let inner = (6, 110);
        let same = whole.clone().narrow(3, start * 61 / 2 + inner.0, inner.1);
        assert!(max_error(&part.narrow(3, inner.0, inner.1), &same) < 1e-6);
    }
}

#[test]
fn a_batch_is_resized_picture_by_picture() {
    for_each_device(|device| {
        let fixtures = fixture(env!("CARGO_MANIFEST_DIR"), "fixtures/picture.safetensors");
        let one: Tensor<4> = fixtures.picture("clear", device);
        let other = one.clone().flip([2]);
        let both = resize(
            Tensor::cat(vec![one.clone(), other.clone()], 0),
            (20, 90),
            Filter::Bicubic,
        );
        for (i, picture) in [one, other].into_iter().enumerate() {
            let alone = resize(picture, (20, 90), Filter::Bicubic);
            assert_close(&both.clone().narrow(0, i, 1), &alone, 1e-6);
        }
    });
}
