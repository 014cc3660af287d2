//! Pictures in rows and columns, to be looked at.

use burn::tensor::Tensor;
use image::{Rgb, RgbImage};

/// Pixels between pictures.
const GAP: usize = 2;

/// A sheet of pictures, `columns` in a row, from the left and from the top.
///
/// # Shapes
/// each `[batch, 3, height, width]` of one size, sRGB-encoded, -1..=1; a batch is as many pictures
pub fn sheet(pictures: &[Tensor<4>], columns: usize) -> RgbImage {
    let Some([_, _, height, width]) = pictures.first().map(Tensor::dims) else {
        return RgbImage::new(1, 1);
    };
    let count: usize = pictures.iter().map(|batch| batch.dims()[0]).sum();
    let columns = columns.clamp(1, count.max(1));
    let side = |pictures: usize, pixels: usize| (pictures * (pixels + GAP) + GAP) as u32;
    let size = [side(columns, width), side(count.div_ceil(columns), height)];
    let mut sheet = RgbImage::from_pixel(size[0], size[1], Rgb([128; 3]));
    let planes = pictures.iter().flat_map(|batch| batch.clone().split(1, 0));
    for (place, picture) in planes.enumerate() {
        let values = picture
            .into_data()
            .try_into_vec::<f32>()
            .unwrap_or_default();
        let corner = [
            place % columns * (width + GAP) + GAP,
            place / columns * (height + GAP) + GAP,
        ];
        for pixel in 0..height * width {
            let channel = |c: usize| {
                ((values[c * height * width + pixel] + 1.0) * 127.5)
                    .round()
                    .clamp(0.0, 255.0) as u8
            };
            let [x, y] = [corner[0] + pixel % width, corner[1] + pixel / width];
            sheet.put_pixel(
                x as u32,
                y as u32,
                Rgb([channel(0), channel(1), channel(2)]),
            );
        }
    }
    sheet
}
