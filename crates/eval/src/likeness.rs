//! How alike two pictures are, pixel by pixel.

use crate::Raster;

/// Decibels of pictures that are equal to 8 bits and beyond.
const BEST: f64 = 100.0;

/// The peak signal-to-noise ratio over all channels, in decibels; 100 for equal pictures.
///
/// # Panics
/// The pictures are of different sizes.
pub fn psnr(a: &Raster, b: &Raster) -> f64 {
    assert_eq!(a.side(), b.side(), "pictures of one size");
    let square = |(a, b): (&f32, &f32)| f64::from((a - b) / 2.0).powi(2);
    let sum: f64 = a.values().iter().zip(b.values()).map(square).sum();
    (-10.0 * (sum / a.values().len() as f64).log10()).min(BEST)
}

/// Side and standard deviation of the window, and the constants for values in 0..=1.
const WINDOW: usize = 11;
const DEVIATION: f64 = 1.5;
const STEADY: [f64; 2] = [0.01 * 0.01, 0.03 * 0.03];

/// The mean structural similarity over the windows within the picture and over its channels, -1..=1 (Wang et al. 2004:
/// Gaussian windows of 11×11 pixels and deviation 1.5, K 0.01 and 0.03); as `structural_similarity` of scikit-image with
/// `gaussian_weights=True, sigma=1.5, use_sample_covariance=False`.
///
/// # Panics
/// The pictures are of different sizes, or smaller than the window.
pub fn ssim(a: &Raster, b: &Raster) -> f64 {
    let side = a.side();
    assert!(
        side == b.side() && side >= WINDOW,
        "pictures of one size, of 11 pixels or more"
    );
    let planes = |picture: &Raster| -> Vec<Vec<f64>> {
        let unit = |value: &f32| (f64::from(*value) + 1.0) / 2.0;
        let planes = picture.values().chunks_exact(side * side);
        planes
            .map(|plane| plane.iter().map(unit).collect())
            .collect()
    };
    let channels = planes(a).into_iter().zip(planes(b));
    channels.map(|(a, b)| of_planes(&a, &b, side)).sum::<f64>() / 3.0
}

fn of_planes(a: &[f64], b: &[f64], side: usize) -> f64 {
    let product = |a: &[f64], b: &[f64]| -> Vec<f64> {
        let products = a.iter().zip(b).map(|(a, b)| a * b);
        windowed(&products.collect::<Vec<_>>(), side)
    };
    let (mean_a, mean_b) = (windowed(a, side), windowed(b, side));
    let (aa, bb, ab) = (product(a, a), product(b, b), product(a, b));
    let each = |at: usize| {
        let (a, b) = (mean_a[at], mean_b[at]);
        let [variance_a, variance_b, covariance] = [aa[at] - a * a, bb[at] - b * b, ab[at] - a * b];
        let likeness = (2.0 * a * b + STEADY[0]) * (2.0 * covariance + STEADY[1]);
        likeness / ((a * a + b * b + STEADY[0]) * (variance_a + variance_b + STEADY[1]))
    };
    (0..mean_a.len()).map(each).sum::<f64>() / mean_a.len() as f64
}

