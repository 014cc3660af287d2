//! `stable.BlendLatent`.

use weft_node::{Context, Error, Inputs, Node, Result, value::Mask};
use weft_tensor::moved;
use weft_vision::resample::{Filter, resize};

use crate::Latent;

/// Mix two latents of one size.
///
/// With a mask, the second counts where it is white, so that parts of two drawings meet.
#[derive(Inputs)]
pub struct BlendLatent {
    /// What there is at an amount of 0.
    pub first: Latent,
    /// What there is at an amount of 1.
    pub second: Latent,
    /// How much of the second there is.
    #[input(default = 0.5, range = 0.0..=1.0)]
    pub amount: f32,
    /// Where the second counts: white. Left out, everywhere.
    pub mask: Option<Mask>,
}

impl Node for BlendLatent {
    const ID: &'static str = "stable.BlendLatent";
    type Output = Latent;

    fn run(self, _: &mut Context) -> Result<Latent> {
        let (first, second) = (self.first.x.clone(), self.second.x.clone());
        let [dims, others] = [first.dims(), second.dims()];
        if dims[1..] != others[1..] || (dims[0] != others[0] && others[0] != 1) {
            let message =
                format!("{others:?} are not the {dims:?} of `first`; make both of one size");
            return Err(Error::input("second", message));
        }
        let scales = [self.first.scale, self.second.scale];
        if let [Some(one), Some(other)] = scales
            && one != other
        {
            let message = "latents of another family than `first`; blend pictures instead";
            return Err(Error::input("second", message));
        }
        let second = moved(second, &first.device());
        let difference = (second - first.clone()) * self.amount;
        let difference = match &self.mask {
            None => difference,
            Some(mask) => {
                let mask = moved(mask.coverage().narrow(0, 0, 1), &first.device());
                difference * resize(mask, (dims[2], dims[3]), Filter::Area)
            }
        };
        Ok(Latent {
            x: first + difference,
            scale: scales[0].or(scales[1]),
            factor: self.first.factor,
        })
    }
}
