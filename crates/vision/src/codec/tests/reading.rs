//! Every sort of file that is read.

use super::{HEIGHT, WIDTH, grey, numbers, planes, read, rgba, wide};

/// The numbers of the file, exactly, as they are divided by the full range.
fn assert_exact(name: &str, bits: u8, wanted: &[usize]) {
    let decoded = read(name);
    assert_eq!(decoded.bits, bits, "{name}");
    assert_eq!(decoded.image.dims()[2..], [HEIGHT, WIDTH], "{name}");
    let full = if bits == 16 { 65535.0 } else { 255.0 };
    let wanted: Vec<f32> = wanted.iter().map(|&number| number as f32 / full).collect();
    assert_eq!(numbers(&decoded.image), wanted, "{name}");
}

#[test]
fn eight_bits_without_loss_are_read_exactly() {
    for name in ["rgb.png", "rgb.webp", "rgb.bmp", "rgb.ppm"] {
        assert_exact(name, 8, &planes(3, rgba));
    }
    assert_exact("rgba.png", 8, &planes(4, rgba));
    assert_exact("rgba.webp", 8, &planes(4, rgba));
    assert_exact("grey.png", 8, &planes(1, grey));
    assert_exact("grey_alpha.png", 8, &planes(4, grey));
}

#[test]
fn sixteen_bits_are_read_exactly() {
    for name in ["rgb_16.png", "rgb_16.tiff"] {
        assert_exact(name, 16, &planes(3, |c, x, y| wide(rgba(c, x, y), x)));
    }
    assert_exact(
        "rgba_16.png",
        16,
        &planes(4, |c, x, y| wide(rgba(c, x, y), x)),
    );
    assert_exact(
        "grey_16.png",
        16,
        &planes(1, |c, x, y| wide(grey(c, x, y), x)),
    );
    assert_exact(
        "grey_alpha_16.png",
        16,
        &planes(4, |c, x, y| wide(grey(c, x, y), x)),
    );
}

#[test]
fn floats_are_taken_as_they_are() {
    assert_exact("rgb_float.tiff", 32, &planes(3, rgba));
    assert_exact("grey_float.tiff", 32, &planes(1, grey));
    assert_exact("grey_float_turned.tiff", 32, &planes(1, grey));
}

#[test]
fn a_single_bit_becomes_black_and_white() {
    assert_exact("bits_1.png", 8, &planes(1, |_, x, y| (x + y) % 2 * 255));
}

#[test]
fn one_pixel_is_a_picture() {
    let image = read("one.png").image;
    assert_eq!(image.dims(), [1, 3, 1, 1]);
    assert_eq!(numbers(&image), [1.0, 128.0 / 255.0, 0.0]);
}

/// The six blocks of the JPEG fixtures, `at(channel, column, row)`.
fn block(channel: usize, column: usize, row: usize) -> usize {
    const COLORS: [[usize; 4]; 6] = [
        [200, 40, 40, 255],
        [40, 180, 60, 255],
        [50, 70, 210, 255],
        [230, 220, 60, 255],
        [30, 30, 30, 255],
        [240, 240, 240, 255],
    ];
    COLORS[row * 3 + column][channel]
}

fn assert_blocks(name: &str, channels: usize, tolerance: f32) {
    let image = read(name).image;
    assert_eq!(image.dims(), [1, channels, HEIGHT, WIDTH], "{name}");
    let wanted = planes(channels, |c, x, y| block(c, x / 8, y / 8));
    for (at, (got, wanted)) in numbers(&image).iter().zip(wanted).enumerate() {
        let off = (got * 255.0 - wanted as f32).abs();
        assert!(off <= tolerance, "{name}: number {at} is off by {off}");
    }
}

#[test]
fn all_eight_orientations_are_seen_upright() {
    for orientation in 1..=8 {
        assert_blocks(&format!("orientation_{orientation}.jpg"), 3, 3.0);
    }
}

#[test]
fn orientation_is_found_in_every_format_that_holds_it() {
    for name in [
        "orientation_6.png",
        "orientation_6.webp",
        "orientation_6.tiff",
    ] {
        assert_blocks(name, 3, 0.01);
    }
}

#[test]
fn palettes_become_colours() {
    assert_blocks("palette.png", 3, 0.01);
}

#[test]
fn a_clear_colour_of_a_palette_becomes_alpha() {
    let image = read("palette_alpha.png").image;
    assert_eq!(image.dims(), [1, 4, HEIGHT, WIDTH]);
    let alpha = &numbers(&image)[3 * WIDTH * HEIGHT..];
    assert_eq!((alpha[0], alpha[WIDTH - 1]), (0.0, 1.0));
}

#[test]
fn the_first_frame_of_an_animation_is_read() {
    assert_blocks("two_frames.gif", 4, 0.01);
}

#[test]
fn progressive_and_grey_jpegs_are_read() {
    assert_blocks("progressive.jpg", 3, 3.0);
    assert_eq!(read("grey.jpg").image.dims(), [1, 1, HEIGHT, WIDTH]);
}
