//! Attention of windows to windows that are larger and overlap.

use burn::tensor::{Int, Tensor};
use weft_tensor::constant;

use crate::{
    Weights,
    layers::{LayerNorm, Linear},
    upscale::{
        swin::{Dense, Shape},
        windows::{attend, biases, cut, divided, joined, sizes},
    },
};

/// Overlapping cross attention, and dense layers after it.
#[derive(Debug)]
pub(super) struct Overlap {
    norm: LayerNorm,
    threefold: Linear,
    out: Linear,
    /// `[1, heads, places, seen]`.
    bias: Tensor<4>,
    window: usize,
    /// The side of what a window sees.
    seen: usize,
    dense: Dense,
}

impl Overlap {
    /// Those of `key`; else why their sizes cannot be.
    pub(super) fn read(
        weights: &mut Weights<'_>,
        key: &str,
        Shape { width, window, .. }: Shape,
    ) -> Result<Self, String> {
        let table = format!("{key}.relative_position_bias_table");
        let [differences, heads] = sizes(weights, &table)?;
        divided(width, heads, &table)?;
        let seen = (differences + 1).saturating_sub(window);
        if seen < window || !(seen - window).is_multiple_of(2) {
            return Err(format!(
                "`{table}` is of windows of {window} that see {seen}, which is not as much more at each side"
            ));
        }
        // The authors count differences from another origin than that of the table, so that those below it are
        // taken from its end, as Python does; the networks have learnt so.
        let rows = differences as isize;
        let row = |a: [usize; 2], b: [usize; 2]| {
            let [down, across] = [0, 1].map(|axis| {
                b[axis] as isize - a[axis] as isize + window as isize - seen as isize + 1
            });
            (down * rows + across).rem_euclid(rows * rows) as usize
        };
        Ok(Self {
            norm: LayerNorm::read(weights, &format!("{key}.norm1"), width),
            threefold: Linear::read(weights, &format!("{key}.qkv"), [width, 3 * width]),
            out: Linear::read(weights, &format!("{key}.proj"), [width, width]),
            bias: biases(weights, &table, heads, row, [window, seen]),
            window,
            seen,
            dense: Dense::read(weights, key, width)?,
        })
    }

    /// How many pixels to each side have a say.
    pub(super) fn reach(&self) -> usize {
        self.window - 1 + (self.seen - self.window) / 2
    }

    /// `[batch, height, width, channels]` of whole windows gives as much.
    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [_, height, width, channels] = x.dims();
        let all = self.threefold.forward(self.norm.forward(x.clone()));
        let queries = cut(all.clone().narrow(3, 0, channels), self.window);
        let [batch, rows, columns, places, _] = queries.dims();
        let windows = batch * rows * columns;
        let both = self.around(all.narrow(3, channels, 2 * channels));
        let half = |i| both.clone().narrow(2, i * channels, channels);
        let queries = queries.reshape([windows, places, channels]);
        let found = attend([queries, half(0), half(1)], self.bias.clone());
        let found = found.reshape([batch, rows, columns, places, channels]);
        let x = x + self.out.forward(joined(found, [height, width]));
        self.dense.forward(x)
    }

    /// What each window sees, `[windows, seen², channels]`; zeros beyond the map.
    fn around(&self, x: Tensor<4>) -> Tensor<3> {
        let [batch, height, width, channels] = x.dims();
        let [rows, columns] = [height / self.window, width / self.window];
        let margin = (self.seen - self.window) / 2;
        let device = x.device();
        let places = |windows: usize| {
            let places =
                (0..windows * self.seen).map(|i| i / self.seen * self.window + i % self.seen);
            let places: Vec<_> = places.map(|place| place as i32).collect();
            constant::<1, Int>(places.as_slice(), &device)
        };
        x.pad([(0, 0), (margin, margin), (margin, margin), (0, 0)], 0.0)
            .select(1, places(rows))
            .select(2, places(columns))
            .reshape([batch, rows, self.seen, columns, self.seen, channels])
            .permute([0, 1, 3, 2, 4, 5])
            .reshape([batch * rows * columns, self.seen * self.seen, channels])
    }
}
