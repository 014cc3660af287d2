//! A map over a picture in tiles that overlap, mended without a seam by weights that fall to the edge.

use std::ops::Range;

use burn::tensor::{Device, Tensor, TensorData};
use weft_tensor::constant;

/// How a picture is divided, in units of latents.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tiles {
    pub(crate) side: usize,
    pub(crate) overlap: usize,
}

/// How many numbers along a side stand for one of the latents: of what comes in, and of what goes out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ratio {
    pub(crate) into: usize,
    pub(crate) out: usize,
}

impl Tiles {
    /// Where the tiles lie along an axis of that length.
    fn places(self, length: usize) -> Vec<Range<usize>> {
        let side = self.side.max(1);
        if length <= side {
            return std::iter::once(0..length).collect();
        }
        let stride = side.saturating_sub(self.overlap).max(1);
        let count = (length - side).div_ceil(stride) + 1;
        let last = length - side;
        let first = |i: usize| (i * stride).min(last);
        (0..count).map(|i| first(i)..first(i) + side).collect()
    }

    /// `part` of the whole, if that fits one tile, or of tile by tile.
    ///
    /// # Shapes
    /// - x: `[batch, channels, into · height, into · width]`
    /// - result: `[batch, others, out · height, out · width]`
    ///
    /// # Errors
    /// Those of `part`, which is told which tile it is of how many.
    pub(crate) fn map<E>(
        self,
        x: Tensor<4>,
        ratio: Ratio,
        mut part: impl FnMut(Tensor<4>, usize, usize) -> Result<Tensor<4>, E>,
    ) -> Result<Tensor<4>, E> {
        let Ratio { into, out } = ratio;
        let [_, _, tall, wide] = x.dims();
        let (height, width) = (tall / into, wide / into);
        let (rows, columns) = (self.places(height), self.places(width));
        let total = rows.len() * columns.len();
        if total == 1 {
            return part(x, 0, 1);
        }
        let mut sums: Option<[Tensor<4>; 2]> = None;
        let all = rows
            .iter()
            .flat_map(|row| columns.iter().map(move |column| [row, column]));
        for (nth, [row, column]) in all.enumerate() {
            let tile = x.clone().narrow(2, into * row.start, into * row.len());
            let tile = tile.narrow(3, into * column.start, into * column.len());
            let made = part(tile, nth, total)?;
            let weight = self.weight([row, column], [height, width], out, &made.device());
            let [batch, channels, _, _] = made.dims();
            let [sum, weights] = sums.take().unwrap_or_else(|| {
                [[batch, channels], [1, 1]].map(|[batch, channels]| {
                    Tensor::zeros([batch, channels, out * height, out * width], &made.device())
                })
            });
            let place = [row, column].map(|range| out * range.start..out * range.end);
            sums = Some([
                added(sum, made * weight.clone(), place.clone()),
                added(weights, weight, place),
            ]);
        }
        match sums {
            Some([sum, weights]) => Ok(sum / weights),
            None => part(x, 0, 1),
        }
    }

    /// How much each number of a tile counts, `[1, 1, height, width]`.
    fn weight(
        self,
        place: [&Range<usize>; 2],
        whole: [usize; 2],
        out: usize,
        device: &Device,
    ) -> Tensor<4> {
        let lines = |axis: usize| self.weights(place[axis], whole[axis], out, device);
        let (down, across) = (lines(0), lines(1));
        let (height, width) = (down.dims()[0], across.dims()[0]);
        down.reshape([1, 1, height, 1]) * across.reshape([1, 1, 1, width])
    }

    /// How much each line of a tile counts: less to an edge that is not one of the whole.
    fn weights(
        self,
        place: &Range<usize>,
        length: usize,
        out: usize,
        device: &Device,
    ) -> Tensor<1> {
        let reach = (self.overlap * out).max(1) as f32;
        let count = place.len() * out;
        let weight = |i: usize| {
            let from_start = if place.start == 0 {
                reach
            } else {
                i as f32 + 0.5
            };
            let from_end = if place.end == length {
                reach
            } else {
                (count - i) as f32 - 0.5
            };
            from_start.min(from_end).min(reach) / reach
        };
        let weights = (0..count).map(weight).collect();
        constant(TensorData::new(weights, [count]), device)
    }
}

/// `sum` with `part` added at `place`.
fn added(sum: Tensor<4>, part: Tensor<4>, [rows, columns]: [Range<usize>; 2]) -> Tensor<4> {
    let [batch, channels, _, _] = sum.dims();
    let place = [0..batch, 0..channels, rows, columns];
    let there = sum.clone().slice(place.clone());
    sum.slice_assign(place, there + part)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use burn::tensor::{Device, Tensor};
    use weft_testing::assert_close;
    use weft_vision::{
        noise::uniform,
        resample::{Filter, resize},
    };

    use super::{Ratio, Tiles};

    #[test]
    fn a_map_of_single_numbers_is_the_same_in_tiles() {
        let x = uniform([1, 2, 13, 21], 1, &Device::flex());
        let tiles = Tiles {
            side: 6,
            overlap: 2,
        };
        let mut count = 0;
        let twice = |part: Tensor<4>, nth, total| {
            count += 1;
            assert!(nth < total);
            let [_, _, height, width] = part.dims();
            Ok::<_, Infallible>(resize(part, (2 * height, 2 * width), Filter::Nearest))
        };
        let found = tiles
            .map(x.clone(), Ratio { into: 1, out: 2 }, twice)
            .unwrap();
        assert_eq!(count, 3 * 5);
        assert_close(&found, &resize(x, (26, 42), Filter::Nearest), 1e-5);
    }

    #[test]
    fn what_fits_one_tile_is_not_divided() {
        let x = uniform([1, 1, 8, 8], 1, &Device::flex());
        let tiles = Tiles {
            side: 8,
            overlap: 2,
        };
        let same = |part: Tensor<4>, _, total| {
            assert_eq!(total, 1);
            Ok::<_, Infallible>(part)
        };
        tiles.map(x, Ratio { into: 1, out: 1 }, same).unwrap();
    }
}
