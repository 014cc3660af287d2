//! Tiles and packing by vectors of 256 and 512 bits.

use std::arch::x86_64::{
    __m512, __m512bh, __m512i, _MM_HINT_T0, _mm_prefetch, _mm256_fmadd_ps, _mm256_loadu_ps,
    _mm256_set1_ps, _mm256_setzero_ps, _mm256_storeu_ps, _mm512_add_ps, _mm512_castps_si512,
    _mm512_cvtne2ps_pbh, _mm512_dpbf16_ps, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_loadu_si512,
    _mm512_mask_storeu_epi32, _mm512_mask_storeu_ps, _mm512_maskz_loadu_ps,
    _mm512_permutexvar_epi16, _mm512_set1_ps, _mm512_setzero_ps, _mm512_setzero_si512,
    _mm512_shuffle_i32x4, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64, _mm512_unpacklo_epi32,
    _mm512_unpacklo_epi64,
};
use std::mem::transmute;

use super::kernel::Tile;
use super::packed::PITCH;
use super::packers::{Packers, packers};
use super::portable::finish;

/// Rows of a 512-bit tile.
pub(super) const ROWS: usize = 12;
/// Columns of a 512-bit tile.
pub(super) const COLUMNS: usize = 32;

pub(super) const FULL: Packers = full::ALL;
pub(super) const PAIRS: Packers = pairs::ALL;

/// Writes a 512-bit tile of so many rows, and the choice among them.
macro_rules! tile512 {
    ($name:ident, $rows:ident, $features:literal, $step:path) => {
        /// Computes a tile.
        ///
        /// # Safety
        /// As [`super::Kernel::run`] asks, on a processor with these instructions.
        #[target_feature(enable = $features)]
        pub(super) unsafe fn $name(tile: &Tile<'_>) {
            // SAFETY: passed on.
            unsafe {
                match tile.rows {
                    1 => $rows::<1>(tile),
                    2 => $rows::<2>(tile),
                    3 => $rows::<3>(tile),
                    4 => $rows::<4>(tile),
                    5 => $rows::<5>(tile),
                    6 => $rows::<6>(tile),
                    7 => $rows::<7>(tile),
                    8 => $rows::<8>(tile),
                    9 => $rows::<9>(tile),
                    10 => $rows::<10>(tile),
                    11 => $rows::<11>(tile),
                    _ => $rows::<12>(tile),
                }
            }
        }

        /// # Safety
        /// As [`super::Kernel::run`] asks, on a processor with these instructions.
        #[target_feature(enable = $features)]
        unsafe fn $rows<const R: usize>(tile: &Tile<'_>) {
            let mut sums = [[_mm512_setzero_ps(); 2]; R];
            let (mut a, mut b) = (tile.a, tile.b);
            // SAFETY: rows and panel have `depth` words, the result and its start the rows and columns.
            unsafe {
                // The result comes from afar while the products are summed.
                for row in 0..R {
                    let line = tile.c.wrapping_add(row * tile.stride).cast::<i8>();
                    _mm_prefetch::<_MM_HINT_T0>(line);
                    _mm_prefetch::<_MM_HINT_T0>(line.wrapping_add(64));
                }
                for _ in 0..tile.depth {
                    let (b0, b1) = (_mm512_loadu_ps(b.cast()), _mm512_loadu_ps(b.add(16).cast()));
                    for (row, sums) in sums.iter_mut().enumerate() {
                        let a = _mm512_set1_ps(f32::from_bits(*a.add(row * PITCH)));
                        sums[0] = $step(a, b0, sums[0]);
                        sums[1] = $step(a, b1, sums[1]);
                    }
                    (a, b) = (a.add(1), b.add(COLUMNS));
                }
                let base = tile.base();
                let wanted = !(u32::MAX << 1 << (tile.columns - 1));
                let present = if base.present { wanted } else { 0 };
                for (row, sums) in sums.iter().enumerate() {
                    let bias = _mm512_set1_ps(*base.rows.add(row));
                    for (half, sum) in sums.iter().enumerate() {
                        let shift = 16 * half;
                        let from = base.from.wrapping_add(row * base.stride + shift);
                        let start = _mm512_maskz_loadu_ps((present >> shift) as u16, from);
                        let sum = _mm512_add_ps(_mm512_add_ps(*sum, bias), start);
                        let to = tile.c.wrapping_add(row * tile.stride + shift);
                        _mm512_mask_storeu_ps(to, (wanted >> shift) as u16, sum);
                    }
                }
            }
        }
    };
}

