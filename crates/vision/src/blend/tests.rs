//! The formulas of the W3C, one pixel at a time.

use burn::tensor::{Device, Tensor, TensorData};
use weft_testing::{assert_close, for_each_device};

use super::{Mode, lay, mix};

type Rgb = [f64; 3];

/// The formulas of sections 9 and 10 of Compositing and Blending Level 1, as written there: `cs` is above.
fn separable(mode: Mode, cb: f64, cs: f64) -> f64 {
    let hard_light = |cb: f64, cs: f64| {
        if cs <= 0.5 {
            cb * 2.0 * cs
        } else {
            cb + (2.0 * cs - 1.0) * (1.0 - cb)
        }
    };
    let d = if cb <= 0.25 {
        ((16.0 * cb - 12.0) * cb + 4.0) * cb
    } else {
        cb.sqrt()
    };
    match mode {
        Mode::Normal => cs,
        Mode::Multiply => cb * cs,
        Mode::Screen => 1.0 - (1.0 - cb) * (1.0 - cs),
        Mode::Overlay => hard_light(cs, cb),
        Mode::HardLight => hard_light(cb, cs),
        Mode::SoftLight if cs <= 0.5 => cb - (1.0 - 2.0 * cs) * cb * (1.0 - cb),
        Mode::SoftLight => cb + (2.0 * cs - 1.0) * (d - cb),
        Mode::Darken => cb.min(cs),
        Mode::Lighten => cb.max(cs),
        Mode::Difference => (cb - cs).abs(),
        Mode::Exclusion => cb + cs - 2.0 * cb * cs,
        Mode::Add => (cb + cs).min(1.0),
        Mode::Subtract => (cb - cs).max(0.0),
        Mode::Dodge if cb == 0.0 => 0.0,
        Mode::Dodge if cs == 1.0 => 1.0,
        Mode::Dodge => (cb / (1.0 - cs)).min(1.0),
        Mode::Burn if cb == 1.0 => 1.0,
        Mode::Burn if cs == 0.0 => 0.0,
        Mode::Burn => 1.0 - ((1.0 - cb) / cs).min(1.0),
        _ => unreachable!("{mode:?} is not separable"),
    }
}

fn lum([r, g, b]: Rgb) -> f64 {
    0.3 * r + 0.59 * g + 0.11 * b
}

fn sat(c: Rgb) -> f64 {
    c.into_iter().fold(0.0, f64::max) - c.into_iter().fold(1.0, f64::min)
}

fn clip_color(c: Rgb) -> Rgb {
    let l = lum(c);
    let n = c.into_iter().fold(f64::INFINITY, f64::min);
    let x = c.into_iter().fold(f64::NEG_INFINITY, f64::max);
    let c = if n < 0.0 {
        c.map(|c| l + (c - l) * l / (l - n))
    } else {
        c
    };
    if x > 1.0 {
        c.map(|c| l + (c - l) * (1.0 - l) / (x - l))
    } else {
        c
    }
}

fn set_lum(c: Rgb, l: f64) -> Rgb {
    let d = l - lum(c);
    clip_color(c.map(|c| c + d))
}

fn set_sat(c: Rgb, s: f64) -> Rgb {
    let mut order = [0, 1, 2];
    order.sort_by(|a, b| c[*a].total_cmp(&c[*b]));
    let [min, mid, max] = order;
    let mut out = [0.0; 3];
    if c[max] > c[min] {
        out[mid] = (c[mid] - c[min]) * s / (c[max] - c[min]);
        out[max] = s;
    }
    out
}

fn blended(mode: Mode, cb: Rgb, cs: Rgb) -> Rgb {
    match mode {
        Mode::Hue => set_lum(set_sat(cs, sat(cb)), lum(cb)),
        Mode::Saturation => set_lum(set_sat(cb, sat(cs)), lum(cb)),
        Mode::Color => set_lum(cs, lum(cb)),
        Mode::Luminosity => set_lum(cb, lum(cs)),
        _ => [0, 1, 2].map(|i| separable(mode, cb[i], cs[i])),
    }
}

pub(crate) const SEPARABLE: [Mode; 14] = [
    Mode::Normal,
    Mode::Multiply,
    Mode::Screen,
    Mode::Overlay,
    Mode::HardLight,
    Mode::SoftLight,
    Mode::Darken,
    Mode::Lighten,
    Mode::Difference,
    Mode::Exclusion,
    Mode::Add,
    Mode::Subtract,
    Mode::Dodge,
    Mode::Burn,
];
pub(crate) const WHOLE: [Mode; 4] = [Mode::Hue, Mode::Saturation, Mode::Color, Mode::Luminosity];

/// Pairs of colours: all corners, and points between that no mode treats alike.
fn pairs() -> Vec<(Rgb, Rgb)> {
    let values = [0.0, 0.125, 0.375, 0.5, 0.75, 1.0];
    let color = |i: usize| [0, 1, 2].map(|axis| values[i / [1, 6, 36][axis] % 6]);
    let all = 6usize.pow(3);
    (0..all)
        .flat_map(|i| [7, 41, 100, 155].map(|step| (color(i), color((i * step + step) % all))))
        .collect()
}

/// One row of colours, `[1, N, 1, count]`.
fn row<const N: usize>(device: &Device, colors: &[[f64; N]]) -> Tensor<4> {
    let planes = (0..N)
        .flat_map(|channel| colors.iter().map(move |color| color[channel] as f32))
        .collect();
    Tensor::from_data(
        TensorData::new::<f32, _>(planes, [1, N, 1, colors.len()]),
        device,
    )
}

