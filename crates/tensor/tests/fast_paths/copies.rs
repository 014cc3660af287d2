//! What crosses between host and adapter is counted.

use burn::tensor::{Device, Float, Tensor};
use weft_tensor::{Copies, Crossed, constant, counted, floats, is_gpu, moved, uploaded, weights};
use weft_testing::for_each_device;

#[test]
fn every_crossing_is_counted_and_on_the_cpu_there_is_none() {
    for_each_device(|device| {
        let side = |count| if is_gpu(device) { count } else { 0 };
        let (back, copies) = counted(|| {
            let x: Tensor<2> = uploaded([[1.0f32, 2.0], [3.0, 4.0]], device);
            let taps: Tensor<1> = constant([2.0f32, 3.0], device);
            let weight: Tensor<1> = weights([1.0f32], device);
            let x = moved(x * taps.unsqueeze::<2>() * weight.unsqueeze::<2>(), device);
            floats(x).unwrap()
        });
        assert_eq!(back, [2.0, 6.0, 6.0, 12.0]);
        let crossed = |bytes| Crossed {
            count: side(1),
            bytes: side(bytes),
        };
        let wanted = Copies {
            up: crossed(16),
            down: crossed(16),
            weights: crossed(4),
            made: crossed(8),
        };
        assert_eq!(copies, wanted);
    });
}

#[test]
fn what_is_counted_within_counts_without_too() {
    for_each_device(|device| {
        let make = || constant::<1, Float>([1.0f32], device);
        let ((_, inner), outer) = counted(|| {
            make();
            counted(make)
        });
        assert_eq!(outer, inner + inner);
    });
}

#[test]
fn a_move_to_the_cpu_and_back_crosses_twice() {
    for_each_device(|device| {
        let cpu = Device::flex();
        let x: Tensor<1> = uploaded([1.0f32, 2.0], device);
        let (_, copies) = counted(|| moved(moved(x, &cpu), device));
        let count = u64::from(is_gpu(device));
        assert_eq!((copies.up.count, copies.down.count), (count, count));
    });
}
