//! `stable.ApplyIpAdapter`.

use weft_node::{Context, Error, Facts, Inputs, Node, Result};

use crate::{
    PictureTokens, StableModel,
    apply_control_net::{checked, in_order},
    guides::{Part, Shown},
};

/// Let a model attend to pictures as it does to text.
///
/// A model has one adapter; several pictures are shown to it as one batch. At a strength of 0 nothing changes.
#[derive(Inputs)]
pub struct ApplyIpAdapter {
    /// The model.
    pub model: StableModel,
    /// The pictures, from `EncodeImage`.
    pub pictures: PictureTokens,
    /// How much they count; 1 is as the adapter was trained.
    #[input(default = 1.0, range = 0.0..=10.0)]
    pub strength: f32,
    /// Where they begin to count on the way from noise, 0, to picture, 1, in time of training.
    #[input(default = 0.0, range = 0.0..=1.0)]
    pub start: f64,
    /// Where they cease to count.
    #[input(default = 1.0, range = 0.0..=1.0)]
    pub end: f64,
}

impl Node for ApplyIpAdapter {
    const ID: &'static str = "stable.ApplyIpAdapter";
    type Output = StableModel;

    fn check(facts: &Facts<'_>) -> Result<()> {
        checked(facts)
    }

    fn run(self, context: &mut Context) -> Result<StableModel> {
        in_order(self.start, self.end)?;
        let mut model = self.model;
        if model.guides.pictures.is_some() {
            let message = "it has an adapter already, and takes one; show several pictures to one `EncodeImage` as a batch";
            return Err(Error::input("model", message));
        }
        let (adapter, net) = (self.pictures.adapter.net(context)?, model.net(context)?);
        // The tensors are shared, so a copy to try with is cheap.
        let fitted = (*net).clone().with_adapter(&adapter);
        fitted.map_err(|why| {
            let message = format!(
                "{why}; the model is {}, take an adapter of that family\nin {}",
                model.family,
                self.pictures.adapter.source.path().display()
            );
            Error::input("pictures", message)
        })?;
        model.guides.pictures = Some(Shown {
            tokens: self.pictures,
            strength: self.strength,
            part: Part {
                from: self.start,
                to: self.end,
            },
        });
        Ok(model)
    }
}
