//! The register tile of each way to compute, and what it wants of its operands.

use std::ops::Range;

use super::packers::Packers;
use super::portable;
#[cfg(target_arch = "x86_64")]
use super::x86;
#[cfg(target_arch = "x86_64")]
use crate::amx;
use crate::{Isa, Precision};

/// The most words of the depth in one block: a panel of 32 columns of it is as large as the first cache.
/// (Measured on Zen 5: with 256 a dense layer of 320 inputs took 20 % longer, as it wrote its result twice.)
pub(crate) const DEPTH: usize = 384;

/// What a word of a packed operand holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// An f32.
    Full,
    /// An f32 that has been rounded to bf16.
    Rounded,
    /// Two bf16, neighbours along the depth, the first in the low half.
    Pairs,
}

/// What the result of a tile is added to.
#[derive(Clone, Copy)]
pub(crate) enum Start<'a> {
    /// Nothing.
    Zero,
    /// What is there.
    Add,
    /// A number for each row.
    RowBias(&'a [f32]),
    /// A number for each column.
    ColumnBias(&'a [f32]),
}

impl<'a> Start<'a> {
    /// The same for the part that begins at that row and column.
    pub(crate) fn at(self, rows: Range<usize>, columns: Range<usize>) -> Self {
        match self {
            Self::RowBias(bias) => Self::RowBias(&bias[rows]),
            Self::ColumnBias(bias) => Self::ColumnBias(&bias[columns]),
            other => other,
        }
    }
}

/// One call of a kernel: `c[rows, columns] = start + a · b`.
pub(crate) struct Tile<'a> {
    /// Words of the depth, a multiple of the kernel's unit.
    pub(crate) depth: usize,
    /// Rows at [`super::PITCH`]; as many as the kernel has may be read.
    pub(crate) a: *const u32,
    /// A panel of as many columns as the kernel has.
    pub(crate) b: *const u32,
    /// The result.
    pub(crate) c: *mut f32,
    /// From one row of the result to the next.
    pub(crate) stride: usize,
    /// Rows that are wanted.
    pub(crate) rows: usize,
    /// Columns that are wanted.
    pub(crate) columns: usize,
    /// What it is added to.
    pub(crate) start: Start<'a>,
}

/// Where the numbers lie that a tile is added to: `rows[r] + from[r * stride + column]`.
#[derive(Clone, Copy)]
pub(crate) struct Base {
    /// The first of a matrix, if it is present.
    pub(crate) from: *const f32,
    /// Between its rows.
    pub(crate) stride: usize,
    /// Whether there is such a matrix.
    pub(crate) present: bool,
    /// A number for each row.
    pub(crate) rows: *const f32,
}

impl Tile<'_> {
    /// What it is added to, in one form for all kinds.
    #[inline(always)]
    pub(crate) fn base(&self) -> Base {
        static ZEROS: [f32; 32] = [0.0; 32];
        let nothing = Base {
            from: self.c,
            stride: self.stride,
            present: false,
            rows: ZEROS.as_ptr(),
        };
        match self.start {
            Start::Zero => nothing,
            Start::Add => Base {
                present: true,
                ..nothing
            },
            Start::RowBias(bias) => Base {
                rows: bias.as_ptr(),
                ..nothing
            },
            Start::ColumnBias(bias) => Base {
                from: bias.as_ptr(),
                stride: 0,
                present: true,
                ..nothing
            },
        }
    }
}

