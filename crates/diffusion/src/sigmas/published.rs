//! Levels that were found once, for a family of models, and published.

/// The lists of Sabour et al. (2024, "Align your steps", NVIDIA's quick start guide), the last of them left out for 0.
const STABLE_DIFFUSION: [f64; 11] = [
    14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029,
];
const STABLE_DIFFUSION_XL: [f64; 11] = [
    14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029,
];
const STABLE_VIDEO_DIFFUSION: [f64; 11] = [
    700.0, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002,
];

/// `steps` levels on the straight lines in `log σ` between the known ones, the last of which would be one more.
fn between(known: &[f64; 11], steps: usize) -> Vec<f64> {
    let last = known.len() - 1;
    let level = |i: usize| {
        let place = (i * last) as f64 / steps as f64;
        let below = (place as usize).min(last - 1);
        let share = place - below as f64;
        known[below].powf(1.0 - share) * known[below + 1].powf(share)
    };
    (0..steps).map(level).collect()
}

pub(super) fn stable_diffusion(steps: usize) -> Vec<f64> {
    between(&STABLE_DIFFUSION, steps)
}

pub(super) fn stable_diffusion_xl(steps: usize) -> Vec<f64> {
    between(&STABLE_DIFFUSION_XL, steps)
}

pub(super) fn stable_video_diffusion(steps: usize) -> Vec<f64> {
    between(&STABLE_VIDEO_DIFFUSION, steps)
}
