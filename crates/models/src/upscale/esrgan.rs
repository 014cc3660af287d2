//! ESRGAN (Wang et al., ECCVW 2018) and Real-ESRGAN (Wang et al., ICCVW 2021).

mod keys;
mod net;

pub(super) use net::Esrgan;
