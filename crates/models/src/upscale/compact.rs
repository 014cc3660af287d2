//! The compact network of Real-ESRGAN (Wang et al., ICCVW 2021).

mod keys;
mod net;

#[cfg(test)]
mod tests;

pub(super) use net::Compact;
