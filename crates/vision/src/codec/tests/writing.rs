//! Pictures to bytes.

use burn::tensor::{Device, Tensor, TensorData};
use weft_value::{ColorSpace, Image};

use super::{image, numbers};
use crate::codec::{CodecError, EncodeOptions, Format, decode, encode};

fn options(format: Format, bits: u8) -> EncodeOptions<'static> {
    EncodeOptions {
        format,
        bits,
        ..EncodeOptions::default()
    }
}

fn there_and_back(image: &Image, options: &EncodeOptions<'_>) -> Image {
    decode(&encode(image, options).unwrap(), &Device::flex())
        .unwrap()
        .image
}

/// Every number of `full` in each channel count, so that all of them are written once.
fn all_numbers(channels: usize, full: usize) -> Image {
    let side = (full + 1).isqrt();
    let count = channels * side * side;
    let numbers =
        (0..count).map(|at| ((at + at / (side * side)) % (full + 1)) as f32 / full as f32);
    image(numbers.collect(), [1, channels, side, side])
}

#[test]
fn all_numbers_of_eight_bits_come_back_exactly() {
    for format in [Format::Png, Format::Tiff, Format::Webp] {
        for channels in [1, 3, 4] {
            let image = all_numbers(channels, 255);
            let back = there_and_back(&image, &options(format, 8));
            let mut wanted = numbers(&image);
            if format == Format::Webp && channels == 1 {
                wanted = wanted.repeat(3); // WebP has no grey
            }
            assert_eq!(numbers(&back), wanted, "{format:?} {channels}");
        }
    }
}

#[test]
fn all_numbers_of_sixteen_bits_come_back_exactly() {
    for format in [Format::Png, Format::Tiff] {
        for channels in [1, 3, 4] {
            let image = all_numbers(channels, 65535);
            let back = there_and_back(&image, &options(format, 16));
            assert_eq!(back.channels(), channels);
            assert!(numbers(&back) == numbers(&image), "{format:?} {channels}");
        }
    }
}

#[test]
fn values_are_rounded_to_nearest_clipped_and_made_numbers() {
    let values = vec![
        0.49 / 255.0,
        0.51 / 255.0,
        99.4 / 255.0,
        1.7,
        -0.2,
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
    ];
    let back = there_and_back(&image(values, [1, 1, 2, 4]), &options(Format::Png, 8));
    let back: Vec<f32> = numbers(&back).iter().map(|value| value * 255.0).collect();
    assert_eq!(back, [0.0, 1.0, 99.0, 255.0, 0.0, 0.0, 255.0, 0.0]);
}

#[test]
fn linear_light_is_encoded_and_alpha_is_not() {
    // IEC 61966-2-1: 0.5 of the light is written as 188, the straight part near black as 12.92 times.
    let pixels = vec![0.5, 0.002, 1.0, 0.5];
    let pixels = Tensor::from_data(TensorData::new(pixels, [1, 4, 1, 1]), &Device::flex());
    let back = there_and_back(
        &Image::in_space(pixels, ColorSpace::Linear),
        &options(Format::Png, 8),
    );
    let back: Vec<f32> = numbers(&back).iter().map(|value| value * 255.0).collect();
    assert_eq!(back, [188.0, 7.0, 255.0, 128.0]);
}

#[test]
fn a_jpeg_is_laid_on_white() {
    // Red, half covered, over white is pink; nothing over white is white.
    let clear = [[1.0; 64], [0.0; 64], [0.0; 64], [0.0; 64]].concat();
    let half = [[1.0; 64], [0.0; 64], [0.0; 64], [0.5; 64]].concat();
    for (pixels, wanted) in [(half, [255.0, 127.5, 127.5]), (clear, [255.0; 3])] {
        let back = there_and_back(&image(pixels, [1, 4, 8, 8]), &options(Format::Jpeg, 8));
        assert_eq!(back.channels(), 3);
        for (channel, wanted) in numbers(&back).chunks(64).zip(wanted) {
            assert!(
                channel
                    .iter()
                    .all(|value| (value * 255.0 - wanted).abs() < 3.0),
                "{wanted}"
            );
        }
    }
}

#[test]
fn grey_stays_grey_in_a_jpeg_and_quality_costs_bytes() {
    let image = all_numbers(1, 255);
    assert_eq!(
        there_and_back(&image, &options(Format::Jpeg, 8)).channels(),
        1
    );
    let size = |quality| {
        let options = EncodeOptions {
            quality,
            ..options(Format::Jpeg, 8)
        };
        encode(&image, &options).unwrap().len()
    };
    assert!(size(30) < size(95));
}

#[test]
fn what_a_format_does_not_hold_is_refused_with_a_cure() {
    let grey = image(vec![0.5], [1, 1, 1, 1]);
    for format in [Format::Jpeg, Format::Webp] {
        let error = encode(&grey, &options(format, 16)).unwrap_err();
        assert!(
            error.to_string().contains("take 8, or save as PNG or TIFF"),
            "{error}"
        );
    }
    assert!(matches!(
        encode(&grey, &options(Format::Png, 12)),
        Err(CodecError::Bits { bits: 12, .. })
    ));
    let two = image(vec![0.5; 2], [2, 1, 1, 1]);
    assert_eq!(
        encode(&two, &options(Format::Png, 8)),
        Err(CodecError::Batch(2))
    );
    let pair = image(vec![0.5; 2], [1, 2, 1, 1]);
    assert_eq!(
        encode(&pair, &options(Format::Png, 8)),
        Err(CodecError::Channels(2))
    );
    let zero = EncodeOptions {
        quality: 0,
        ..options(Format::Jpeg, 8)
    };
    assert_eq!(encode(&grey, &zero), Err(CodecError::Quality(0)));
    let long = image(vec![0.5; 16385], [1, 1, 1, 16385]);
    assert!(matches!(
        encode(&long, &options(Format::Webp, 8)),
        Err(CodecError::TooLargeFor { limit: 16384, .. })
    ));
    let empty = Image::new(Tensor::zeros([1, 3, 0, 5], &Device::flex()));
    assert_eq!(
        encode(&empty, &options(Format::Png, 8)),
        Err(CodecError::NoPixels {
            width: 5,
            height: 0
        })
    );
}

#[test]
fn extensions_name_formats() {
    for format in [Format::Png, Format::Jpeg, Format::Webp, Format::Tiff] {
        assert_eq!(
            Format::from_extension(&format.extension().to_uppercase()),
            Some(format)
        );
    }
    assert_eq!(Format::from_extension("heic"), None);
}
