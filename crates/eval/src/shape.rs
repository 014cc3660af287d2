//! Whether a thing has the shape that was asked for.

use weft_train::data::filled;

use crate::Raster;

/// How far the strongest channel of a pixel must be from white, of 0..=1, to be something drawn: above what an
/// autoencoder leaves on a white ground, below the palest of outlines.
const GROUND: f32 = 0.12;

/// 1 where something is drawn on the white ground and in its holes, else 0: `[side, side]`.
pub fn mask(picture: &Raster) -> Vec<f32> {
    let pixels = picture.side() * picture.side();
    let drawn = |pixel: usize| {
        let plane = |channel: usize| picture.values()[channel * pixels + pixel];
        let darkest = plane(0).min(plane(1)).min(plane(2));
        f32::from(u8::from((1.0 - darkest) / 2.0 > GROUND))
    };
    let drawn: Vec<f32> = (0..pixels).map(drawn).collect();
    filled(&drawn, picture.side())
}

/// What two masks share of what both cover together, 0..=1; 1 if both are empty.
pub fn iou(a: &[f32], b: &[f32]) -> f64 {
    let both = a.iter().zip(b).map(|(a, b)| (*a > 0.0, *b > 0.0));
    let (shared, all) = both.fold((0u32, 0u32), |(shared, all), (a, b)| {
        (shared + u32::from(a && b), all + u32::from(a || b))
    });
    if all == 0 {
        return 1.0;
    }
    f64::from(shared) / f64::from(all)
}

#[cfg(test)]
mod tests {
    use super::{iou, mask};
    use crate::Raster;

    const SIDE: usize = 20;

    /// A ring of that grey between two radii around the middle.
    fn ring(grey: f32, inner: f32, outer: f32) -> Raster {
        let plane = (0..SIDE * SIDE).map(|place| {
            let [y, x] = [place / SIDE, place % SIDE].map(|at| at as f32 - 9.5);
            let radius = y.hypot(x);
            if (inner..outer).contains(&radius) {
                grey
            } else {
                1.0
            }
        });
        let plane: Vec<f32> = plane.collect();
        Raster::new(SIDE, plane.repeat(3))
    }

    #[test]
    fn a_ring_covers_its_hole() {
        assert_eq!(mask(&ring(0.0, 5.0, 8.0)), mask(&ring(-1.0, 0.0, 8.0)));
    }

    #[test]
    fn what_is_almost_white_is_ground() {
        assert_eq!(mask(&ring(0.9, 0.0, 8.0)), vec![0.0; SIDE * SIDE]);
        let mut yellow = ring(1.0, 0.0, 1.0);
        yellow.values_of(2).fill(0.6);
        assert_eq!(
            mask(&yellow),
            vec![1.0; SIDE * SIDE],
            "one channel is enough"
        );
    }

    #[test]
    fn shares_are_of_the_union() {
        let rows = |from: usize, to: usize| -> Vec<f32> {
            let covered = |row: usize| f32::from(u8::from((from..to).contains(&row)));
            (0..10).map(covered).collect()
        };
        assert_eq!(iou(&rows(0, 6), &rows(0, 6)), 1.0);
        assert_eq!(iou(&rows(0, 6), &rows(4, 8)), 0.25);
        assert_eq!(iou(&rows(0, 2), &rows(5, 7)), 0.0);
        assert_eq!(iou(&rows(0, 0), &rows(0, 0)), 1.0);
        assert_eq!(iou(&rows(0, 0), &rows(0, 1)), 0.0);
    }
}
