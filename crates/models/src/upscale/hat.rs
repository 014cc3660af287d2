//! HAT, the hybrid attention transformer (Chen et al., CVPR 2023).

mod net;
mod overlap;

pub(super) use net::Hat;
