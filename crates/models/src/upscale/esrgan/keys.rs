//! The three ways in which the layers of ESRGAN are named, and the sizes that the shapes tell.

use super::{Esrgan, net::Dense};
use crate::{
    Weights,
    layers::Conv,
    upscale::keys::{channels, counted},
};

/// Networks that enlarge more than eight times are none of this kind.
const MOST_UPS: usize = 3;

/// The keys of a file, without `.weight` and `.bias`.
struct Names {
    first: String,
    /// Of convolution 1 to 5 of dense block 1 to 3 of a block.
    dense: fn(usize, usize, usize) -> String,
    blocks: usize,
    body: String,
    ups: Vec<String>,
    high: String,
    last: String,
}

impl Names {
    fn of(weights: &Weights<'_>) -> Result<Self, String> {
        if weights.keys().any(|(key, _)| key.starts_with("model.")) {
            Self::sequential(weights)
        } else if weights
            .keys()
            .any(|(key, _)| key.starts_with("RRDB_trunk."))
        {
            Self::named(
                counted(weights, "RRDB_trunk.", "RDB1.")?,
                |block, dense, conv| format!("RRDB_trunk.{block}.RDB{dense}.conv{conv}"),
                ["trunk_conv", "HRconv"],
                ups(weights, "upconv"),
            )
        } else {
            Self::named(
                counted(weights, "body.", "rdb1.")?,
                |block, dense, conv| format!("body.{block}.rdb{dense}.conv{conv}"),
                ["conv_body", "conv_hr"],
                ups(weights, "conv_up"),
            )
        }
    }

    /// The oldest names, the places of layers in a sequence.
    fn sequential(weights: &Weights<'_>) -> Result<Self, String> {
        let blocks = counted(weights, "model.1.sub.", "RDB1.")?;
        let layers = counted(weights, "model.", "weight")?;
        if layers < 5 || !(layers - 5).is_multiple_of(3) {
            return Err(format!(
                "its last layer is `model.{}`, which is no place after 0 or more doublings (4, 7, 10, ..)",
                layers.saturating_sub(1)
            ));
        }
        let ups = (layers - 5) / 3;
        if ups > MOST_UPS {
            return Err(format!(
                "it doubles {ups} times; at most {MOST_UPS} are read"
            ));
        }
        Ok(Self {
            first: "model.0".to_owned(),
            dense: |block, dense, conv| format!("model.1.sub.{block}.RDB{dense}.conv{conv}.0"),
            blocks,
            body: format!("model.1.sub.{blocks}"),
            ups: (1..=ups).map(|up| format!("model.{}", 3 * up)).collect(),
            high: format!("model.{}", layers - 3),
            last: format!("model.{}", layers - 1),
        })
    }

    fn named(
        blocks: usize,
        dense: fn(usize, usize, usize) -> String,
        [body, high]: [&str; 2],
        ups: Vec<String>,
    ) -> Result<Self, String> {
        Ok(Self {
            first: "conv_first".to_owned(),
            dense,
            blocks,
            body: body.to_owned(),
            ups,
            high: high.to_owned(),
            last: "conv_last".to_owned(),
        })
    }
}

/// The doublings of that name, counted from 1.
fn ups(weights: &Weights<'_>, name: &str) -> Vec<String> {
    (1..=MOST_UPS)
        .map(|up| format!("{name}{up}"))
        .filter(|key| weights.shape(&format!("{key}.weight")).is_some())
        .collect()
}

impl Esrgan {
    /// The network of a file, of any width, depth and factor; else why its sizes cannot be.
    pub(in crate::upscale) fn read(weights: &mut Weights<'_>) -> Result<Self, String> {
        let names = Names::of(weights)?;
        let [width, inputs] = channels(weights, &format!("{}.weight", names.first))?;
        let [growth, _] = channels(weights, &format!("{}.weight", (names.dense)(0, 1, 1)))?;
        let unshuffle = unshuffled(&names, inputs)?;
        let mut dense = |block, i| {
            let key = |conv| (names.dense)(block, i, conv);
            Dense::read(weights, key, [width, growth])
        };
        let blocks = (0..names.blocks)
            .map(|block| [1, 2, 3].map(|i| dense(block, i)))
            .collect();
        let mut conv = |key: &str, channels| Conv::read(weights, key, channels, 3);
        let ups = names.ups.iter();
        let ups = ups.map(|key| conv(key, [width, width]).doubled()).collect();
        Ok(Self {
            unshuffle,
            first: conv(&names.first, [inputs, width]),
            blocks,
            body: conv(&names.body, [width, width]),
            ups,
            high: conv(&names.high, [width, width]),
            last: conv(&names.last, [width, 3]),
        })
    }
}

impl Dense {
    fn read(
        weights: &mut Weights<'_>,
        key: impl Fn(usize) -> String,
        [width, growth]: [usize; 2],
    ) -> Self {
        let conv = |i| {
            let outputs = if i == 5 { width } else { growth };
            let channels = [width + (i - 1) * growth, outputs];
            Conv::read(weights, &key(i), channels, 3)
        };
        Self((1..=5).map(conv).collect())
    }
}

/// The side of the squares of pixels that become the channels that go in; else why there is none.
fn unshuffled(names: &Names, inputs: usize) -> Result<usize, String> {
    let side = [1, 2, 4].into_iter().find(|r| 3 * r * r == inputs);
    let side = side.ok_or_else(|| {
        let first = &names.first;
        format!("`{first}.weight` takes {inputs} channels; 3, 12 or 48 are read")
    })?;
    let enlarged = 1 << names.ups.len();
    if enlarged < side {
        return Err(format!(
            "it makes squares of {side} pixels one and enlarges {enlarged} times after, less than it shrank"
        ));
    }
    Ok(side)
}
