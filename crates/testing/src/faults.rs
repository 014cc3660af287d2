//! What is known to be wrong on graphics adapters, with the detour that Weft takes around it.

use burn::tensor::Device;

use crate::for_each_device;

/// Something that an adapter, its driver or burn on it does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub what: &'static str,
    /// Whose fault it is, and how it is known.
    pub why: &'static str,
    /// What Weft does instead.
    pub detour: &'static str,
}

/// burn's convolution in `f16`.
pub const HALF_CONVOLUTION: Fault = Fault {
    what: "a convolution of f16 sums in f16: ones beyond 2048 are not counted",
    why: "cubek-convolution 0.3.1, kernels/forward/direct.rs, has one type for its operands and its sum \
          (https://github.com/tracel-ai/cubek/pull/642 brought it from burn); its other way for f16 is wrong for some \
          sizes (https://github.com/tracel-ai/cubek/issues/519)",
    detour: "weft_tensor::conv2d multiplies what lies under the kernel instead, and casts to f32 where that has no room",
};

/// burn's sums over one row.
pub const SUM_OVER_ONE: Fault = Fault {
    what: "a sum over an axis of 1 of a tensor whose axes were swapped gives its numbers in another order",
    why: "burn-cubecl 0.22.1, kernel/reduce; sums over longer axes are right. No report of it was found to link",
    detour: "what weft_tensor::conv2d gives, and its gradient, lies in the order of its axes; burn's lies channels last",
};

/// Checks that the fault is still there on the graphics adapter of this machine, if there is one, so that no detour
/// outlives it; `is_right` is whether the adapter does it right, `None` where it does not do it at all.
///
/// # Panics
/// The adapter does it right.
#[track_caller]
pub fn assert_still_wrong(fault: &Fault, is_right: impl Fn(&Device) -> Option<bool>) {
    for_each_device(|device| {
        let is_adapter = *device != Device::flex();
        assert!(
            !is_adapter || is_right(device) != Some(true),
            "it is right now: {}; take it and its detour away ({})",
            fault.what,
            fault.detour
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_that_is_gone_is_told() {
        let told = std::panic::catch_unwind(|| {
            assert_still_wrong(&HALF_CONVOLUTION, |_| Some(true));
        });
        let mut has_adapter = false;
        for_each_device(|device| has_adapter |= *device != Device::flex());
        assert_eq!(told.is_err(), has_adapter);
        assert_still_wrong(&HALF_CONVOLUTION, |_| Some(false));
        assert_still_wrong(&HALF_CONVOLUTION, |_| None);
    }
}
