//! A large picture tile by tile, without seams.

use burn::tensor::Tensor;

use super::network::{Enlarge, Stopped};

/// How a picture is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tiles {
    /// The largest side of a tile, in pixels of the small picture, 1 or more. Tiles are made alike, so they
    /// are often smaller.
    pub side: usize,
    /// How many pixels around it a tile sees, or a few more where a network has windows. With
    /// [`Upscaler::reach`](super::Upscaler::reach) the result is that of the whole picture; with less, seams
    /// may show.
    pub overlap: usize,
}

/// A stretch of one axis: what is made of it, and what is looked at to make it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    start: usize,
    end: usize,
    seen_start: usize,
    seen_end: usize,
}

impl Tiles {
    /// A whole picture at once.
    pub const WHOLE: Self = Self {
        side: usize::MAX,
        overlap: 0,
    };

    /// The stretches of a side; what is seen of it starts and ends at multiples of `grain` or with the side.
    fn spans(self, length: usize, grain: usize) -> Vec<Span> {
        let count = length.div_ceil(self.side.max(1)).max(1);
        let cut = |i: usize| i * length / count;
        let span = |i| Span {
            start: cut(i),
            end: cut(i + 1),
            seen_start: cut(i).saturating_sub(self.overlap) / grain * grain,
            seen_end: (cut(i + 1) + self.overlap)
                .next_multiple_of(grain)
                .min(length),
        };
        (0..count).map(span).collect()
    }
}

/// The pictures enlarged, one tile of one picture at a time. `step(done, total)` is called after each step of
/// each tile and may stop the work with an error.
///
/// # Shapes
/// - rgb: `[batch, 3, height, width]`, sRGB-encoded, 0..=1; no axis is 0
/// - result: `[batch, 3, scale · height, scale · width]`, about 0..=1
pub(super) fn enlarged<E>(
    network: &dyn Enlarge,
    rgb: Tensor<4>,
    tiles: Tiles,
    mut step: impl FnMut(usize, usize) -> Result<(), E>,
) -> Result<Tensor<4>, E> {
    let [batch, _, height, width] = rgb.dims();
    let spans = |length| tiles.spans(length, network.grain());
    let (down, across) = (spans(height), spans(width));
    let total = batch * down.len() * across.len() * network.steps();
    let mut done = 0;
    let mut next = || {
        done += 1;
        step(done, total)
    };
    let mut pictures = Vec::with_capacity(batch);
    for picture in rgb.chunk(batch, 0) {
        let mut rows = Vec::with_capacity(down.len());
        for &y in &down {
            let mut row = Vec::with_capacity(across.len());
            for &x in &across {
                row.push(tile(network, &picture, [y, x], &mut next)?);
            }
            rows.push(Tensor::cat(row, 3));
        }
        pictures.push(Tensor::cat(rows, 2));
    }
    Ok(Tensor::cat(pictures, 0))
}

/// What is made of one tile.
fn tile<E>(
    network: &dyn Enlarge,
    picture: &Tensor<4>,
    [y, x]: [Span; 2],
    mut step: impl FnMut() -> Result<(), E>,
) -> Result<Tensor<4>, E> {
    let seen = |x: Tensor<4>, axis: usize, span: Span| {
        x.narrow(axis, span.seen_start, span.seen_end - span.seen_start)
    };
    let made = |x: Tensor<4>, axis: usize, span: Span| {
        let start = network.scale() * (span.start - span.seen_start);
        x.narrow(axis, start, network.scale() * (span.end - span.start))
    };
    let mut error = None;
    let mut stepped = || {
        step().map_err(|why| {
            error = Some(why);
            Stopped
        })
    };
    let large = network.forward(seen(seen(picture.clone(), 2, y), 3, x), &mut stepped);
    match (large, error) {
        (_, Some(error)) => Err(error),
        (Ok(large), None) => Ok(made(made(large, 2, y), 3, x)),
        (Err(Stopped), None) => unreachable!("a network stops only where a step told it to"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Span, Tiles};

    #[test]
    fn tiles_cover_a_side_once_and_are_alike() {
        for (length, side) in [(1, 1), (1, 256), (5, 2), (257, 256), (1000, 300)] {
            let spans = Tiles { side, overlap: 3 }.spans(length, 1);
            let mut at = 0;
            for span in &spans {
                assert_eq!(span.start, at);
                at = span.end;
            }
            assert_eq!(at, length);
            let lengths = spans.iter().map(|span| span.end - span.start);
            let (least, most) = (lengths.clone().min().unwrap(), lengths.max().unwrap());
            assert!(least >= 1 && most <= side && most - least <= 1);
        }
    }

    #[test]
    fn a_tile_sees_around_itself_but_not_beyond_the_picture() {
        let spans = Tiles {
            side: 4,
            overlap: 2,
        }
        .spans(12, 1);
        let middle = Span {
            start: 4,
            end: 8,
            seen_start: 2,
            seen_end: 10,
        };
        assert_eq!(spans[1], middle);
        assert_eq!((spans[0].seen_start, spans[2].seen_end), (0, 12));
    }
    #[test]
    fn what_a_tile_sees_starts_on_the_raster_of_the_network() {
        let tiles = Tiles {
            side: 7,
            overlap: 3,
        };
        let seen: Vec<_> = tiles
            .spans(21, 4)
            .iter()
            .map(|span| (span.seen_start, span.seen_end))
            .collect();
        assert_eq!(seen, [(0, 12), (4, 20), (8, 21)]);
    }
}
