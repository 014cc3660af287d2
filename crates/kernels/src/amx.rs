//! Matrix tiles (Intel AMX): whether they may be used, and the kernel that uses them.
//!
//! By inline assembly, since the intrinsics are not stable. Tiles 0 to 3 hold a result of 32 rows and
//! 32 columns, 4 and 5 the left operand, 6 and 7 the right one.

use std::arch::asm;
use std::arch::x86_64::{
    __cpuid, __cpuid_count, __m512, _mm512_add_ps, _mm512_loadu_ps, _mm512_mask_storeu_ps,
    _mm512_maskz_loadu_ps, _mm512_set1_ps,
};
use std::sync::OnceLock;

use crate::gemm::{PITCH, Start, Tile};

/// Bytes from one row of the left operand to the next.
const LEFT: usize = PITCH * 4;
/// Bytes from one word of the depth to the next in a panel.
const RIGHT: usize = 32 * 4;

/// Whether this processor has bf16 tiles and the kernel lets this process use them.
pub(crate) fn is_here() -> bool {
    static HERE: OnceLock<bool> = OnceLock::new();
    *HERE.get_or_init(|| has_tiles() && is_granted() && multiplies())
}

/// CPUID leaf 7: AMX-BF16 and AMX-TILE.
fn has_tiles() -> bool {
    if __cpuid(0).eax < 7 {
        return false;
    }
    let features = __cpuid_count(7, 0).edx;
    features >> 22 & 1 == 1 && features >> 24 & 1 == 1 && is_x86_feature_detected!("avx512f")
}

/// Asks the operating system for the tile registers of all threads of this process.
#[cfg(target_os = "linux")]
fn is_granted() -> bool {
    const ARCH_PRCTL: isize = 158;
    const ARCH_REQ_XCOMP_PERM: usize = 0x1023;
    const XFEATURE_XTILEDATA: usize = 18;
    let answer: isize;
    // SAFETY: a system call that reads no memory of ours; it changes rcx and r11.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") ARCH_PRCTL => answer,
            in("rdi") ARCH_REQ_XCOMP_PERM,
            in("rsi") XFEATURE_XTILEDATA,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    answer == 0
}

#[cfg(not(target_os = "linux"))]
fn is_granted() -> bool {
    false
}

/// Whether a small product comes out right: small whole numbers, so exactly.
fn multiplies() -> bool {
    let small = |i: usize| (i * 7 % 5) as f32 - 2.0;
    let bits = |value: f32| value.to_bits() >> 16;
    let pair = |i: usize| bits(small(2 * i)) | bits(small(2 * i + 1)) << 16;
    let a: Vec<u32> = (0..32 * PITCH).map(pair).collect();
    let b: Vec<u32> = (0..32 * 32).map(|i| pair(i + 3)).collect();
    let mut c = [1f32; 32 * 32];
    let tile = Tile {
        depth: 32,
        a: a.as_ptr(),
        b: b.as_ptr(),
        c: c.as_mut_ptr(),
        stride: 32,
        rows: 32,
        columns: 32,
        start: Start::Add,
    };
    // SAFETY: the tiles are there and granted, and the operands are as large as the tile asks.
    unsafe {
        begin();
        run(&tile);
        end();
    }
    (0..32 * 32).all(|i| {
        let (row, column) = (i / 32, i % 32);
        let products = (0..64).map(|k| {
            let (word, half) = (k / 2, k % 2);
            let left = small(2 * (row * PITCH + word) + half);
            left * small(2 * (word * 32 + column + 3) + half)
        });
        1.0 + products.sum::<f32>() == c[i]
    })
}

/// Lays out the tile registers of this thread: eight of 16 rows of 64 bytes.
///
/// # Safety
/// [`is_here`], or at least its first two conditions.
pub(crate) unsafe fn begin() {
    #[repr(C, align(64))]
    struct Layout([u8; 64]);
    let mut layout = Layout([0; 64]);
    layout.0[0] = 1;
    for tile in 0..8 {
        layout.0[16 + 2 * tile] = 64;
        layout.0[48 + tile] = 16;
    }
    // SAFETY: the processor has tiles; the layout is one that it knows.
    unsafe { asm!("ldtilecfg [{}]", in(reg) layout.0.as_ptr(), options(nostack, readonly)) };
}

/// Gives the tile registers of this thread back.
///
/// # Safety
/// [`is_here`].
pub(crate) unsafe fn end() {
    // SAFETY: the processor has tiles.
    unsafe { asm!("tilerelease", options(nostack, nomem)) };
}

