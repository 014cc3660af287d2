//! Tiles and packing without intrinsics, for any processor.

use half::bf16;

use super::kernel::Tile;
use super::packed::PITCH;
use super::packers::{Packers, packers};

/// Rows of a tile: as many as leave its sums in the registers of the plainest processors.
pub(super) const ROWS: usize = if cfg!(target_arch = "aarch64") { 4 } else { 2 };
/// Columns of a tile.
pub(super) const COLUMNS: usize = 16;

pub(super) const FULL: Packers = full::ALL;
pub(super) const ROUNDED: Packers = rounded::ALL;

/// Computes a tile of f32.
///
/// # Safety
/// As [`super::Kernel::run`] asks.
pub(super) unsafe fn run(tile: &Tile<'_>) {
    let mut sums = [[0f32; COLUMNS]; ROWS];
    for word in 0..tile.depth {
        // SAFETY: the panel has `depth` words of `COLUMNS` columns.
        let b: [f32; COLUMNS] =
            unsafe { tile.b.add(word * COLUMNS).cast::<[f32; COLUMNS]>().read() };
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: as many rows as the kernel has may be read.
            let a = f32::from_bits(unsafe { *tile.a.add(row * PITCH + word) });
            for (sum, b) in sums.iter_mut().zip(b) {
                *sum = multiply_add(a, b, *sum);
            }
        }
    }
    // SAFETY: passed on.
    unsafe { finish(tile, sums.as_flattened(), COLUMNS) };
}

/// A product and a sum, fused where that is one instruction.
#[inline(always)]
fn multiply_add(a: f32, b: f32, sum: f32) -> f32 {
    if cfg!(any(target_arch = "aarch64", target_feature = "fma")) {
        a.mul_add(b, sum)
    } else {
        a * b + sum
    }
}

/// Writes the wanted part of the sums of a tile, which lie row after row.
///
/// # Safety
/// `c` and the start must be good for the rows and columns that the tile wants, `sums` hold as many.
pub(super) unsafe fn finish(tile: &Tile<'_>, sums: &[f32], width: usize) {
    let base = tile.base();
    for row in 0..tile.rows {
        // SAFETY: by the contract of the tile.
        let bias = unsafe { *base.rows.add(row) };
        for column in 0..tile.columns {
            let mut sum = sums[row * width + column] + bias;
            // SAFETY: by the contract of the tile.
            unsafe {
                if base.present {
                    sum += *base.from.add(row * base.stride + column);
                }
                *tile.c.add(row * tile.stride + column) = sum;
            }
        }
    }
}

type Line = [u32; 16];

fn zero() -> Line {
    [0; 16]
}

/// # Safety
/// `count` numbers, at most 16, can be read.
unsafe fn along(src: *const f32, count: usize) -> Line {
    // SAFETY: by the contract of this function.
    let src = unsafe { std::slice::from_raw_parts(src, count) };
    std::array::from_fn(|i| src.get(i).map_or(0, |value| value.to_bits()))
}

/// # Safety
/// `count` numbers, at most 16, can be read.
unsafe fn along_rounded(src: *const f32, count: usize) -> Line {
    // SAFETY: by the contract of this function.
    let src = unsafe { std::slice::from_raw_parts(src, count) };
    std::array::from_fn(|i| src.get(i).map_or(0, |value| round(*value)))
}

/// The bits of the nearest bf16 as an f32.
fn round(value: f32) -> u32 {
    bf16::from_f32(value).to_f32().to_bits()
}

/// # Safety
/// `count` numbers, at most 16, can be read unless there is no line.
unsafe fn across(src: *const f32, _: usize, lines: usize, count: usize) -> Line {
    if lines == 0 {
        return zero();
    }
    // SAFETY: by the contract of this function.
    unsafe { along(src, count) }
}

/// # Safety
/// `count` numbers, at most 16, can be read unless there is no line.
unsafe fn across_rounded(src: *const f32, _: usize, lines: usize, count: usize) -> Line {
    if lines == 0 {
        return zero();
    }
    // SAFETY: by the contract of this function.
    unsafe { along_rounded(src, count) }
}

fn turn(block: &mut [Line; 16]) {
    let lines = *block;
    *block = std::array::from_fn(|i| lines.map(|line| line[i]));
}

/// # Safety
/// `count` words, at most 16, can be written.
unsafe fn store(words: Line, dst: *mut u32, count: usize) {
    // SAFETY: by the contract of this function.
    unsafe { std::ptr::copy_nonoverlapping(words.as_ptr(), dst, count) };
}

packers! {
    mod full {
        elements: 1,
        along: super::along,
        across: super::across,
        zero: super::zero,
        turn: super::turn,
        store: super::store,
    }
}

packers! {
    mod rounded {
        elements: 1,
        along: super::along_rounded,
        across: super::across_rounded,
        zero: super::zero,
        turn: super::turn,
        store: super::store,
    }
}
