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
use weft_vision::resample::{Filter, resize};

/// Draws an SVG as large as fits into a square, in its middle, as straight RGBA.
pub(super) fn svg(text: &str, side: usize) -> Result<Vec<u8>, String> {
    // A drawing that the renderer does not survive costs one picture, not the data set.
    catch_unwind(AssertUnwindSafe(|| drawn(text, side))).unwrap_or_else(|_| Err("the renderer panicked".to_owned()))
}

fn drawn(text: &str, side: usize) -> Result<Vec<u8>, String> {
    let tree = usvg::Tree::from_str(text, &usvg::Options::default()).map_err(|why| why.to_string())?;
    let canvas = side as f32;
    let (width, height) = (tree.size().width(), tree.size().height());
    let scale = canvas / width.max(height);
    let to_middle = tiny_skia::Transform::from_scale(scale, scale)
        .post_translate((canvas - scale * width) / 2.0, (canvas - scale * height) / 2.0);
    let mut pixels = tiny_skia::Pixmap::new(side as u32, side as u32).ok_or("the side is out of range")?;
    resvg::render(&tree, to_middle, &mut pixels.as_mut());
    visible(pixels.take_demultiplied())
}

/// Reads a square WebP and makes it `side` wide, as straight RGBA.
pub(super) fn webp(bytes: &[u8], side: usize) -> Result<Vec<u8>, String> {
    let read = image::load_from_memory_with_format(bytes, ImageFormat::WebP).map_err(|why| why.to_string())?;
    let read = read.into_rgba8();
    let (width, height) = (read.width() as usize, read.height() as usize);
    if width != height {
        return Err(format!("it is {width} by {height}, not square"));
    }
    let pixels = TensorData::new(read.into_raw(), [height, width, 4]).convert::<f32>();
    let pixels = Tensor::<3>::from_data(pixels, &Device::flex()) / 255.0;
    let small = resize(pixels.permute([2, 0, 1]).unsqueeze(), (side, side), Filter::Lanczos);
    let small = (small.squeeze_dim::<3>(0).permute([1, 2, 0]) * 255.0).round();
    let numbers = small.try_into_vec_as::<f32>().map_err(|why| why.to_string())?;
    let mut pixels: Vec<u8> = numbers.into_iter().map(|number| number as u8).collect();
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
    let pixels = reader.decode().map_err(|why| why.to_string())?.into_rgba8().into_raw();
    if pixels.len() != 4 * side * side {
        return Err(format!("it is not {side} pixels wide and high"));
    }
    Ok(pixels)
}
