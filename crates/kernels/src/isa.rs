//! Which instructions this processor has, found once while the program runs.

use std::sync::OnceLock;

/// How exact the operands of a product are. Sums are always kept in f32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Precision {
    /// 24 bits of mantissa.
    #[default]
    F32,
    /// 8 bits of mantissa with the range of f32; operands are rounded to the nearest, ties to even.
    Bf16,
}

/// A way to compute the products, from the plainest to the fastest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Isa {
    /// No intrinsics: what the compiler makes of plain loops, on any processor.
    Portable,
    /// 256-bit vectors with fused multiply-add.
    Avx2,
    /// 512-bit vectors.
    Avx512,
    /// 512-bit vectors with the bf16 dot product.
    Avx512Bf16,
    /// Matrix tiles of 16 rows, bf16 operands.
    Amx,
}

impl Isa {
    /// The fastest way for operands of that precision; the same in the whole run.
    ///
    /// `WEFT_ISA=portable|avx2|avx512|avx512bf16|amx` names the highest that may be taken.
    pub fn of(precision: Precision) -> Self {
        static CHOSEN: [OnceLock<Isa>; 2] = [OnceLock::new(), OnceLock::new()];
        let cell = &CHOSEN[usize::from(precision == Precision::Bf16)];
        *cell.get_or_init(|| {
            let ways = Self::all(precision);
            let highest = ceiling();
            let allowed = ways.iter().rev().find(|isa| **isa <= highest);
            *allowed.unwrap_or(&Self::Portable)
        })
    }

    /// Every way that this machine has for that precision, the plainest first.
    pub fn all(precision: Precision) -> Vec<Self> {
        let known: &[Self] = match precision {
            Precision::F32 => &[Self::Portable, Self::Avx2, Self::Avx512],
            Precision::Bf16 => &[Self::Portable, Self::Avx512Bf16, Self::Amx],
        };
        known.iter().copied().filter(|isa| isa.is_here()).collect()
    }

    /// Its name, as `WEFT_ISA` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Avx512Bf16 => "avx512bf16",
            Self::Amx => "amx",
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn is_here(self) -> bool {
        match self {
            Self::Portable => true,
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vl")
            }
            Self::Avx512Bf16 => Self::Avx512.is_here() && is_x86_feature_detected!("avx512bf16"),
            Self::Amx => Self::Avx512Bf16.is_here() && crate::amx::is_here(),
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn is_here(self) -> bool {
        self == Self::Portable
    }
}

/// The highest way that the environment allows.
fn ceiling() -> Isa {
    let named = std::env::var("WEFT_ISA").unwrap_or_default();
    [Isa::Portable, Isa::Avx2, Isa::Avx512, Isa::Avx512Bf16]
        .into_iter()
        .find(|isa| isa.name() == named)
        .unwrap_or(Isa::Amx)
}
