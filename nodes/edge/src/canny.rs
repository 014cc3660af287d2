//! `edge.Canny`.

use weft_node::{
    Context, Error, Facts, Inputs, Node, Result,
    value::{Image, Mask},
};
use weft_vision::{color::luma, edge};

/// Find thin, connected edges.
///
/// Blurs the luma, takes its Sobel gradient, thins that to ridges, and keeps the ridges above `high` with
/// all that is connected to them above `low` (Canny 1986). Raise `sigma` to lose texture, lower both
/// thresholds for pictures of little contrast. A sharp step from black to white has a gradient of 0.71.
#[derive(Inputs)]
pub struct Canny {
    /// Picture to search.
    pub image: Image,
    /// Standard deviation of the blur, in pixels.
    #[input(default = 1.4, range = 0.0..=16.0)]
    pub sigma: f32,
    /// Gradient below which nothing is an edge.
    #[input(default = 0.03, range = 0.0..=1.0)]
    pub low: f32,
    /// Gradient from which a ridge is always an edge.
    #[input(default = 0.06, range = 0.0..=1.0)]
    pub high: f32,
}

impl Node for Canny {
    const ID: &str = "edge.Canny";
    type Output = Mask;

    fn check(facts: &Facts<'_>) -> Result<()> {
        match (facts.get("low"), facts.get("high")) {
            (Some(low), Some(high)) => ordered(low, high),
            _ => Ok(()),
        }
    }

    fn run(self, _: &mut Context) -> Result<Mask> {
        ordered(self.low, self.high)?;
        edge::canny(luma(&self.image), self.sigma, self.low, self.high)
            .map(Mask::new)
            .map_err(|error| Error::Io(error.to_string()))
    }
}

fn ordered(low: f32, high: f32) -> Result<()> {
    if low <= high {
        return Ok(());
    }
    let message = format!("{low} is above `high`, which is {high}; swap them or lower `low`");
    Err(Error::input("low", message))
}
