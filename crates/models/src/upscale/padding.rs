//! Maps that end on a raster.

use burn::tensor::{Int, Tensor};
use weft_tensor::constant;

/// The map, mirrored beyond its lower and right side up to the next multiple of `raster`. The last row and column
/// are not doubled; a map smaller than what is missing is mirrored more than once.
pub(super) fn mirrored(x: Tensor<4>, raster: usize) -> Tensor<4> {
    let [_, _, height, width] = x.dims();
    [(2, height), (3, width)]
        .into_iter()
        .fold(x, |x, (axis, length)| {
            let wanted = length.next_multiple_of(raster);
            if wanted == length {
                return x;
            }
            let places: Vec<_> = (0..wanted).map(|i| mirror(i, length)).collect();
            let places = constant::<1, Int>(places.as_slice(), &x.device());
            x.select(axis, places)
        })
}

/// The place below `length` where a mirror at its last place shows `i`.
fn mirror(i: usize, length: usize) -> i32 {
    let turn = 2 * (length - 1);
    let at = if turn == 0 { 0 } else { i % turn };
    at.min(turn - at) as i32
}

#[cfg(test)]
mod tests {
    use super::mirror;

    #[test]
    fn a_mirror_stands_at_the_last_place_and_at_the_first() {
        let seen = |length| (0..8).map(|i| mirror(i, length)).collect::<Vec<_>>();
        assert_eq!(seen(5), [0, 1, 2, 3, 4, 3, 2, 1]);
        assert_eq!(seen(2), [0, 1, 0, 1, 0, 1, 0, 1]);
        assert_eq!(seen(1), [0; 8]);
    }
}
