//! A whole product out of tiles: blocks that stay in the caches, shared out among the threads.

use std::ops::Range;

use rayon::prelude::*;

use super::kernel::{Depth, Kernel, Start, Tile};
use super::packed::{Left, PITCH, Right};
use super::scratch::scratch;

/// Tiles of rows that are taken at a time, so that they stay in the second cache.
const TILES: usize = 20;

/// Columns that are packed at a time against a left operand that is packed already: together with its
/// rows and the result they fill the second cache.
const COLUMNS: usize = 256;

/// Columns that are packed at a time where both operands are packed on the way.
const MANY_COLUMNS: usize = 4096;

/// Where a result goes: column `j` of row `r` to `(j / run) * picture + r * row + j % run`.
#[derive(Clone, Copy)]
pub(crate) struct Output<'a> {
    data: *mut f32,
    length: usize,
    row: usize,
    run: usize,
    picture: usize,
    borrowed: std::marker::PhantomData<&'a mut [f32]>,
}

// SAFETY: each task of a product writes its own rows and columns, no two of them the same element.
unsafe impl Send for Output<'_> {}
// SAFETY: as above.
unsafe impl Sync for Output<'_> {}

impl<'a> Output<'a> {
    /// A contiguous matrix of so many columns.
    pub(crate) fn rows_of(out: &'a mut [f32], columns: usize) -> Self {
        Self::pictures(out, columns, columns.max(1), 0)
    }

    /// Rows at a distance; columns that are the pixels of one picture after the other.
    pub(crate) fn pictures(out: &'a mut [f32], row: usize, run: usize, picture: usize) -> Self {
        Self {
            data: out.as_mut_ptr(),
            length: out.len(),
            row,
            run,
            picture,
            borrowed: std::marker::PhantomData,
        }
    }

    fn at(&self, row: usize, column: usize) -> usize {
        column / self.run * self.picture + row * self.row + column % self.run
    }
}

/// `out[rows, columns] = start + left · right`.
pub(crate) struct Product<'a> {
    pub(crate) kernel: &'static Kernel,
    /// Rows and columns.
    pub(crate) shape: [usize; 2],
    pub(crate) depth: Depth,
    pub(crate) left: &'a dyn Left,
    pub(crate) right: &'a dyn Right,
    pub(crate) start: Start<'a>,
}

