//! The layers that the trained networks share, on the fast paths of `weft-tensor`.

mod attention;
mod conv;
mod dense;
mod maker;
mod residual;
mod time;

pub(crate) use attention::{apart, attended, scores};
pub(crate) use conv::{Conv, GroupNorm};
pub(crate) use dense::{LayerNorm, Linear};
pub use maker::Maker;
pub(crate) use residual::Residual;
pub(crate) use time::Time;
