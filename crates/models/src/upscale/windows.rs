//! Attention within windows of a map, on their raster or half a window off it (Liu et al., ICCV 2021).

use burn::tensor::{Device, Tensor, TensorData};
use weft_tensor::{Precision, constant};

use super::keys::side;
use crate::{
    Weights,
    layers::{Linear, apart, attended},
};

/// Added to the scores of places that are neighbours only because the map was rolled.
const APART: f32 = -100.0;

/// Attention within windows.
#[derive(Debug)]
pub(super) struct Windows {
    threefold: Linear,
    out: Linear,
    /// `[1, heads, places, places]`, by how places lie to each other.
    bias: Tensor<4>,
    window: usize,
    shift: Option<Shift>,
}

/// Windows half a window off the raster.
#[derive(Clone, Debug)]
pub(super) struct Shift {
    by: usize,
    /// What is added in the last row of windows, and in the last column: `[1, 1, places, places]`.
    last: [Tensor<4>; 2],
}

impl Shift {
    pub(super) fn new(window: usize, device: &Device) -> Self {
        let by = window / 2;
        let is_wrapped = |place: usize| place >= window - by;
        let last = [|i, window| i / window, |i, window| i % window].map(|along: fn(_, _) -> _| {
            let places = window * window;
            let added = (0..places * places).map(|i| {
                let [one, other] = [i / places, i % places].map(|i| is_wrapped(along(i, window)));
                if one == other { 0.0 } else { APART }
            });
            let added = TensorData::new(added.collect::<Vec<f32>>(), [1, 1, places, places]);
            constant(added, device)
        });
        Self { by, last }
    }
}

/// The sides of a window and of what it sees, less one in all, and the number of heads, of a table of biases of that
/// key; else why they cannot be.
pub(super) fn sizes(weights: &Weights<'_>, key: &str) -> Result<[usize; 2], String> {
    let shape = weights.shape(key).unwrap_or_default();
    let sizes = match shape[..] {
        [rows, heads @ 1..=32] => side(rows).map(|side| [side, heads]),
        _ => None,
    };
    sizes
        .filter(|[side, _]| (3..=63).contains(side))
        .ok_or_else(|| {
            format!("`{key}` is {shape:?}, not (window + seen - 1)² biases of 1 to 32 heads")
        })
}

/// The biases of places of a window (of `sides[0]`) to places of what it sees (of `sides[1]`), from the table of
/// that key, whose row for two such places is `row`: `[1, heads, places, seen]`.
pub(super) fn biases(
    weights: &mut Weights<'_>,
    key: &str,
    heads: usize,
    row: impl Fn([usize; 2], [usize; 2]) -> usize,
    sides: [usize; 2],
) -> Tensor<4> {
    let rows = (sides[0] + sides[1] - 1).pow(2);
    let table = weights.numbers(key, &[rows, heads]);
    let [places, seen] = sides.map(|side| side * side);
    let at = |i: usize, side: usize| [i / side, i % side];
    let mut biases = Vec::with_capacity(heads * places * seen);
    for head in 0..heads {
        for i in 0..places * seen {
            let row = row(at(i / seen, sides[0]), at(i % seen, sides[1]));
            biases.push(table[row * heads + head]);
        }
    }
    let biases = TensorData::new(biases, [1, heads, places, seen]);
    constant(biases, weights.device())
}

impl Windows {
    /// Those of `key.qkv`, `key.proj` and `key.relative_position_bias_table`; else why their sizes cannot be.
    pub(super) fn read(
        weights: &mut Weights<'_>,
        key: &str,
        [width, window]: [usize; 2],
        shift: Option<Shift>,
    ) -> Result<Self, String> {
        let table = format!("{key}.relative_position_bias_table");
        let [_, heads] = sizes(weights, &table)?;
        divided(width, heads, &table)?;
        let row = |a: [usize; 2], b: [usize; 2]| {
            let [down, across] = [0, 1].map(|axis| a[axis] + window - 1 - b[axis]);
            down * (2 * window - 1) + across
        };
        weights.pass(&format!("{key}.relative_position_index"));
        Ok(Self {
            threefold: Linear::read(weights, &format!("{key}.qkv"), [width, 3 * width]),
            out: Linear::read(weights, &format!("{key}.proj"), [width, width]),
            bias: biases(weights, &table, heads, row, [window, window]),
            window,
            shift,
        })
    }