/// Computes a tile of 32 rows and 32 columns.
///
/// # Safety
/// As `Kernel::run` asks, between [`begin`] and [`end`] on this thread. 32 rows of `a` may be read.
pub(crate) unsafe fn run(tile: &Tile<'_>) {
    let whole = tile.rows == 32 && tile.columns == 32;
    if whole && matches!(tile.start, Start::Add) {
        // SAFETY: the result has 32 rows and columns; passed on.
        unsafe {
            load(tile.c, tile.stride * 4);
            multiply(tile, true);
            store(tile.c, tile.stride * 4);
        }
        return;
    }
    let mut sums = [0f32; 32 * 32];
    // SAFETY: the sums have 32 rows and columns; passed on.
    unsafe {
        clear();
        multiply(tile, tile.rows > 16);
        store(sums.as_mut_ptr(), RIGHT);
        finish(tile, &sums);
    }
}

/// Reads a result of 32 rows at a distance in bytes.
unsafe fn load(c: *const f32, stride: usize) {
    // SAFETY: by the contract of `run`.
    unsafe {
        asm!(
            "tileloadd tmm0, [{c} + {s}]",
            "tileloadd tmm1, [{c} + {s} + 64]",
            "tileloadd tmm2, [{d} + {s}]",
            "tileloadd tmm3, [{d} + {s} + 64]",
            c = in(reg) c,
            d = in(reg) c.byte_add(16 * stride),
            s = in(reg) stride,
            options(nostack, readonly),
        );
    }
}

/// Sets the result to zero.
unsafe fn clear() {
    // SAFETY: by the contract of `run`.
    unsafe {
        asm!(
            "tilezero tmm0",
            "tilezero tmm1",
            "tilezero tmm2",
            "tilezero tmm3",
            options(nostack, nomem),
        );
    }
}

/// Writes the result to 32 rows at a distance in bytes.
unsafe fn store(c: *mut f32, stride: usize) {
    // SAFETY: by the contract of `run`.
    unsafe {
        asm!(
            "tilestored [{c} + {s}], tmm0",
            "tilestored [{c} + {s} + 64], tmm1",
            "tilestored [{d} + {s}], tmm2",
            "tilestored [{d} + {s} + 64], tmm3",
            c = in(reg) c,
            d = in(reg) c.byte_add(16 * stride),
            s = in(reg) stride,
            options(nostack),
        );
    }
}

/// Adds the products of the depth to the result, of the upper 16 rows only unless `both`.
unsafe fn multiply(tile: &Tile<'_>, both: bool) {
    let (mut a, mut b) = (tile.a, tile.b);
    for _ in 0..tile.depth / 16 {
        // SAFETY: by the contract of `run`; the depth is a multiple of 16 words.
        unsafe {
            asm!(
                "tileloadd tmm6, [{b} + {right}]",
                "tileloadd tmm7, [{b} + {right} + 64]",
                "tileloadd tmm4, [{a} + {left}]",
                "tdpbf16ps tmm0, tmm4, tmm6",
                "tdpbf16ps tmm1, tmm4, tmm7",
                a = in(reg) a,
                b = in(reg) b,
                left = in(reg) LEFT,
                right = in(reg) RIGHT,
                options(nostack, readonly),
            );
            if both {
                asm!(
                    "tileloadd tmm5, [{a} + {left}]",
                    "tdpbf16ps tmm2, tmm5, tmm6",
                    "tdpbf16ps tmm3, tmm5, tmm7",
                    a = in(reg) a.add(16 * PITCH),
                    left = in(reg) LEFT,
                    options(nostack, readonly),
                );
            }
            (a, b) = (a.add(16), b.add(16 * 32));
        }
    }
}

/// Writes the wanted part of the sums.
///
/// # Safety
/// As `Kernel::run` asks.
#[target_feature(enable = "avx512f")]
unsafe fn finish(tile: &Tile<'_>, sums: &[f32; 32 * 32]) {
    let base = tile.base();
    let wanted = !(u32::MAX << 1 << (tile.columns - 1));
    let present = if base.present { wanted } else { 0 };
    for (row, sums) in sums.chunks_exact(32).enumerate().take(tile.rows) {
        for shift in [0, 16] {
            // SAFETY: lanes that are not wanted are neither read nor written.
            unsafe {
                let bias: __m512 = _mm512_set1_ps(*base.rows.add(row));
                let from = base.from.wrapping_add(row * base.stride + shift);
                let start = _mm512_maskz_loadu_ps((present >> shift) as u16, from);
                let sum = _mm512_loadu_ps(sums.as_ptr().add(shift));
                let sum = _mm512_add_ps(_mm512_add_ps(sum, bias), start);
                let to = tile.c.wrapping_add(row * tile.stride + shift);
                _mm512_mask_storeu_ps(to, (wanted >> shift) as u16, sum);
            }
        }
    }
}
