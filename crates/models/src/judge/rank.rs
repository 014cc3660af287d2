//! Places among scores.

use std::cmp::Ordering;

/// The place of one score among all, from 1 for the largest. Others that are equal come first, and so do those that are
/// no numbers: a judge that says the same of everything has recognised nothing.
pub fn rank(scores: &[f32], wanted: usize) -> usize {
    let own = scores[wanted];
    let others = scores.iter().enumerate().filter(|(at, _)| *at != wanted);
    1 + others
        .filter(|(_, score)| (**score).partial_cmp(&own) != Some(Ordering::Less))
        .count()
}

#[cfg(test)]
mod tests {
    use super::rank;

    #[test]
    fn ranks_count_from_the_largest() {
        let scores = [0.1, 0.7, -2.0, 0.2];
        let ranks: Vec<usize> = (0..4).map(|at| rank(&scores, at)).collect();
        assert_eq!(ranks, [3, 1, 4, 2]);
    }

    #[test]
    fn who_says_the_same_of_all_recognises_nothing() {
        assert_eq!(rank(&[1.0; 9], 4), 9);
        assert_eq!(rank(&[0.0, f32::NAN, 0.0], 1), 3);
    }
}
