//! Which results are worth a place on disk.

use std::time::Duration;

/// Results up to this size are always written: a text or a number costs nothing to keep.
pub(crate) const SMALL_BYTES: u64 = 64 * 1024;

/// What a disk is taken to read and write, with hashing: a modest SATA drive. A faster disk only makes
/// keeping cheaper than is assumed here.
const BYTES_PER_SECOND: u64 = 500_000_000;

/// Whether a result of that size, made in that time, should be written: small ones always, others when
/// making them again takes longer than writing them now and reading them later.
pub(crate) fn is_worth_writing(bytes: u64, cost: Duration) -> bool {
    bytes <= SMALL_BYTES || cost > there_and_back(bytes)
}

/// What a result must have cost to be put aside: as long as a person does not notice, it may be made again.
const ASIDE: Duration = Duration::from_millis(100);

/// Whether a result that nobody is expected to ask for again soon should be written.
pub(crate) fn is_worth_putting_aside(bytes: u64, cost: Duration) -> bool {
    cost > there_and_back(bytes).max(ASIDE)
}

fn there_and_back(bytes: u64) -> Duration {
    const NANOSECONDS_PER_BYTE: u64 = 1_000_000_000 / BYTES_PER_SECOND;
    Duration::from_nanos(bytes.saturating_mul(2 * NANOSECONDS_PER_BYTE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_result_is_written_even_if_it_took_no_time() {
        assert!(is_worth_writing(0, Duration::ZERO));
        assert!(is_worth_writing(65_536, Duration::ZERO));
        assert!(!is_worth_writing(65_537, Duration::ZERO));
    }

    #[test]
    fn a_large_result_is_written_when_making_it_again_takes_longer() {
        let picture = 50_000_000; // a tenth of a second each way
        assert!(!is_worth_writing(picture, Duration::from_millis(200)));
        assert!(is_worth_writing(picture, Duration::from_millis(201)));
    }

    #[test]
    fn no_size_overflows() {
        assert!(!is_worth_writing(u64::MAX, Duration::from_secs(3600)));
    }
}
