//! What SwinIR and HAT share: the way in, dense layers, groups of blocks with a short cut, and the ways out.

mod frame;
mod parts;
mod tail;

pub(super) use frame::{Frame, Shape};
pub(super) use parts::{Dense, Residual, channels_first, channels_last};