impl Product<'_> {
    /// Computes it, on all threads if it is worth it.
    pub(crate) fn run(&self, out: Output<'_>) {
        let [rows, columns] = self.shape;
        if rows == 0 || columns == 0 {
            return;
        }
        assert!(out.at(rows - 1, columns - 1) < out.length);
        if self.depth.words == 0 {
            self.fill(out);
            return;
        }
        let tiles = rows.div_ceil(self.kernel.rows);
        let panels = columns.div_ceil(self.kernel.columns);
        let [down, along] = self.grid(tiles, panels);
        if down * along == 1 {
            self.task(0..tiles, 0..panels, out);
            return;
        }
        (0..down * along).into_par_iter().for_each(|task| {
            let part = |i: usize, parts: usize, of: usize| i * of / parts..(i + 1) * of / parts;
            self.task(
                part(task / along, down, tiles),
                part(task % along, along, panels),
                out,
            );
        });
    }

    /// What an empty sum gives.
    fn fill(&self, out: Output<'_>) {
        for row in 0..self.shape[0] {
            for column in 0..self.shape[1] {
                let value = match self.start {
                    Start::Zero => 0.0,
                    Start::Add => continue,
                    Start::RowBias(bias) => bias[row],
                    Start::ColumnBias(bias) => bias[column],
                };
                // SAFETY: `run` has checked that the last element is inside; `at` grows with both.
                unsafe { *out.data.add(out.at(row, column)) = value };
            }
        }
    }

    /// Into how many parts the rows and the columns are cut: the cheapest by an estimate that counts
    /// the multiplications, the packing that is done more than once, and the start of a task.
    fn grid(&self, tiles: usize, panels: usize) -> [usize; 2] {
        const TASK: f64 = 4e5;
        const PACK: f64 = 16.0;
        let threads = rayon::current_num_threads();
        let (tile, panel) = (self.kernel.rows as f64, self.kernel.columns as f64);
        let words = self.depth.words as f64;
        let cost = |down: usize, along: usize| {
            let rows = tiles.div_ceil(down) as f64 * tile;
            let columns = panels.div_ceil(along) as f64 * panel;
            let left = if self.left.is_packed() { 0.0 } else { rows };
            let right = if self.right.is_packed() { 0.0 } else { columns };
            let task = words * (rows * columns + PACK * (left + right));
            let rounds = (down * along).div_ceil(threads) as f64;
            let together = if down * along == 1 { 0.0 } else { TASK };
            rounds * (task + together)
        };
        let mut best = ([1, 1], cost(1, 1));
        for wanted in [threads, 2 * threads, 4 * threads] {
            for down in 1..=wanted.min(tiles) {
                let along = wanted.div_ceil(down).min(panels);
                let found = cost(down, along);
                if found < best.1 {
                    best = ([down, along], found);
                }
            }
        }
        best.0
    }

    /// The rows of those tiles, counted over the whole product.
    fn rows(&self, tiles: Range<usize>) -> Range<usize> {
        let (rows, each) = (self.shape[0], self.kernel.rows);
        let count = rows.div_ceil(each);
        let bound = |tile: usize| {
            if self.kernel.even {
                tile * rows / count
            } else {
                (tile * each).min(rows)
            }
        };
        bound(tiles.start)..bound(tiles.end)
    }

    /// Computes those tiles of those panels.
    fn task(&self, tiles: Range<usize>, panels: Range<usize>, out: Output<'_>) {
        let kernel = self.kernel;
        let kept = if self.right.is_packed() {
            panels.len()
        } else if self.left.is_packed() {
            COLUMNS / kernel.columns
        } else {
            MANY_COLUMNS / kernel.columns
        };
        let kept = kept.min(panels.len()).max(1);
        let right = if self.right.is_packed() { 0 } else { kept };
        let left = if self.left.is_packed() {
            0
        } else {
            TILES.min(tiles.len()) + 1
        };
        scratch(right * kernel.columns * self.depth.each, |right| {
            scratch(left * kernel.rows * PITCH, |left| {
                // SAFETY: the kernel was chosen for this processor; it is ended on this thread below.
                unsafe { (kernel.begin)() };
                for first in panels.clone().step_by(kept) {
                    let panels = first..(first + kept).min(panels.end);
                    for block in 0..self.depth.blocks() {
                        self.block(block, tiles.clone(), panels.clone(), (left, right, out));
                    }
                }
                // SAFETY: as above.
                unsafe { (kernel.end)() };
            });
        });
    }

    /// Adds one block of the depth to those tiles of those panels.
    fn block(
        &self,
        block: usize,
        tiles: Range<usize>,
        panels: Range<usize>,
        (left, right, out): (&mut [u32], &mut [u32], Output<'_>),
    ) {
        let depth = self.depth.block(block).len();
        let size = depth * self.kernel.columns;
        let right = self.right.panels(block, panels.clone(), right);
        let start = if block == 0 { self.start } else { Start::Add };
        let groups = tiles.len().div_ceil(TILES);
        for group in 0..groups {
            let bound = |group: usize| tiles.start + group * tiles.len() / groups;
            let tiles = bound(group)..bound(group + 1);
            let all = self.rows(tiles.clone());
            let left = self.left.block(block, all.clone(), left);
            for (panel, b) in panels.clone().zip(right.chunks_exact(size)) {
                for tile in tiles.clone() {
                    let rows = self.rows(tile..tile + 1);
                    let a = &left[(rows.start - all.start) * PITCH..];
                    assert!(a.len() >= (self.kernel.rows - 1) * PITCH + depth);
                    self.place(depth, (a, b), (rows, panel), (start, out));
                }
            }
        }
    }

    /// Computes one tile into its place.
    fn place(
        &self,
        depth: usize,
        (a, b): (&[u32], &[u32]),
        (rows, panel): (Range<usize>, usize),
        (start, out): (Start<'_>, Output<'_>),
    ) {
        let first = panel * self.kernel.columns;
        let columns = first..(first + self.kernel.columns).min(self.shape[1]);
        let start = start.at(rows.clone(), columns.clone());
        let tile = Tile {
            depth,
            a: a.as_ptr(),
            b: b.as_ptr(),
            c: out.data.wrapping_add(out.at(rows.start, columns.start)),
            stride: out.row,
            rows: rows.len(),
            columns: columns.len(),
            start,
        };
        if columns.start / out.run == (columns.end - 1) / out.run {
            // SAFETY: `a` and `b` hold the operands; the columns lie side by side in one picture, so
            // the whole tile is inside the output, whose end `run` has checked.
            unsafe { (self.kernel.run)(&tile) };
            return;
        }
        let mut apart = [0f32; 32 * 32];
        let local = Tile {
            c: apart.as_mut_ptr(),
            stride: 32,
            start: Start::Zero,
            ..tile
        };
        // SAFETY: no kernel has more than 32 rows or columns.
        unsafe { (self.kernel.run)(&local) };
        scatter(&apart, (rows, columns), (tile.start, out));
    }
}

/// Writes a tile whose columns lie in several pictures.
fn scatter(
    tile: &[f32],
    (rows, columns): (Range<usize>, Range<usize>),
    (start, out): (Start<'_>, Output<'_>),
) {
    let mut column = columns.start;
    while column < columns.end {
        let count = (out.run - column % out.run).min(columns.end - column);
        let from = column - columns.start;
        for (i, row) in rows.clone().enumerate() {
            let at = out.at(row, column);
            // SAFETY: these columns lie side by side, and `run` has checked the end of the output; no
            // other task writes them.
            let to = unsafe { std::slice::from_raw_parts_mut(out.data.add(at), count) };
            let sums = &tile[i * 32 + from..][..count];
            match start {
                Start::Zero => to.copy_from_slice(sums),
                Start::Add => to.iter_mut().zip(sums).for_each(|(to, sum)| *to += sum),
                Start::RowBias(bias) => {
                    to.iter_mut()
                        .zip(sums)
                        .for_each(|(to, sum)| *to = sum + bias[i]);
                }
                Start::ColumnBias(bias) => {
                    let pairs = to.iter_mut().zip(sums).zip(&bias[from..]);
                    pairs.for_each(|((to, sum), bias)| *to = sum + bias);
                }
            }
        }
        column += count;
    }
}