tile512!(
    avx512,
    avx512_rows,
    "avx512f,avx512bw,avx512vl",
    _mm512_fmadd_ps
);
tile512!(
    avx512_bf16,
    avx512_bf16_rows,
    "avx512f,avx512bw,avx512vl,avx512bf16",
    dot_pairs
);

/// Adds the products of two pairs of bf16 in each lane.
#[inline]
#[target_feature(enable = "avx512f,avx512bf16")]
fn dot_pairs(a: __m512, b: __m512, sum: __m512) -> __m512 {
    // SAFETY: vectors of the same 512 bits, any bits are bf16.
    let (a, b) = unsafe {
        (
            transmute::<__m512, __m512bh>(a),
            transmute::<__m512, __m512bh>(b),
        )
    };
    _mm512_dpbf16_ps(sum, a, b)
}

/// Computes a tile of 6 rows and 16 columns.
///
/// # Safety
/// As [`super::Kernel::run`] asks, on a processor with AVX2 and FMA.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn avx2(tile: &Tile<'_>) {
    let mut sums = [[_mm256_setzero_ps(); 2]; 6];
    let (mut a, mut b) = (tile.a, tile.b);
    // SAFETY: the panel has `depth` words, the left operand as many in each of the kernel's rows.
    unsafe {
        for _ in 0..tile.depth {
            let (b0, b1) = (_mm256_loadu_ps(b.cast()), _mm256_loadu_ps(b.add(8).cast()));
            for (row, sums) in sums.iter_mut().enumerate() {
                let a = _mm256_set1_ps(f32::from_bits(*a.add(row * PITCH)));
                sums[0] = _mm256_fmadd_ps(a, b0, sums[0]);
                sums[1] = _mm256_fmadd_ps(a, b1, sums[1]);
            }
            (a, b) = (a.add(1), b.add(16));
        }
        let mut all = [[0f32; 16]; 6];
        for (all, sums) in all.iter_mut().zip(sums) {
            _mm256_storeu_ps(all.as_mut_ptr(), sums[0]);
            _mm256_storeu_ps(all.as_mut_ptr().add(8), sums[1]);
        }
        finish(tile, all.as_flattened(), 16);
    }
}

/// The mask of the first `count` of 16 lanes.
#[inline(always)]
fn first(count: usize) -> u16 {
    ((1u32 << count.min(16)) - 1) as u16
}

#[inline]
#[target_feature(enable = "avx512f")]
fn zero() -> __m512i {
    _mm512_setzero_si512()
}

/// # Safety
/// `count` numbers, at most 16, can be read.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn along(src: *const f32, count: usize) -> __m512i {
    // SAFETY: lanes beyond `count` are not read.
    _mm512_castps_si512(unsafe { _mm512_maskz_loadu_ps(first(count), src) })
}

/// # Safety
/// `count` numbers, at most 16, can be read.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn across(src: *const f32, _: usize, _: usize, count: usize) -> __m512i {
    // SAFETY: lanes beyond `count` are not read.
    unsafe { along(src, count) }
}

