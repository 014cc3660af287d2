//! Drawings as pixels, and pixels as small files.

use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

use burn::tensor::{Device, Tensor, TensorData};
use image::{
    ExtendedColorType, ImageEncoder, ImageFormat,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};
use resvg::{tiny_skia, usvg};
use weft_vision::{
    geometry::put,
    resample::{Filter, resize},
};

/// Draws an SVG as large as fits into a square, in its middle, as straight RGBA.
pub(super) fn svg(text: &str, side: usize) -> Result<Vec<u8>, String> {
    // A drawing that the renderer does not survive costs one picture, not the data set.
    catch_unwind(AssertUnwindSafe(|| drawn(text, side)))
        .unwrap_or_else(|_| Err("the renderer panicked".to_owned()))
}

fn drawn(text: &str, side: usize) -> Result<Vec<u8>, String> {
    let tree =
        usvg::Tree::from_str(text, &usvg::Options::default()).map_err(|why| why.to_string())?;
    let canvas = side as f32;
    let (width, height) = (tree.size().width(), tree.size().height());
    let scale = canvas / width.max(height);
    let to_middle = tiny_skia::Transform::from_scale(scale, scale).post_translate(
        (canvas - scale * width) / 2.0,
        (canvas - scale * height) / 2.0,
    );
    let mut pixels =
        tiny_skia::Pixmap::new(side as u32, side as u32).ok_or("the side is out of range")?;
    resvg::render(&tree, to_middle, &mut pixels.as_mut());
    visible(pixels.take_demultiplied())
}

/// Reads a WebP and makes it as large as fits into a square, in its middle, as straight RGBA.
pub(super) fn webp(bytes: &[u8], side: usize) -> Result<Vec<u8>, String> {
    let read = image::load_from_memory_with_format(bytes, ImageFormat::WebP)
        .map_err(|why| why.to_string())?;
    let read = read.into_rgba8();
    let (width, height) = (read.width() as usize, read.height() as usize);
    let pixels = TensorData::new(read.into_raw(), [1, height, width, 4]).convert::<f32>();
    let pixels = Tensor::<4>::from_data(pixels, &Device::flex()).permute([0, 3, 1, 2]) / 255.0;

    let longer = width.max(height);
    let fit = |length: usize| ((length * side + longer / 2) / longer).max(1);
    let (rows, columns) = (fit(height), fit(width));
    let small = resize(pixels, (rows, columns), Filter::Lanczos);
    let ground = Tensor::zeros([1, 4, side, side], &Device::flex());
    let square = put(ground, small, ((side - rows) / 2, (side - columns) / 2));
    let numbers = (square.permute([0, 2, 3, 1]) * 255.0)
        .round()
        .try_into_vec_as::<f32>();
    let mut pixels: Vec<u8> = numbers
        .map_err(|why| why.to_string())?
        .into_iter()
        .map(|number| number as u8)
        .collect();
    for pixel in pixels.chunks_exact_mut(4).filter(|pixel| pixel[3] == 0) {
        pixel.fill(0);
    }
    visible(pixels)
}

/// Refuses what shows nothing.
fn visible(pixels: Vec<u8>) -> Result<Vec<u8>, String> {
    if pixels.chunks_exact(4).all(|pixel| pixel[3] == 0) {
        return Err("it is empty".to_owned());
    }
    Ok(pixels)
}

/// A square of RGBA as a PNG.
pub(super) fn packed(pixels: &[u8], side: usize) -> Result<Vec<u8>, String> {
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::Adaptive)
        .write_image(pixels, side as u32, side as u32, ExtendedColorType::Rgba8)
        .map_err(|why| why.to_string())?;
    Ok(png)
}

/// The pixels of [`packed`].
pub(super) fn unpacked(png: &[u8], side: usize) -> Result<Vec<u8>, String> {
    let mut reader = image::ImageReader::with_format(Cursor::new(png), ImageFormat::Png);
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(side as u32);
    limits.max_image_height = Some(side as u32);
    reader.limits(limits);
    let pixels = reader
        .decode()
        .map_err(|why| why.to_string())?
        .into_rgba8()
        .into_raw();
    if pixels.len() != 4 * side * side {
        return Err(format!("it is not {side} pixels wide and high"));
    }
    Ok(pixels)
}
