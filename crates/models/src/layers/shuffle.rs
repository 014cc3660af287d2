//! Pixels as channels and back.

use burn::tensor::Tensor;

/// Channels of 2×2 pixels of RGB.
pub(crate) const UNSHUFFLED: usize = 12;

/// Each `r` × `r` pixels as channels of one.
pub(crate) fn unshuffle(x: Tensor<4>, r: usize) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    x.reshape([batch, channels, height / r, r, width / r, r])
        .permute([0, 1, 3, 5, 2, 4])
        .reshape([batch, r * r * channels, height / r, width / r])
}

/// Each r² channels as `r` × `r` pixels of one (Shi et al., 2016).
pub(crate) fn shuffle(x: Tensor<4>, r: usize) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    let each = channels / (r * r);
    x.reshape([batch, each, r, r, height, width])
        .permute([0, 1, 4, 2, 5, 3])
        .reshape([batch, each, r * height, r * width])
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
        let apart = unshuffle(x.clone(), 2);
        assert_eq!(apart.dims(), [2, 12, 2, 2]);
        assert_eq!(
            numbers(&apart)[..8],
            [0.0, 2.0, 8.0, 10.0, 1.0, 3.0, 9.0, 11.0]
        );
        assert_eq!(max_error(&shuffle(apart, 2), &x), 0.0);
    }
}
