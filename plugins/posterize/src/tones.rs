//! A mask for each tone.

use weft_node::{Context, Image, Inputs, List, Mask, Node, Result};

use crate::posterize::nearest;

/// Takes a picture apart into its tones: one mask each, from dark to light.
///
/// The masks do not overlap, and together they cover the picture: print each in an ink of its own.
#[derive(Inputs)]
pub struct Tones {
    /// Picture to take apart.
    pub image: Image,
    /// How many tones.
    #[input(default = 3, range = 2..=16)]
    pub tones: u32,
}

impl Node for Tones {
    const ID: &str = "weft.posterize.Tones";
    type Output = List<Mask>;

    fn run(self, context: &mut Context) -> Result<List<Mask>> {
        let [batch, channels, height, width] = self.image.dims();
        let pixels = self.image.pixels()?;
        let luma = luma(&pixels, channels, height * width);
        let mask = |tone: u32| {
            context.step(tone as usize, self.tones as usize)?;
            let wanted = tone as f32 / (self.tones - 1) as f32;
            let is_it =
                |number: &f32| f32::from((nearest(*number, self.tones, 0.0) - wanted).abs() < 1e-3);
            Mask::new([batch, height, width], luma.iter().map(is_it).collect())
        };
        (0..self.tones).map(mask).collect()
    }
}

/// How light each pixel looks (ITU-R BT.709).
pub(crate) fn luma(pixels: &[f32], channels: usize, area: usize) -> Vec<f32> {
    let picture = |picture: &[f32]| -> Vec<f32> {
        match channels {
            1 => picture.to_vec(),
            _ => (0..area)
                .map(|at| {
                    0.2126 * picture[at]
                        + 0.7152 * picture[area + at]
                        + 0.0722 * picture[2 * area + at]
                })
                .collect(),
        }
    };
    pixels.chunks(channels * area).flat_map(picture).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_masks_cover_the_picture_once() {
        let pixels: Vec<f32> = (0..30).map(|n| n as f32 / 29.0).collect();
        let image = Image::new([1, 1, 5, 6], pixels).unwrap();
        let masks = Tones { image, tones: 4 }
            .run(&mut Context::detached())
            .unwrap();
        assert_eq!(masks.len(), 4);
        let coverage: Vec<_> = masks.iter().map(|mask| mask.coverage().unwrap()).collect();
        for place in 0..30 {
            assert_eq!(coverage.iter().map(|mask| mask[place]).sum::<f32>(), 1.0);
        }
    }
}
