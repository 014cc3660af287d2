//! How the surface of a picture is made: flat, shaded, blurred or with sharp lines.

use crate::Raster;

/// Bounds of the shares that differences are counted in, of values 0..=1; less than the first is hardly seen.
const BOUNDS: [f32; 4] = [0.03, 0.08, 0.2, 0.4];
/// Halvings of the picture at which its surface is looked at: the finest pixels are left out, since there latents can be
/// told by what nobody sees.
const HALVINGS: [u32; 2] = [1, 2];

/// Shares of all pixels whose first and second differences lie within bounds, at half and at a quarter of the size. A
/// drawing has flat parts and sharp lines; what is blurred or smeared has fewer of both.
pub(crate) fn texture(picture: &Raster) -> Vec<f32> {
    let of = |times: u32| {
        let (planes, side) = halved(picture, times);
        [first, second].map(|difference| shares(&steepest(&planes, side, difference)))
    };
    HALVINGS.into_iter().flat_map(of).flatten().collect()
}

/// The planes in 0..=1, halved so often by averaging, and their side.
fn halved(picture: &Raster, times: u32) -> (Vec<Vec<f32>>, usize) {
    let (side, step) = (picture.side(), 1 << times);
    let small = side / step;
    let planes = picture.values().chunks_exact(side * side);
    let mean = |plane: &[f32], place: usize| {
        let [top, left] = [place / small * step, place % small * step];
        let rows = (top..top + step).map(|row| &plane[row * side + left..][..step]);
        let sum: f32 = rows.flatten().sum();
        (sum / (step * step) as f32 + 1.0) / 2.0
    };
    let planes = planes.map(|plane| (0..small * small).map(|place| mean(plane, place)).collect());
    (planes.collect(), small)
}

/// The largest difference of any channel, across or down, at each pixel within the border.
fn steepest(planes: &[Vec<f32>], side: usize, difference: fn([f32; 3]) -> f32) -> Vec<f32> {
    let last = side.saturating_sub(1);
    let inner = (1..last).flat_map(|row| (1..last).map(move |column| row * side + column));
    let at = |place: usize| {
        let of = |plane: &Vec<f32>| {
            let along =
                |step: usize| difference([plane[place - step], plane[place], plane[place + step]]);
            along(1).max(along(side))
        };
        planes.iter().map(of).fold(0.0, f32::max)
    };
    inner.map(at).collect()
}

fn first([_, here, after]: [f32; 3]) -> f32 {
    (after - here).abs()
}

fn second([before, here, after]: [f32; 3]) -> f32 {
    (before - 2.0 * here + after).abs()
}

fn shares(values: &[f32]) -> Vec<f32> {
    let mut counts = [0u32; BOUNDS.len() + 1];
    for value in values {
        counts[BOUNDS.partition_point(|bound| bound <= value)] += 1;
    }
    counts
        .map(|count| count as f32 / values.len().max(1) as f32)
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::{BOUNDS, texture};
    use crate::Raster;

    const SIDE: usize = 32;
    /// Shares of one scale and difference.
    const EACH: usize = BOUNDS.len() + 1;

    fn drawn(value: impl Fn(usize, usize) -> f32) -> Raster {
        let plane = (0..SIDE * SIDE).map(|place| value(place / SIDE, place % SIDE));
        Raster::new(SIDE, plane.collect::<Vec<f32>>().repeat(3))
    }

    #[test]
    fn shares_of_each_kind_sum_to_one() {
        let found = texture(&drawn(|row, column| {
            ((row * 7 + column * 3) % 11) as f32 / 5.0 - 1.0
        }));
        assert_eq!(found.len(), 4 * EACH);
        for shares in found.chunks_exact(EACH) {
            assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn a_flat_picture_is_flat_and_a_slope_is_straight() {
        let flat = texture(&drawn(|_, _| 0.3));
        assert!(flat.chunks_exact(EACH).all(|shares| shares[0] == 1.0));
        // From -1 to 1 over 32 pixels: 1/16 of the range to the next of half as many, 1/8 to that of a quarter.
        let slope = texture(&drawn(|_, column| column as f32 / 16.0 - 1.0));
        let [fine, bent, coarse, _] = [0, 1, 2, 3].map(|kind| &slope[kind * EACH..][..EACH]);
        assert_eq!([fine[1], bent[0], coarse[2]], [1.0, 1.0, 1.0]);
    }

    #[test]
    fn a_sharp_line_is_told_from_a_blurred_one() {
        let sharp = texture(&drawn(|_, column| if column < 16 { -1.0 } else { 1.0 }));
        let blurred = texture(&drawn(|_, column| {
            (column as f32 / 4.0 - 4.0).clamp(-1.0, 1.0)
        }));
        assert!(sharp[EACH - 1] > 0.0 && blurred[EACH - 1] == 0.0);
        assert!(sharp[0] > blurred[0], "more of it is flat");
    }
}
