//! The layers that the trained networks share, on the fast paths of `weft-tensor`.

mod attention;
mod conv;
mod dense;
mod half;
mod maker;
mod residual;
mod shuffle;
mod sizes;
mod time;

pub(crate) use attention::{apart, attended, scores};
pub(crate) use conv::{Conv, GroupNorm};
pub(crate) use dense::{LayerNorm, Linear};
pub(crate) use half::{alike, fitted, typed};
pub use maker::Maker;
pub(crate) use residual::Residual;
pub(crate) use shuffle::{UNSHUFFLED, shuffle, unshuffle};
pub(crate) use sizes::{grouped, one_each};
pub(crate) use time::Time;
