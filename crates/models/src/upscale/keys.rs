//! Sizes of a network from the keys and shapes of its file.

use crate::Weights;

/// Networks beyond these are no networks of any kind that is known.
const MOST_CHANNELS: usize = 1024;
const MOST_LAYERS: usize = 128;

/// The first axes of `key`, a kernel or a matrix: channels out and in. Else why not.
pub(super) fn channels(weights: &Weights<'_>, key: &str) -> Result<[usize; 2], String> {
    let shape = weights.shape(key);
    let shape = shape.ok_or_else(|| format!("it has no `{key}`"))?;
    match shape[..] {
        [outputs, inputs, ..]
            if [outputs, inputs]
                .iter()
                .all(|&n| (1..=MOST_CHANNELS).contains(&n)) =>
        {
            Ok([outputs, inputs])
        }
        _ => Err(format!(
            "`{key}` is {shape:?}, not from 1 to {MOST_CHANNELS} channels to as many"
        )),
    }
}

/// How many things are counted from 0 in the keys between `before` and `after`: one more than the last of
/// them. Else why that cannot be.
pub(super) fn counted(weights: &Weights<'_>, before: &str, after: &str) -> Result<usize, String> {
    let number = |key: &str| {
        let (number, rest) = key.strip_prefix(before)?.split_once('.')?;
        rest.starts_with(after)
            .then(|| number.parse::<usize>().ok())?
    };
    match weights.keys().filter_map(|(key, _)| number(key)).max() {
        Some(last) if last >= MOST_LAYERS => Err(format!(
            "it has a `{before}{last}`; the last that may be is {}",
            MOST_LAYERS - 1
        )),
        last => Ok(last.map_or(0, |last| last + 1)),
    }
}

/// The whole number whose square is `area`, if there is one.
pub(super) fn side(area: usize) -> Option<usize> {
    let side = area.isqrt();
    (side * side == area && side > 0).then_some(side)
}