    /// `[batch, height, width, channels]` of whole windows gives as much.
    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [_, height, width, _] = x.dims();
        let x = self.threefold.forward(x);
        let found = match &self.shift {
            None => joined(
                self.attend(cut(x, self.window), &self.bias),
                [height, width],
            ),
            Some(shift) => {
                let by = shift.by as isize;
                let x = cut(x.roll(&[-by, -by], &[1, 2]), self.window);
                let found = self.attend_rolled(x, shift);
                joined(found, [height, width]).roll(&[by, by], &[1, 2])
            }
        };
        self.out.forward(found)
    }

    /// The last row and the last column of windows, where the ends of the map meet, apart from the others.
    fn attend_rolled(&self, windows: Tensor<5>, shift: &Shift) -> Tensor<5> {
        let [below, right] = &shift.last;
        split_last(windows, 1, |row, is_last| {
            let bias = added(&self.bias, below, is_last);
            split_last(row, 2, |windows, is_last| {
                self.attend(windows, &added(&bias, right, is_last))
            })
        })
    }

    /// `[batch, rows, columns, places, 3 · channels]` gives `[.., channels]`.
    fn attend(&self, windows: Tensor<5>, bias: &Tensor<4>) -> Tensor<5> {
        let [batch, rows, columns, places, threefold] = windows.dims();
        let windows = windows.reshape([batch * rows * columns, places, threefold]);
        let width = threefold / 3;
        let third = |i| windows.clone().narrow(2, i * width, width);
        let found = attend([third(0), third(1), third(2)], bias.clone());
        found.reshape([batch, rows, columns, places, width])
    }
}

/// What queries `[windows, places, channels]` find among keys and values `[windows, seen, channels]`.
pub(super) fn attend([queries, keys, values]: [Tensor<3>; 3], bias: Tensor<4>) -> Tensor<3> {
    let heads = bias.dims()[1];
    let seen = [apart(keys, heads), apart(values, heads)];
    attended(queries, seen, Some(bias), Precision::F32)
}

/// Heads divide channels; else what is wrong.
pub(super) fn divided(width: usize, heads: usize, key: &str) -> Result<(), String> {
    if width.is_multiple_of(heads) {
        return Ok(());
    }
    Err(format!(
        "`{key}` is of {heads} heads, which do not divide {width} channels"
    ))
}

fn added(bias: &Tensor<4>, more: &Tensor<4>, is_last: bool) -> Tensor<4> {
    if is_last {
        bias.clone() + more.clone()
    } else {
        bias.clone()
    }
}

/// What `of` makes of all but the last along an axis, and of the last.
fn split_last(x: Tensor<5>, axis: usize, of: impl Fn(Tensor<5>, bool) -> Tensor<5>) -> Tensor<5> {
    let before = x.dims()[axis] - 1;
    let last = of(x.clone().narrow(axis, before, 1), true);
    if before == 0 {
        return last;
    }
    Tensor::cat(vec![of(x.narrow(axis, 0, before), false), last], axis)
}

/// `[batch, height, width, channels]` as windows `[batch, rows, columns, places, channels]`.
pub(super) fn cut(x: Tensor<4>, window: usize) -> Tensor<5> {
    let [batch, height, width, channels] = x.dims();
    let [rows, columns] = [height / window, width / window];
    x.reshape([batch, rows, window, columns, window, channels])
        .permute([0, 1, 3, 2, 4, 5])
        .reshape([batch, rows, columns, window * window, channels])
}

/// Windows as a map of that size again.
pub(super) fn joined(x: Tensor<5>, [height, width]: [usize; 2]) -> Tensor<4> {
    let [batch, rows, columns, _, channels] = x.dims();
    x.reshape([
        batch,
        rows,
        columns,
        height / rows,
        width / columns,
        channels,
    ])
    .permute([0, 1, 3, 2, 4, 5])
    .reshape([batch, height, width, channels])
}
