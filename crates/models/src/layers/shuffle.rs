//! Pixels as channels and back.

use burn::tensor::Tensor;

/// Channels of 2×2 pixels of RGB.
pub(crate) const UNSHUFFLED: usize = 12;

/// Each 2×2 pixels as channels of one.
pub(crate) fn unshuffle(x: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    x.reshape([batch, channels, height / 2, 2, width / 2, 2])
        .permute([0, 1, 3, 5, 2, 4])
        .reshape([batch, 4 * channels, height / 2, width / 2])
}

/// Four channels as 2×2 pixels.
pub(crate) fn shuffle(x: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    x.reshape([batch, channels / 4, 2, 2, height, width])
        .permute([0, 1, 4, 2, 5, 3])
        .reshape([batch, channels / 4, 2 * height, 2 * width])
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Tensor};
    use weft_testing::{max_error, numbers};

    use super::{shuffle, unshuffle};

    #[test]
    fn shuffled_pixels_come_back_where_they_were() {
        let x = Tensor::<1>::from_data(
            (0..96).map(|i| i as f32).collect::<Vec<_>>().as_slice(),
            &Device::flex(),
        );
        let x = x.reshape([2, 3, 4, 4]);
        let apart = unshuffle(x.clone());
        assert_eq!(apart.dims(), [2, 12, 2, 2]);
        assert_eq!(
            numbers(&apart)[..8],
            [0.0, 2.0, 8.0, 10.0, 1.0, 3.0, 9.0, 11.0]
        );
        assert_eq!(max_error(&shuffle(apart), &x), 0.0);
    }
}
