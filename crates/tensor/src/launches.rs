//! How many kernels and passes a graphics adapter is given, counted.

use std::{
    cell::Cell,
    sync::{Arc, Mutex, PoisonError},
};

use burn_cubecl::cubecl::logging::{LaunchObservation, LaunchObserver};

thread_local! {
    static HERE: Cell<u64> = const { Cell::new(0) };
}

/// One count at a time, since there is one observer in a process.
static ONE: Mutex<()> = Mutex::new(());

struct Heard;

impl LaunchObserver for Heard {
    fn launched(&self, _: &'static str) {
        launched();
    }
}

/// One more pass of ours, of which burn does not know.
pub(crate) fn launched() {
    HERE.set(HERE.get() + 1);
}

/// What `work` gives, and how many kernels of burn and passes of [`Shader`](crate::Shader) it launched on this thread.
/// On the CPU there are none. Counts do not nest.
pub fn launches<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let _hearing = LaunchObservation::new(Arc::new(Heard));
    HERE.set(0);
    let done = work();
    (done, HERE.get())
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Tensor};
    use weft_testing::for_each_device;

    use super::*;

    #[test]
    fn every_operation_of_burn_is_a_launch_on_an_adapter_and_none_on_the_cpu() {
        for_each_device(|device| {
            let x = Tensor::<1>::ones([5], device);
            let (_, one) = launches(|| x.clone() * 2.0);
            let (_, three) = launches(|| (x.clone() * 2.0).exp().sqrt());
            let is_cpu = *device == Device::flex();
            let wanted = if is_cpu { (0, 0) } else { (1, 3) };
            assert_eq!((one, three), wanted);
        });
    }
}
