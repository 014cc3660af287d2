//! `picture.AdjustColor`.

use weft_node::{Context, Inputs, Node, Result, value::Image};
use weft_vision::color::{Adjustment, adjusted};

/// Change brightness, contrast, saturation and gamma.
///
/// In this order, on sRGB-encoded colour: `x + brightness`, `(x - 0.5) * contrast + 0.5`, away from luma
/// by `saturation`, `x ^ (1 / gamma)`. Alpha stays.
#[derive(Inputs)]
pub struct AdjustColor {
    /// Picture to change.
    pub image: Image,
    /// What is added.
    #[input(default = 0.0, range = -1.0..=1.0)]
    pub brightness: f32,
    /// Factor of the distance from middle grey; 1 changes nothing.
    #[input(default = 1.0, range = 0.0..=8.0)]
    pub contrast: f32,
    /// Factor of the distance from luma; 1 changes nothing, 0 leaves grey.
    #[input(default = 1.0, range = 0.0..=8.0)]
    pub saturation: f32,
    /// Gamma; above 1 brightens the middle, 1 changes nothing.
    #[input(default = 1.0, range = 0.05..=20.0)]
    pub gamma: f32,
}

impl Node for AdjustColor {
    const ID: &'static str = "picture.AdjustColor";
    type Output = Image;

    fn run(self, _: &mut Context) -> Result<Image> {
        let Self {
            image,
            brightness,
            contrast,
            saturation,
            gamma,
        } = self;
        Ok(adjusted(
            &image,
            Adjustment {
                brightness,
                contrast,
                saturation,
                gamma,
            },
        ))
    }
}