/// # Safety
/// `count` numbers, at most 32, can be read.
#[inline]
#[target_feature(enable = "avx512f,avx512bf16")]
unsafe fn along_pairs(src: *const f32, count: usize) -> __m512i {
    // SAFETY: lanes beyond `count` are not read; vectors of the same 512 bits.
    unsafe {
        let low = _mm512_maskz_loadu_ps(first(count), src);
        let high = _mm512_maskz_loadu_ps(first(count.saturating_sub(16)), src.wrapping_add(16));
        transmute::<__m512bh, __m512i>(_mm512_cvtne2ps_pbh(high, low))
    }
}

/// # Safety
/// `count` numbers, at most 16, can be read in each of the lines.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
unsafe fn across_pairs(src: *const f32, stride: usize, lines: usize, count: usize) -> __m512i {
    let second = if lines > 1 { first(count) } else { 0 };
    // SAFETY: lanes beyond `count` and lines beyond `lines` are not read; vectors of the same 512 bits.
    unsafe {
        let low = _mm512_maskz_loadu_ps(first(count), src);
        let high = _mm512_maskz_loadu_ps(second, src.wrapping_add(stride));
        interleave(transmute::<__m512bh, __m512i>(_mm512_cvtne2ps_pbh(
            high, low,
        )))
    }
}

/// The halves of 16 numbers of 16 bits, each from the low and the high half by turns.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn interleave(halves: __m512i) -> __m512i {
    let mut order = [0i16; 32];
    for (i, from) in (0i16..).zip(order.chunks_exact_mut(2)) {
        (from[0], from[1]) = (i, 16 + i);
    }
    // SAFETY: an array of 512 bits.
    let order = unsafe { _mm512_loadu_si512(order.as_ptr().cast()) };
    _mm512_permutexvar_epi16(order, halves)
}

/// # Safety
/// `count` words, at most 16, can be written.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn store(words: __m512i, dst: *mut u32, count: usize) {
    // SAFETY: lanes beyond `count` are not written.
    unsafe { _mm512_mask_storeu_epi32(dst.cast(), first(count), words) };
}

/// Transposes 16 times 16 words.
#[inline]
#[target_feature(enable = "avx512f")]
fn turn(block: &mut [__m512i; 16]) {
    let mut pairs = [_mm512_setzero_si512(); 16];
    for i in 0..8 {
        pairs[2 * i] = _mm512_unpacklo_epi32(block[2 * i], block[2 * i + 1]);
        pairs[2 * i + 1] = _mm512_unpackhi_epi32(block[2 * i], block[2 * i + 1]);
    }
    let mut fours = [_mm512_setzero_si512(); 16];
    for i in 0..4 {
        for half in 0..2 {
            let (low, high) = (pairs[4 * i + half], pairs[4 * i + 2 + half]);
            fours[4 * i + 2 * half] = _mm512_unpacklo_epi64(low, high);
            fours[4 * i + 2 * half + 1] = _mm512_unpackhi_epi64(low, high);
        }
    }
    for i in 0..4 {
        let [a, b, c, d] = [fours[i], fours[4 + i], fours[8 + i], fours[12 + i]];
        let (ab, cd) = (
            _mm512_shuffle_i32x4::<0x88>(a, b),
            _mm512_shuffle_i32x4::<0x88>(c, d),
        );
        let (ef, gh) = (
            _mm512_shuffle_i32x4::<0xdd>(a, b),
            _mm512_shuffle_i32x4::<0xdd>(c, d),
        );
        block[i] = _mm512_shuffle_i32x4::<0x88>(ab, cd);
        block[8 + i] = _mm512_shuffle_i32x4::<0xdd>(ab, cd);
        block[4 + i] = _mm512_shuffle_i32x4::<0x88>(ef, gh);
        block[12 + i] = _mm512_shuffle_i32x4::<0xdd>(ef, gh);
    }
}

packers! {
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
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
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512bf16")]
    mod pairs {
        elements: 2,
        along: super::along_pairs,
        across: super::across_pairs,
        zero: super::zero,
        turn: super::turn,
        store: super::store,
    }
}
