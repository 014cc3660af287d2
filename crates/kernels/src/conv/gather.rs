//! Short runs of words from many places into one line.

/// Where the runs of a line begin, counted from its base.
pub(super) struct Runs<'a> {
    granule: usize,
    offsets: &'a [usize],
    /// Whether 512-bit vectors may be used.
    wide: bool,
    /// From the base to behind the last run.
    reach: usize,
}

impl<'a> Runs<'a> {
    /// Runs of so many words, a power of two up to 32.
    pub(super) fn new(granule: usize, offsets: &'a [usize], wide: bool) -> Self {
        let last = offsets.iter().max().copied().unwrap_or(0);
        Self {
            granule,
            offsets,
            wide,
            reach: last + granule,
        }
    }
}

/// Writes a line for each base, at a pitch: the runs one after the other.
pub(super) fn gather(
    src: &[u32],
    runs: &Runs<'_>,
    bases: &[usize],
    (dst, pitch): (&mut [u32], usize),
) {
    let Runs {
        granule,
        offsets,
        wide,
        reach,
    } = *runs;
    if bases.is_empty() || offsets.is_empty() {
        return;
    }
    let furthest = bases.iter().max().copied().unwrap_or(0);
    assert!(furthest + reach <= src.len());
    assert!((bases.len() - 1) * pitch + offsets.len() * granule <= dst.len());
    let job = (src, offsets, bases, (dst, pitch));
    match granule {
        32 => choose::<32>(job, wide),
        16 => choose::<16>(job, wide),
        8 => choose::<8>(job, wide),
        4 => choose::<4>(job, wide),
        2 => choose::<2>(job, wide),
        _ => choose::<1>(job, wide),
    }
}

/// Source, offsets, bases, and the lines with their pitch.
type Job<'a> = (&'a [u32], &'a [usize], &'a [usize], (&'a mut [u32], usize));

/// Copies by the widest vectors, within the bounds that [`gather`] has asserted.
fn choose<const N: usize>(job: Job<'_>, wide: bool) {
    #[cfg(target_arch = "x86_64")]
    if wide {
        // SAFETY: `wide` says that the processor has 512-bit vectors; the bounds are asserted.
        unsafe { wide_runs::<N>(job) };
        return;
    }
    let _ = wide;
    // SAFETY: the bounds are asserted.
    unsafe { runs::<N>(job) };
}

/// # Safety
/// Each base with each offset leaves `N` words of `src`; `dst` has a line for each base.
#[inline(always)]
unsafe fn runs<const N: usize>((src, offsets, bases, (dst, pitch)): Job<'_>) {
    for (line, base) in bases.iter().enumerate() {
        let mut to = dst.as_mut_ptr().wrapping_add(line * pitch);
        for offset in offsets {
            // SAFETY: by the contract of this function.
            unsafe {
                let run = src.as_ptr().add(base + offset).cast::<[u32; N]>().read();
                to.cast::<[u32; N]>().write(run);
            }
            to = to.wrapping_add(N);
        }
    }
}

/// [`runs`] with 512-bit vectors.
///
/// # Safety
/// As [`runs`], on a processor that has them.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
unsafe fn wide_runs<const N: usize>(job: Job<'_>) {
    // SAFETY: passed on.
    unsafe { runs::<N>(job) };
}

/// The largest power of two up to `most` that divides the width.
pub(super) fn granule(width: usize, most: usize) -> usize {
    1 << width.trailing_zeros().min(most.trailing_zeros())
}
