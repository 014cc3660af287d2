//! Several operations one after the other, as training meets them.

use burn::tensor::{Device, Tensor};
use weft_tensor::{
    ConvOptions, Precision, conv2d, geglu, gelu, group_norm_silu, layer_norm, linear, silu,
};

use crate::agree::{assert_near, rows};

const SIZES: [usize; 6] = [96, 4 * 4 * 9, 4, 4, 4 * 8, 8];

/// The gradients of the input and the weights, on a device that learns.
fn gradients(device: &Device, learns: [bool; 6]) -> Vec<Option<Tensor<1>>> {
    let mut learns = learns.into_iter();
    let leaves = rows(SIZES, device).map(|row| row.set_require_grad(learns.next() == Some(true)));
    let [x, kernel, gamma, beta, weight, bias] = leaves.clone();
    let norm = |x| group_norm_silu(x, gamma.clone(), beta.clone(), 2, 1e-5, true);
    let x = norm(x.reshape([2, 4, 3, 4]));
    let options = ConvOptions::padded(1);
    let x = conv2d(
        x,
        kernel.reshape([4, 4, 3, 3]),
        None,
        options,
        Precision::F32,
    );
    let x = silu(norm(x)).reshape([2, 4, 12]).swap_dims(1, 2);
    let x = layer_norm(x, gamma.clone(), beta.clone(), 1e-5);
    let x = geglu(linear(
        x,
        weight.reshape([4, 8]),
        Some(bias),
        Precision::F32,
    ));
    let grads = gelu(x.clone() * x).sum().backward();
    let of = |leaf: Tensor<1>| leaf.grad(&grads);
    leaves.into_iter().map(of).collect()
}

#[test]
fn computing_a_second_time_gives_the_gradients_of_keeping_all() {
    let device = Device::flex().autodiff();
    let kept = gradients(&device, [true; 6]);
    let again = gradients(&device.gradient_checkpointing(), [true; 6]);
    for (i, (kept, again)) in kept.into_iter().zip(again).enumerate() {
        let (kept, again) = (kept.expect("it learns"), again.expect("it learns"));
        assert_near(&format!("gradient {i}"), &again, &kept, 1e-5);
    }
}

#[test]
fn only_what_learns_has_a_gradient() {
    let device = Device::flex().autodiff();
    let all = gradients(&device, [true; 6]);
    for alone in 0..6 {
        let mut learns = [false; 6];
        learns[alone] = true;
        for device in [device.clone(), device.clone().gradient_checkpointing()] {
            for (i, grad) in gradients(&device, learns).into_iter().enumerate() {
                assert_eq!(grad.is_some(), i == alone);
                if let (Some(grad), Some(expected)) = (grad, &all[i]) {
                    assert_near(&format!("gradient {i} alone"), &grad, expected, 1e-5);
                }
            }
        }
    }
}
