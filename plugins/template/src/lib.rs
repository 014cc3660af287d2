//! A plugin with one node, to start from.

use weft_node::{Context, Image, Inputs, Node, Pack, Result, node};

const PACK: Pack =
    Pack::new("weft.template", &[node::<Tint>()]).with_version(env!("CARGO_PKG_VERSION"));

weft_node::export!(PACK);

/// Pulls every colour towards another one.
#[derive(Inputs)]
pub struct Tint {
    /// Picture to tint.
    pub image: Image,
    /// Colour to pull towards.
    #[input(default = "#ff8800")]
    pub color: weft_node::Color,
    /// How far: 0 leaves the picture as it is, 1 leaves the colour alone.
    #[input(default = 0.5, range = 0.0..=1.0)]
    pub amount: f32,
}

impl Node for Tint {
    const ID: &str = "weft.template.Tint";
    type Output = Image;

    fn run(self, context: &mut Context) -> Result<Image> {
        let (dims, amount) = (self.image.dims(), self.amount);
        let [_, channels, height, width] = dims;
        let mut pixels = self.image.pixels()?;
        let planes = pixels.len() / (height * width);
        for (index, plane) in pixels.chunks_mut(height * width).enumerate() {
            // A progress bar for the user, and the place where a run can be stopped.
            context.step(index, planes)?;
            // Numbers lie channel after channel; alpha, if there is any, stays.
            if let Some(target) = self.color.0[..3].get(index % channels) {
                plane
                    .iter_mut()
                    .for_each(|it| *it += (target - *it) * amount);
            }
        }
        Ok(Image::new(dims, pixels)?.in_space(self.image.space()))
    }
}

#[cfg(test)]
mod tests {
    use weft_node::Color;

    use super::*;

    #[test]
    fn a_full_tint_leaves_the_colour_alone() {
        let image = Image::new([1, 3, 1, 2], vec![0.0, 1.0, 0.5, 0.5, 0.2, 0.4]).unwrap();
        let tint = Tint {
            image,
            color: Color([1.0, 0.5, 0.0, 1.0]),
            amount: 1.0,
        };
        let tinted = tint.run(&mut Context::detached()).unwrap();
        assert_eq!(tinted.pixels().unwrap(), [1.0, 1.0, 0.5, 0.5, 0.0, 0.0]);
    }
}