/// A way to compute a register tile.
pub(crate) struct Kernel {
    /// What its operands hold.
    pub(crate) words: Words,
    /// Rows of a tile.
    pub(crate) rows: usize,
    /// Columns of a tile, a multiple of 16.
    pub(crate) columns: usize,
    /// The depth must be a multiple of so many words.
    pub(crate) unit: usize,
    /// Whether tiles of fewer rows cost less, so that rows are shared out evenly.
    pub(crate) even: bool,
    /// Whether 512-bit vectors may be used around it.
    pub(crate) wide: bool,
    /// Computes a tile; every pointer must be good for what [`Tile`] says of it.
    pub(crate) run: unsafe fn(&Tile<'_>),
    /// To be called on a thread before tiles are computed there.
    pub(crate) begin: unsafe fn(),
    /// To be called on that thread afterwards.
    pub(crate) end: unsafe fn(),
    /// How operands are packed.
    pub(crate) packers: Packers,
}

fn nothing() {}

const PORTABLE: Kernel = Kernel {
    words: Words::Full,
    rows: portable::ROWS,
    columns: portable::COLUMNS,
    unit: 1,
    even: true,
    wide: false,
    run: portable::run,
    begin: nothing,
    end: nothing,
    packers: portable::FULL,
};

const ROUNDED: Kernel = Kernel {
    words: Words::Rounded,
    packers: portable::ROUNDED,
    ..PORTABLE
};

#[cfg(target_arch = "x86_64")]
const AVX2: Kernel = Kernel {
    rows: 6,
    columns: 16,
    run: x86::avx2,
    ..PORTABLE
};

#[cfg(target_arch = "x86_64")]
const AVX512: Kernel = Kernel {
    rows: x86::ROWS,
    columns: x86::COLUMNS,
    wide: true,
    run: x86::avx512,
    packers: x86::FULL,
    ..PORTABLE
};

#[cfg(target_arch = "x86_64")]
const AVX512_BF16: Kernel = Kernel {
    words: Words::Pairs,
    run: x86::avx512_bf16,
    packers: x86::PAIRS,
    ..AVX512
};

#[cfg(target_arch = "x86_64")]
pub(super) const AMX: Kernel = Kernel {
    rows: 32,
    columns: 32,
    unit: 16,
    even: false,
    run: amx::run,
    begin: amx::begin,
    end: amx::end,
    ..AVX512_BF16
};

impl Kernel {
    /// The fastest for that precision on this processor.
    pub(crate) fn chosen(precision: Precision) -> &'static Self {
        let isa = Isa::of(precision);
        if isa == Isa::Portable {
            return Self::of(Isa::of(Precision::F32), precision);
        }
        Self::of(isa, precision)
    }

    /// The kernel of a way that this processor has.
    pub(crate) fn of(isa: Isa, precision: Precision) -> &'static Self {
        match (isa, precision) {
            #[cfg(target_arch = "x86_64")]
            (Isa::Amx, Precision::Bf16) => &AMX,
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx512Bf16, Precision::Bf16) => &AVX512_BF16,
            #[cfg(target_arch = "x86_64")]
            (Isa::Amx | Isa::Avx512Bf16 | Isa::Avx512, Precision::F32) => &AVX512,
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx2, Precision::F32) => &AVX2,
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx512, Precision::Bf16) => {
                &const {
                    Kernel {
                        words: Words::Rounded,
                        packers: portable::ROUNDED,
                        ..AVX512
                    }
                }
            }
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx2, Precision::Bf16) => {
                &const {
                    Kernel {
                        words: Words::Rounded,
                        packers: portable::ROUNDED,
                        ..AVX2
                    }
                }
            }
            (_, Precision::F32) => &PORTABLE,
            (_, Precision::Bf16) => &ROUNDED,
        }
    }

    /// How many numbers of the depth a word holds.
    pub(crate) fn elements(&self) -> usize {
        if self.words == Words::Pairs { 2 } else { 1 }
    }

    /// The blocks of a depth of so many numbers.
    pub(crate) fn depth(&self, numbers: usize) -> Depth {
        self.depth_of_words(numbers.div_ceil(self.elements()))
    }

    /// The blocks of a depth of so many words.
    pub(crate) fn depth_of_words(&self, words: usize) -> Depth {
        let words = words.next_multiple_of(self.unit);
        let blocks = words.div_ceil(DEPTH).max(1);
        let each = words.div_ceil(blocks).next_multiple_of(self.unit).max(1);
        Depth { words, each }
    }
}

/// How the summed axis is cut: the same for any number of threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Depth {
    /// Words in all, padding included.
    pub(crate) words: usize,
    /// Words of a block; the last may have fewer.
    pub(crate) each: usize,
}

impl Depth {
    /// How many blocks there are.
    pub(crate) fn blocks(self) -> usize {
        self.words.div_ceil(self.each)
    }

    /// The words of a block.
    pub(crate) fn block(self, block: usize) -> Range<usize> {
        block * self.each..((block + 1) * self.each).min(self.words)
    }
}
