//! A large picture tile by tile, without seams.

use burn::tensor::Tensor;

use super::Compact;

/// How a picture is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tiles {
    /// The largest side of a tile, in pixels of the small picture, 1 or more. Tiles are made alike, so they
    /// are often smaller.
    pub side: usize,
    /// How many pixels around it a tile sees. With [`Compact::reach`] the result is that of the whole
    /// picture; with less, seams may show.
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
    fn spans(self, length: usize) -> Vec<Span> {
        let count = length.div_ceil(self.side.max(1)).max(1);
        let cut = |i: usize| i * length / count;
        let span = |i| Span {
            start: cut(i),
            end: cut(i + 1),
            seen_start: cut(i).saturating_sub(self.overlap),
            seen_end: (cut(i + 1) + self.overlap).min(length),
        };
        (0..count).map(span).collect()
    }
}

impl Compact {
    /// The pictures enlarged, one tile of one picture at a time, in memory that does not grow with them but
    /// for the result. `step(done, total)` is called after each layer of each tile and may stop the work
    /// with an error.
    ///
    /// # Shapes
    /// - rgb: `[batch, 3, height, width]`, sRGB-encoded, 0..=1; no axis is 0
    /// - result: `[batch, 3, scale · height, scale · width]`, about 0..=1
    ///
    /// # Errors
    /// That of `step`.
    pub fn enlarge<E>(
        &self,
        rgb: Tensor<4>,
        tiles: Tiles,
        mut step: impl FnMut(usize, usize) -> Result<(), E>,
    ) -> Result<Tensor<4>, E> {
        let [batch, _, height, width] = rgb.dims();
        let (down, across) = (tiles.spans(height), tiles.spans(width));
        let total = batch * down.len() * across.len() * self.depth();
        let mut before = 0;
        let mut pictures = Vec::with_capacity(batch);
        for picture in rgb.chunk(batch, 0) {
            let mut rows = Vec::with_capacity(down.len());
            for &y in &down {
                let mut row = Vec::with_capacity(across.len());
                for &x in &across {
                    row.push(self.tile(&picture, [y, x], |done| step(before + done, total))?);
                    before += self.depth();
                }
                rows.push(Tensor::cat(row, 3));
            }
            pictures.push(Tensor::cat(rows, 2));
        }
        Ok(Tensor::cat(pictures, 0))
    }

    /// What is made of one tile.
    fn tile<E>(
        &self,
        picture: &Tensor<4>,
        [y, x]: [Span; 2],
        step: impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Tensor<4>, E> {
        let seen = |x: Tensor<4>, axis: usize, span: Span| {
            x.narrow(axis, span.seen_start, span.seen_end - span.seen_start)
        };
        let made = |x: Tensor<4>, axis: usize, span: Span| {
            let start = self.scale * (span.start - span.seen_start);
            x.narrow(axis, start, self.scale * (span.end - span.start))
        };
        let large = self.forward(seen(seen(picture.clone(), 2, y), 3, x), step)?;
        Ok(made(made(large, 2, y), 3, x))
    }
}

#[cfg(test)]
mod tests {
    use super::{Span, Tiles};

    #[test]
    fn tiles_cover_a_side_once_and_are_alike() {
        for (length, side) in [(1, 1), (1, 256), (5, 2), (257, 256), (1000, 300)] {
            let spans = Tiles { side, overlap: 3 }.spans(length);
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
        .spans(12);
        let middle = Span {
            start: 4,
            end: 8,
            seen_start: 2,
            seen_end: 10,
        };
        assert_eq!(spans[1], middle);
        assert_eq!((spans[0].seen_start, spans[2].seen_end), (0, 12));
    }
}
