//! What goes wrong on an adapter is heard, and ends nothing.

use std::panic::catch_unwind;

use burn::tensor::Tensor;
use weft_tensor::{Trouble, Watch, close, computed, is_gpu};
use weft_testing::{for_each_device, numbers, passes_alone};

#[test]
fn what_does_not_fit_the_adapter_is_no_result_and_neither_is_what_is_made_of_it() {
    for_each_device(|device| {
        if !is_gpu(device) {
            return;
        }
        // 64 GiB, and more numbers than 32 bits count.
        for side in [1 << 16, 1 << 17] {
            let watch = Watch::new(device);
            let made = catch_unwind(|| {
                let large = Tensor::<4>::zeros([1, 1, side, side], device) + 1.0;
                large.sum_dims(&[0, 1, 2, 3]) + Tensor::ones([1, 3, 8, 8], device)
            });
            let made = made.unwrap();
            let settled = watch.settle().and_then(|()| computed(&made));
            let Err(Trouble::Memory(said)) = settled else {
                panic!("{settled:?}");
            };
            assert!(said.contains("bytes does not fit"), "{said}");
        }
        // And it goes on.
        let watch = Watch::new(device);
        let two = Tensor::<4>::ones([1, 1, 2, 2], device) + 1.0;
        assert_eq!(watch.settle(), Ok(()));
        assert_eq!(computed(&two), Ok(()));
        assert_eq!(numbers(&two), [2.0; 4]);
    });
}

#[test]
fn a_lost_adapter_is_told_and_ends_nothing() {
    passes_alone("trouble::child_that_loses_its_adapter");
}

#[test]
#[ignore = "run by the test above in a process of its own, since no adapter is left after it"]
fn child_that_loses_its_adapter() {
    for_each_device(|device| {
        let watch = Watch::new(device);
        if !is_gpu(device) {
            return assert_eq!(watch.settle(), Ok(()));
        }
        let x = Tensor::<1>::ones([4], device) + 1.0;
        close(device);
        drop(catch_unwind(|| x * 2.0));
        let settled = watch.settle();
        assert!(matches!(settled, Err(Trouble::Lost(_))), "{settled:?}");
        // And so for whoever comes later.
        let later = Watch::new(device).settle();
        assert!(matches!(later, Err(Trouble::Lost(_))), "{later:?}");
    });
}
