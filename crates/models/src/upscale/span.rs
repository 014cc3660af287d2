//! SPAN, the swift parameter-free attention network (Wan et al., CVPRW 2024).

mod keys;
mod net;

pub(super) use net::Span;
