use burn::tensor::module::conv2d as burn_conv2d;
use burn::tensor::{Tensor, ops};
use weft_tensor::{ConvOptions, Precision, conv2d, upsample_nearest2};
use weft_testing::{
    faults::{SUM_OVER_ONE, assert_still_wrong},
    numbers,
};

use crate::agree::{agree, nearly_agree, noise};

struct Case {
    x: [usize; 4],
    outputs: usize,
    kernel: [usize; 2],
    options: ConvOptions,
}

impl Case {
    fn sizes(&self) -> [usize; 3] {
        let taps = self.kernel[0] * self.kernel[1];
        let weight = self.outputs * self.x[1] * taps;
        [self.x.iter().product(), weight, self.outputs]
    }

    fn tensors(&self, [x, weight, bias]: [Tensor<1>; 3]) -> (Tensor<4>, Tensor<4>, Tensor<1>) {
        let [rows, columns] = self.kernel;
        let weight = weight.reshape([self.outputs, self.x[1], rows, columns]);
        (x.reshape(self.x), weight, bias)
    }

    fn ours(&self, rows: [Tensor<1>; 3], precision: Precision) -> Tensor<1> {
        let (x, weight, bias) = self.tensors(rows);
        conv2d(x, weight, Some(bias), self.options, precision).flatten(0, 3)
    }

    fn burn(&self, rows: [Tensor<1>; 3]) -> Tensor<1> {
        let (mut x, weight, bias) = self.tensors(rows);
        if self.options.upsample == 2 {
            let [batch, channels, height, width] = x.dims();
            x = x
                .reshape([batch * channels, height, 1, width, 1])
                .expand([batch * channels, height, 2, width, 2])
                .reshape([batch, channels, 2 * height, 2 * width]);
        }
        let [top, bottom, left, right] = self.options.padding;
        let stride = [self.options.stride; 2];
        let padding = [(top, bottom), (left, right)];
        let options = ops::ConvOptions::new_with_padding(stride, padding, [1, 1], 1);
        burn_conv2d(x, weight, Some(bias), options).flatten(0, 3)
    }
}

fn cases() -> Vec<Case> {
    let case = |x, outputs, kernel, options| Case {
        x,
        outputs,
        kernel,
        options,
    };
    let lopsided = ConvOptions {
        padding: [0, 1, 0, 1],
        ..ConvOptions::default()
    };
    vec![
        case([2, 8, 6, 6], 16, [3, 3], ConvOptions::padded(1)),
        case([1, 3, 7, 13], 5, [3, 3], ConvOptions::padded(1)),
        case([1, 17, 5, 4], 3, [1, 1], ConvOptions::default()),
        case(
            [2, 5, 9, 7],
            4,
            [3, 3],
            ConvOptions::padded(1).with_stride(2),
        ),
        case([1, 4, 8, 6], 6, [3, 3], lopsided.with_stride(2)),
        // The last row and the last column of what is padded are met by no kernel.
        case(
            [2, 8, 8, 4],
            6,
            [3, 3],
            ConvOptions::padded(1).with_stride(2),
        ),
        case([1, 6, 5, 3], 4, [3, 3], ConvOptions::padded(1).upsampled()),
        case([1, 2, 1, 1], 3, [1, 1], ConvOptions::default()),
        case([1, 2, 1, 1], 3, [3, 3], ConvOptions::padded(1)),
    ]
}

#[test]
fn convolution_equals_burns() {
    for case in cases() {
        agree(
            case.sizes(),
            |rows| case.ours(rows, Precision::F32),
            |rows| case.burn(rows),
        );
    }
}

#[test]
fn convolution_in_bf16_is_near() {
    for case in cases() {
        nearly_agree(
            case.sizes(),
            |rows| case.ours(rows, Precision::Bf16),
            |rows| case.burn(rows),
        );
    }
}

#[test]
fn convolution_of_views_equals_that_of_copies() {
    let turned = |x: Tensor<1>| x.reshape([2, 6, 5, 4]).swap_dims(2, 3);
    let weight = |w: Tensor<1>| w.reshape([3, 3, 6, 7]).permute([3, 2, 0, 1]);
    let options = ConvOptions::padded(1);
    agree(
        [240, 378],
        |[x, w]| conv2d(turned(x), weight(w), None, options, Precision::F32).flatten(0, 3),
        |[x, w]| {
            let padding = [(1, 1), (1, 1)];
            let options = ops::ConvOptions::new_with_padding([1, 1], padding, [1, 1], 1);
            burn_conv2d(turned(x), weight(w), None, options).flatten(0, 3)
        },
    );
}

#[test]
fn what_a_map_learns_goes_on_through_what_was_reshaped_and_summed() {
    let map = |x: Tensor<1>| x.reshape([2, 1, 8, 4, 4]).sum_dim(1).squeeze_dim::<4>(1);
    let weight = |w: Tensor<1>| w.reshape([8, 8, 3, 3]);
    agree(
        [256, 576],
        |[x, w]| {
            let options = ConvOptions::padded(1);
            conv2d(map(x), weight(w), None, options, Precision::F32).flatten(0, 3)
        },
        |[x, w]| {
            let options = ops::ConvOptions::new_with_padding([1, 1], [(1, 1); 2], [1, 1], 1);
            burn_conv2d(map(x), weight(w), None, options).flatten(0, 3)
        },
    );
}

#[test]
fn burn_still_sums_over_one_in_another_order() {
    assert_still_wrong(&SUM_OVER_ONE, |device| {
        let row = Tensor::<1>::from_data(noise(256, 1).as_slice(), device);
        let swapped = row.reshape([2, 16, 8]).swap_dims(1, 2);
        let summed = swapped.clone().reshape([2, 1, 8, 16]).sum_dim(1);
        Some(numbers(&summed) == numbers(&swapped))
    });
}

#[test]
fn convolving_a_doubled_map_equals_doubling_it_first() {
    let weight = |w: Tensor<1>| w.reshape([5, 3, 3, 3]);
    let options = ConvOptions::padded(1);
    let precision = Precision::F32;
    agree(
        [84, 135],
        |[x, w]| {
            let x = x.reshape([1, 3, 4, 7]);
            conv2d(x, weight(w), None, options.upsampled(), precision).flatten(0, 3)
        },
        |[x, w]| {
            let x = upsample_nearest2(x.reshape([1, 3, 4, 7]));
            conv2d(x, weight(w), None, options, precision).flatten(0, 3)
        },
    );
}

#[test]
#[should_panic(expected = "conv2d: x [1, 3, 4, 4], weight [2, 4, 1, 1] and bias None do not fit")]
fn shapes_that_do_not_fit_are_named() {
    let device = burn::tensor::Device::flex();
    let (x, weight) = (
        Tensor::zeros([1, 3, 4, 4], &device),
        Tensor::zeros([2, 4, 1, 1], &device),
    );
    conv2d(x, weight, None, ConvOptions::default(), Precision::F32);
}
