//! Reference pictures, and what the U-Net has found in them.

use burn::tensor::{Device, Int, Tensor, TensorData};
use weft_tensor::constant;

use super::{MARKERS, block::KeyValue};
use crate::text::Text;

/// Where a reference belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The picture of the batch that it is a reference of, from 0.
    pub row: usize,
    /// The number of its marker, 1..=[`MARKERS`]; several references may bear one number.
    pub marker: u8,
}

/// The references of a batch of pictures, one after another: each picture of the batch may have any
/// number of them, also none.
#[derive(Clone, Debug)]
pub struct References {
    /// `[references, channels, height, width]`, clean, on the scale of what is drawn and of its size.
    pub latents: Tensor<4>,
    /// The short text of each, with its marker: one row a reference.
    pub text: Text,
    /// Where each belongs.
    pub places: Vec<Place>,
}

/// What the U-Net has found in references, ready for every step of drawing.
///
/// [`Context::default`] is that of no references at all: it fits every batch and adds nothing.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// One of each block that attends, in the order of the U-Net.
    pub(super) attended: Vec<KeyValue>,
    /// One of each level, `[batch, channels, height, width]`; none in the paper's wiring.
    pub(super) added: Vec<Tensor<4>>,
}

impl Context {
    /// Of the same shape, but with every reference left out: exactly as without references.
    #[must_use]
    pub fn hidden(&self) -> Self {
        let hide = |found: &KeyValue| KeyValue {
            pair: found.pair.clone(),
            mask: found.mask.full_like(f32::NEG_INFINITY),
        };
        Self {
            attended: self.attended.iter().map(hide).collect(),
            added: self.added.iter().map(Tensor::zeros_like).collect(),
        }
    }

    /// The contexts of several batches as that of one, for guidance in a single call.
    ///
    /// # Panics
    /// There are none, or they are not of one shape: take [`Context::hidden`] for a part without references.
    #[must_use]
    pub fn cat(parts: &[Self]) -> Self {
        let first = &parts[0];
        let joined = |i: usize, pick: fn(&KeyValue) -> &Tensor<4>| {
            let picked = parts.iter().map(|part| pick(&part.attended[i]).clone());
            Tensor::cat(picked.collect(), 0)
        };
        let attended = (0..first.attended.len()).map(|i| KeyValue {
            pair: [joined(i, |x| &x.pair[0]), joined(i, |x| &x.pair[1])],
            mask: joined(i, |x| &x.mask),
        });
        let added = (0..first.added.len()).map(|i| {
            let picked = parts.iter().map(|part| part.added[i].clone());
            Tensor::cat(picked.collect(), 0)
        });
        Self {
            attended: attended.collect(),
            added: added.collect(),
        }
    }

    /// Pictures that it is a context of; `None` fits any number.
    pub(super) fn batch(&self) -> Option<usize> {
        self.attended.first().map(|found| found.mask.dims()[0])
    }
}

/// References laid out in equal numbers for every picture of the batch, with empty places.
pub(super) struct Layout {
    batch: usize,
    /// References that a picture has room for.
    room: usize,
    /// Which reference lies in each place of each picture; the number of references for an empty one.
    sources: Vec<usize>,
    /// The markers' numbers, from 0, by reference.
    markers: Vec<i32>,
}

impl Layout {
    /// # Panics
    /// A reference belongs to no picture of the batch, or its marker bears another number.
    pub(super) fn of(places: &[Place], batch: usize) -> Self {
        let mut rows = vec![Vec::new(); batch];
        for (i, place) in places.iter().enumerate() {
            assert!(
                place.row < batch && (1..=MARKERS).contains(&usize::from(place.marker)),
                "instruct: {place:?} is not a place in a batch of {batch} with markers 1 to {MARKERS}",
            );
            rows[place.row].push(i);
        }
        let room = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut sources = Vec::with_capacity(batch * room);
        for mut row in rows {
            row.resize(room, places.len());
            sources.extend(row);
        }
        Self {
            batch,
            room,
            sources,
            markers: places
                .iter()
                .map(|place| i32::from(place.marker) - 1)
                .collect(),
        }
    }

    /// The rows of a table `[MARKERS, ..]` that belong to the references.
    pub(super) fn marker_rows(&self, device: &Device) -> Tensor<1, Int> {
        constant(self.markers.as_slice(), device)
    }

    /// What is given by reference, `[references, tokens, width]`, by picture:
    /// `[batch, room · tokens, width]`, zeros in empty places.
    pub(super) fn rows(&self, x: Tensor<3>) -> Tensor<3> {
        let [references, tokens, width] = x.dims();
        let shape = [self.batch, self.room * tokens, width];
        if self.sources.iter().copied().eq(0..references) {
            return x.reshape(shape);
        }
        let none = x.clone().narrow(0, 0, 1).zeros_like();
        let sources: Vec<i32> = self.sources.iter().map(|&i| i as i32).collect();
        let sources = constant::<1, Int>(sources.as_slice(), &x.device());
        Tensor::cat(vec![x, none], 0)
            .select(0, sources)
            .reshape(shape)
    }

    /// The sum over each picture's references of what they add, `[references, channels, height, width]`.
    pub(super) fn sums(&self, x: Tensor<4>) -> Tensor<4> {
        let [_, channels, height, width] = x.dims();
        let rows = self.rows(x.flatten::<3>(2, 3));
        let apart = rows.reshape([self.batch, self.room, channels, height, width]);
        apart.sum_dim(1).squeeze_dim::<4>(1)
    }

    /// 1 for the tokens of references, 0 for those of empty places: `[batch, room · tokens]`.
    pub(super) fn present(&self, tokens: usize, device: &Device) -> Tensor<2> {
        let references = self.markers.len();
        let present = self.sources.iter().flat_map(|&source| {
            let number = if source < references { 1.0_f32 } else { 0.0 };
            std::iter::repeat_n(number, tokens)
        });
        let shape = [self.batch, self.room * tokens];
        constant(TensorData::new(present.collect(), shape), device)
    }
}
