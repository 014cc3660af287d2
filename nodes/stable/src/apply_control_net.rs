//! `stable.ApplyControlNet`.

use weft_node::{
    Context, Error, Facts, Inputs, Node, Result,
    value::{ColorSpace, Image},
};
use weft_vision::color::{in_space, rgb};

use crate::{
    ControlNet, StableModel,
    guides::{Control, Part},
};

/// Lead a model by a picture through a ControlNet.
///
/// The picture is what the ControlNet was trained with, such as edges, and is brought to the size of the drawing. Several
/// are given one after the other, and what they say adds up. At a strength of 0 nothing changes.
#[derive(Inputs)]
pub struct ApplyControlNet {
    /// The model to lead.
    pub model: StableModel,
    /// The ControlNet, of the family of the model.
    pub control: ControlNet,
    /// What leads it; of several pictures, the first.
    pub image: Image,
    /// How much it counts; 1 is as it was trained.
    #[input(default = 1.0, range = 0.0..=10.0)]
    pub strength: f32,
    /// Where it begins on the way from noise, 0, to picture, 1, in time of training.
    #[input(default = 0.0, range = 0.0..=1.0)]
    pub start: f64,
    /// Where it ends.
    #[input(default = 1.0, range = 0.0..=1.0)]
    pub end: f64,
}

/// Refuses a part of the way that ends before it begins.
///
/// # Errors
/// It does.
pub(crate) fn in_order(start: f64, end: f64) -> Result<()> {
    if start <= end {
        return Ok(());
    }
    let message = format!("{start} is above `end`, which is {end}; swap them");
    Err(Error::input("start", message))
}

/// The same of what is known before a run.
///
/// # Errors
/// Those of [`in_order`].
pub(crate) fn checked(facts: &Facts<'_>) -> Result<()> {
    match (facts.get("start"), facts.get("end")) {
        (Some(start), Some(end)) => in_order(start, end),
        _ => Ok(()),
    }
}

impl Node for ApplyControlNet {
    const ID: &'static str = "stable.ApplyControlNet";
    type Output = StableModel;

    fn check(facts: &Facts<'_>) -> Result<()> {
        checked(facts)
    }

    fn run(self, _: &mut Context) -> Result<StableModel> {
        in_order(self.start, self.end)?;
        let (led, model) = (&self.control.config.trunk, &self.model.config);
        let takes = [model.inputs, model.outputs].contains(&led.inputs);
        let is_fit = led.context == model.context
            && led.levels == model.levels
            && led.layers == model.layers
            && led.added == model.added;
        if !(is_fit && takes) {
            let message = format!(
                "it is for another family than the model, which is {}: it attends to texts of {} channels, the model \
                 to {}; take a ControlNet of that family\nin {}",
                self.model.family,
                led.context,
                model.context,
                self.control.source.path().display()
            );
            return Err(Error::input("control", message));
        }
        let picture = rgb(&in_space(&self.image, ColorSpace::Srgb)).narrow(0, 0, 1);
        let mut model = self.model;
        model.guides.controls.push(Control {
            net: self.control,
            picture,
            strength: self.strength,
            part: Part {
                from: self.start,
                to: self.end,
            },
        });
        Ok(model)
    }
}
