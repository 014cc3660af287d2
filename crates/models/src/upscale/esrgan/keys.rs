//! The three ways in which the layers of ESRGAN are named, and the sizes that the shapes tell.

use super::{Esrgan, net::Dense};
use crate::{
    Weights,
    layers::Conv,
    upscale::keys::{channels, counted},
};

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
    (1..=3)
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
        let unshuffle = [1, 2, 4].into_iter().find(|r| 3 * r * r == inputs);
        let unshuffle = unshuffle.ok_or_else(|| {
            format!(
                "`{}.weight` takes {inputs} channels; 3, 12 or 48 are read",
                names.first
            )
        })?;
        let enlarged = 1 << names.ups.len();
        if enlarged < unshuffle {
            return Err(format!(
                "it makes {unshuffle} pixels one and enlarges {enlarged} times after, less than it shrank"
            ));
        }
        let mut dense = |block, dense| {
            let convs = (1..=5).map(|conv| {
                let outputs = if conv == 5 { width } else { growth };
                let inputs = width + (conv - 1) * growth;
                Conv::read(
                    weights,
                    &(names.dense)(block, dense, conv),
                    [inputs, outputs],
                    3,
                )
            });
            Dense(convs.collect())
        };
        let blocks = (0..names.blocks)
            .map(|block| [1, 2, 3].map(|i| dense(block, i)))
            .collect();
        let mut conv = |key: &str, channels| Conv::read(weights, key, channels, 3);
        let ups = names
            .ups
            .iter()
            .map(|key| conv(key, [width, width]).doubled())
            .collect();
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
