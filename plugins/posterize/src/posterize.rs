//! Fewer tones.

use weft_node::{Choice, Context, Image, Inputs, Node, Result};

/// How the tones between two steps are shown.
#[derive(Choice, Clone, Copy, Debug, PartialEq)]
pub enum Dither {
    /// As the nearest step: bands with hard edges.
    None,
    /// As a pattern of both, by an ordered matrix of 4 × 4 (Bayer 1973).
    Bayer,
}

/// Leaves so many tones of each channel.
///
/// Each number goes to the nearest of `tones` equal steps from 0 to 1. Alpha stays as it is.
#[derive(Inputs)]
pub struct Posterize {
    /// Picture to posterize.
    pub image: Image,
    /// Tones of each channel.
    #[input(default = 4, range = 2..=256)]
    pub tones: u32,
    /// How the tones between two steps are shown.
    #[input(default = Dither::None)]
    pub dither: Dither,
}

/// The matrix of Bayer, 4 × 4, as thresholds around 0.
const BAYER: [[f32; 4]; 4] = [
    [-0.469, 0.031, -0.344, 0.156],
    [0.281, -0.219, 0.406, -0.094],
    [-0.281, 0.219, -0.406, 0.094],
    [0.469, -0.031, 0.344, -0.156],
];

/// The nearest of `tones` equal steps from 0 to 1, `nudge` steps on.
pub(crate) fn nearest(number: f32, tones: u32, nudge: f32) -> f32 {
    let steps = (tones - 1) as f32;
    (number.clamp(0.0, 1.0).mul_add(steps, nudge).round() / steps).clamp(0.0, 1.0)
}

impl Node for Posterize {
    const ID: &str = "weft.posterize.Posterize";
    type Output = Image;

    fn run(self, context: &mut Context) -> Result<Image> {
        let dims = self.image.dims();
        let [_, channels, height, width] = dims;
        let mut pixels = self.image.pixels()?;
        let planes = pixels.len() / (height * width);
        for (index, plane) in pixels.chunks_mut(height * width).enumerate() {
            context.step(index, planes)?;
            let is_alpha = index % channels == 3;
            if is_alpha {
                continue;
            }
            for (place, number) in plane.iter_mut().enumerate() {
                let nudge = match self.dither {
                    Dither::None => 0.0,
                    Dither::Bayer => BAYER[place / width % 4][place % width % 4],
                };
                *number = nearest(*number, self.tones, nudge);
            }
        }
        Ok(Image::new(dims, pixels)?.in_space(self.image.space()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posterized(dither: Dither, pixels: Vec<f32>, dims: [usize; 4]) -> Vec<f32> {
        let image = Image::new(dims, pixels).unwrap();
        let node = Posterize {
            image,
            tones: 2,
            dither,
        };
        node.run(&mut Context::detached())
            .unwrap()
            .pixels()
            .unwrap()
    }

    #[test]
    fn two_tones_are_black_and_white() {
        assert_eq!(
            posterized(Dither::None, vec![0.1, 0.6, 1.4, -3.0], [1, 1, 2, 2]),
            [0.0, 1.0, 1.0, 0.0]
        );
    }

    #[test]
    fn a_dithered_grey_is_half_white() {
        let dithered = posterized(Dither::Bayer, vec![0.5; 64], [1, 1, 8, 8]);
        assert_eq!(dithered.iter().sum::<f32>(), 32.0);
    }

    #[test]
    fn alpha_stays() {
        let one = posterized(Dither::None, vec![0.2, 0.2, 0.2, 0.3], [1, 4, 1, 1]);
        assert_eq!(one, [0.0, 0.0, 0.0, 0.3]);
    }
}