/// Means over the windows that lie within a plane.
fn windowed(plane: &[f64], side: usize) -> Vec<f64> {
    let middle = (WINDOW / 2) as f64;
    let bell = |at: usize| (-0.5 * ((at as f64 - middle) / DEVIATION).powi(2)).exp();
    let bells: Vec<f64> = (0..WINDOW).map(bell).collect();
    let sum: f64 = bells.iter().sum();
    let weights: Vec<f64> = bells.into_iter().map(|bell| bell / sum).collect();
    let count = side + 1 - WINDOW;
    let mut along = Vec::with_capacity(side * count);
    for row in plane.chunks_exact(side) {
        along.extend(row.windows(WINDOW).map(|window| dot(window, &weights)));
    }
    let mut means = vec![0.0; count * count];
    for (row, means) in means.chunks_exact_mut(count).enumerate() {
        for (offset, weight) in weights.iter().enumerate() {
            let source = &along[(row + offset) * count..][..count];
            means
                .iter_mut()
                .zip(source)
                .for_each(|(mean, value)| *mean += weight * value);
        }
    }
    means
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop_assert, proptest};

    use super::{psnr, ssim};
    use crate::Raster;

    const SIDE: usize = 14;

    fn grey(value: f32) -> Raster {
        Raster::new(SIDE, vec![value; 3 * SIDE * SIDE])
    }

    fn pictures() -> impl Strategy<Value = (Raster, Raster)> {
        let picture = || proptest::collection::vec(-1.0f32..=1.0, 3 * SIDE * SIDE);
        (picture(), picture()).prop_map(|(a, b)| (Raster::new(SIDE, a), Raster::new(SIDE, b)))
    }

    #[test]
    fn ten_percent_of_error_everywhere_are_twenty_decibels() {
        assert!((psnr(&grey(0.0), &grey(0.2)) - 20.0).abs() < 1e-4);
        assert_eq!(psnr(&grey(0.3), &grey(0.3)), 100.0);
    }

    #[test]
    fn flat_pictures_differ_by_their_light_alone() {
        let (a, b) = (0.25, 0.75);
        let expected = (2.0 * a * b + 1e-4) / (a * a + b * b + 1e-4);
        assert!((ssim(&grey(-0.5), &grey(0.5)) - expected).abs() < 1e-9);
    }

    #[test]
    fn a_negative_is_unlike_its_picture() {
        let stripes = |sign: f32| {
            let stripe = |place: usize| sign * if place % 4 < 2 { 0.8 } else { -0.8 };
            Raster::new(SIDE, (0..3 * SIDE * SIDE).map(stripe).collect())
        };
        assert!(ssim(&stripes(1.0), &stripes(-1.0)) < -0.8);
    }

    proptest! {
        #[test]
        fn a_picture_is_like_itself_and_likeness_has_no_direction((a, b) in pictures()) {
            prop_assert!((ssim(&a, &a) - 1.0).abs() < 1e-12);
            prop_assert!((ssim(&a, &b) - ssim(&b, &a)).abs() < 1e-12);
            prop_assert!(ssim(&a, &b) < 1.0 + 1e-12);
        }

        #[test]
        fn separable_windows_are_the_windows_of_the_paper((a, b) in pictures(), channel in 0usize..3) {
            let plane = |picture: &Raster| -> Vec<f64> {
                let plane = &picture.values()[channel * SIDE * SIDE..][..SIDE * SIDE];
                plane.iter().map(|value| (f64::from(*value) + 1.0) / 2.0).collect()
            };
            let (a, b) = (plane(&a), plane(&b));
            prop_assert!((super::of_planes(&a, &b, SIDE) - plainly(&a, &b)).abs() < 1e-9);
        }

        #[test]
        fn more_noise_is_fewer_decibels((a, b) in pictures()) {
            let mixed = |share: f32| {
                let mix = |(a, b): (&f32, &f32)| a + share * (b - a);
                Raster::new(SIDE, a.values().iter().zip(b.values()).map(mix).collect())
            };
            prop_assert!(psnr(&a, &mixed(0.1)) > psnr(&a, &mixed(0.4)));
        }
    }

    /// Sums over each window as written in the paper, equations 14 to 16 and 13.
    fn plainly(a: &[f64], b: &[f64]) -> f64 {
        let bell = |y: usize, x: usize| {
            let square = (y as f64 - 5.0).powi(2) + (x as f64 - 5.0).powi(2);
            (-square / (2.0 * 1.5 * 1.5)).exp()
        };
        let window = || (0..11).flat_map(|y| (0..11).map(move |x| (y, x)));
        let all: f64 = window().map(|(y, x)| bell(y, x)).sum();
        let last = SIDE - 10;
        let mut sum = 0.0;
        for (top, left) in (0..last).flat_map(|top| (0..last).map(move |left| (top, left))) {
            let mean = |of: &dyn Fn(usize) -> f64| -> f64 {
                let at =
                    |(y, x): (usize, usize)| bell(y, x) / all * of((top + y) * SIDE + left + x);
                window().map(at).sum()
            };
            let (ma, mb) = (mean(&|at| a[at]), mean(&|at| b[at]));
            let va = mean(&|at| (a[at] - ma).powi(2));
            let vb = mean(&|at| (b[at] - mb).powi(2));
            let cov = mean(&|at| (a[at] - ma) * (b[at] - mb));
            let (c1, c2) = (0.0001, 0.0009);
            sum += (2.0 * ma * mb + c1) * (2.0 * cov + c2)
                / ((ma * ma + mb * mb + c1) * (va + vb + c2));
        }
        sum / (last * last) as f64
    }
}