#[test]
fn modes_are_those_of_the_w3c() {
    let (unders, overs): (Vec<_>, Vec<_>) = pairs().into_iter().unzip();
    for_each_device(|device| {
        let (under, over) = (row(device, &unders), row(device, &overs));
        for mode in SEPARABLE.into_iter().chain(WHOLE) {
            let expected: Vec<_> = unders
                .iter()
                .zip(&overs)
                .map(|(cb, cs)| blended(mode, *cb, *cs))
                .collect();
            assert_close(
                &mix(over.clone(), under.clone(), mode),
                &row(device, &expected),
                1e-5,
            );
        }
    });
}

#[test]
fn alpha_is_composited_as_the_w3c_does() {
    let (unders, overs): (Vec<_>, Vec<_>) = pairs().into_iter().unzip();
    let alphas = [0.0, 0.25, 0.6, 1.0];
    let with_alpha = |colors: &[Rgb], step: usize| -> Vec<[f64; 4]> {
        colors
            .iter()
            .enumerate()
            .map(|(i, [r, g, b])| [*r, *g, *b, alphas[i / step % 4]])
            .collect()
    };
    let (unders, overs) = (with_alpha(&unders, 1), with_alpha(&overs, 4));
    let coverage = 0.7;
    let expected = |mode: Mode| -> Vec<[f64; 4]> {
        let one = |([br, bg, bb, ab], [sr, sg, sb, alpha]): (&[f64; 4], &[f64; 4])| {
            let (cb, cs, alpha) = ([*br, *bg, *bb], [*sr, *sg, *sb], alpha * coverage);
            let mixed = blended(mode, cb, cs);
            let both = alpha + ab * (1.0 - alpha);
            let color = [0, 1, 2].map(|i| {
                let source = (1.0 - ab) * cs[i] + ab * mixed[i];
                let sum = alpha * source + (1.0 - alpha) * ab * cb[i];
                if both > 0.0 { sum / both } else { 0.0 }
            });
            [color[0], color[1], color[2], both]
        };
        unders.iter().zip(&overs).map(one).collect()
    };
    for_each_device(|device| {
        let (under, over) = (row(device, &unders), row(device, &overs));
        let covered = Tensor::full([1, 1, 1, overs.len()], coverage as f32, device);
        for mode in [
            Mode::Normal,
            Mode::Multiply,
            Mode::SoftLight,
            Mode::Luminosity,
        ] {
            let laid = lay(over.clone(), under.clone(), covered.clone(), mode);
            assert_close(&laid, &row(device, &expected(mode)), 1e-5);
            // Over an opaque picture the way is shorter, and must lead to the same place.
            let opaque = under.clone().narrow(1, 0, 3);
            let ones = Tensor::cat(
                vec![opaque.clone(), opaque.clone().narrow(1, 0, 1).ones_like()],
                1,
            );
            let long = lay(over.clone(), ones, covered.clone(), mode);
            let color = over.clone().narrow(1, 0, 3);
            let alpha = over.clone().narrow(1, 3, 1) * coverage as f32;
            let short = lay(color, opaque, alpha, mode);
            assert_close(&short, &long.narrow(1, 0, 3), 1e-5);
        }
    });
}

#[test]
fn no_coverage_leaves_the_lower_picture_and_full_coverage_the_upper() {
    for_each_device(|device| {
        let (unders, overs): (Vec<_>, Vec<_>) = pairs().into_iter().unzip();
        let (under, over) = (row(device, &unders), row(device, &overs));
        let covered = |much: f32| Tensor::full([1, 1, 1, overs.len()], much, device);
        for mode in SEPARABLE.into_iter().chain(WHOLE) {
            assert_close(
                &lay(over.clone(), under.clone(), covered(0.0), mode),
                &under,
                0.0,
            );
        }
        assert_close(
            &lay(over.clone(), under, covered(1.0), Mode::Normal),
            &over,
            1e-6,
        );
    });
}

#[test]
fn channels_and_batches_are_matched() {
    for_each_device(|device| {
        let of =
            |batch, channels, value: f32| Tensor::<4>::full([batch, channels, 2, 3], value, device);
        let coverage = of(1, 1, 0.5);
        for (over, under, batch, channels) in [
            (1, 1, 1, 1),
            (1, 3, 2, 3),
            (3, 1, 2, 3),
            (4, 1, 3, 4),
            (1, 4, 3, 4),
        ] {
            let laid = lay(
                of(1, over, 0.8),
                of(batch, under, 0.8),
                coverage.clone(),
                Mode::Normal,
            );
            assert_close(
                &laid,
                &of(batch, channels, 0.8).slice_fill_alpha(under, over),
                1e-6,
            );
            let laid = lay(
                of(batch, over, 0.8),
                of(1, under, 0.8),
                coverage.clone(),
                Mode::Hue,
            );
            assert_eq!(laid.dims(), [batch, channels, 2, 3]);
        }
    });
}

trait Alpha {
    /// Sets alpha to what 0.5 of an upper alpha leaves over a lower one; each is 0.8, or 1 without a channel.
    fn slice_fill_alpha(self, under: usize, over: usize) -> Self;
}

impl Alpha for Tensor<4> {
    fn slice_fill_alpha(self, under: usize, over: usize) -> Self {
        let [batch, channels, height, width] = self.dims();
        if channels < 4 {
            return self;
        }
        let alpha = |channels| if channels == 4 { 0.8f32 } else { 1.0 };
        let (below, above) = (alpha(under), alpha(over) * 0.5);
        self.slice_fill(
            [0..batch, 3..4, 0..height, 0..width],
            above + below * (1.0 - above),
        )
    }
}
