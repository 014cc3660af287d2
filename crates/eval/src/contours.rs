//! Whether lines lie where they were asked for.

/// How far from each other lines may lie and still be the same ones, in pixels.
const TOLERANCE: isize = 2;

/// The F-measure of thin lines against given ones: the harmonic mean of the share of `drawn` that has some of `given`
/// within two pixels, and the reverse (Martin et al. 2004, without their one-to-one matching). 1 if both are empty.
///
/// # Shapes
/// drawn and given: `[side, side]`; above 0 is a line
pub fn edge_f1(drawn: &[f32], given: &[f32], side: usize) -> f64 {
    let found = |lines: &[f32], near: &[bool]| {
        let lines = lines.iter().zip(near).filter(|(line, _)| **line > 0.0);
        let (all, hit) = lines.fold((0u32, 0u32), |(all, hit), (_, near)| {
            (all + 1, hit + u32::from(*near))
        });
        (all > 0).then(|| f64::from(hit) / f64::from(all))
    };
    let precision = found(drawn, &surroundings(given, side));
    let recall = found(given, &surroundings(drawn, side));
    match (precision, recall) {
        (None, None) => 1.0,
        (Some(precision), Some(recall)) if precision + recall > 0.0 => {
            2.0 * precision * recall / (precision + recall)
        }
        _ => 0.0,
    }
}

/// What lies within the tolerance of a line.
fn surroundings(lines: &[f32], side: usize) -> Vec<bool> {
    let mut near = vec![false; lines.len()];
    let reach = -TOLERANCE..=TOLERANCE;
    let disc: Vec<[isize; 2]> = reach
        .clone()
        .flat_map(|y| reach.clone().map(move |x| [y, x]))
        .filter(|[y, x]| y * y + x * x <= TOLERANCE * TOLERANCE)
        .collect();
    for place in (0..lines.len()).filter(|&place| lines[place] > 0.0) {
        for [y, x] in &disc {
            let row = (place / side).checked_add_signed(*y);
            let column = (place % side).checked_add_signed(*x);
            if let (Some(row), Some(column)) = (row, column)
                && row < side
                && column < side
            {
                near[row * side + column] = true;
            }
        }
    }
    near
}

#[cfg(test)]
mod tests {
    use super::edge_f1;

    const SIDE: usize = 16;

    fn column(at: usize) -> Vec<f32> {
        let line = |place: usize| f32::from(u8::from(place % SIDE == at));
        (0..SIDE * SIDE).map(line).collect()
    }

    #[test]
    fn a_line_is_found_up_to_two_pixels_away() {
        for (apart, score) in [(0, 1.0), (1, 1.0), (2, 1.0), (3, 0.0), (8, 0.0)] {
            assert_eq!(edge_f1(&column(4 + apart), &column(4), SIDE), score);
        }
    }

    #[test]
    fn the_corner_of_the_tolerance_is_round() {
        let dot = |row: usize, column: usize| {
            let mut plane = vec![0.0; SIDE * SIDE];
            plane[row * SIDE + column] = 1.0;
            plane
        };
        let score = |row, column| edge_f1(&dot(row, column), &dot(8, 8), SIDE);
        assert_eq!(
            [score(9, 9), score(8, 10), score(10, 10), score(9, 10)],
            [1.0, 1.0, 0.0, 0.0]
        );
        // The end of one row is not beside the start of the next.
        assert_eq!(edge_f1(&dot(4, 15), &dot(5, 0), SIDE), 0.0);
    }

    #[test]
    fn precision_and_recall_are_joined_by_their_harmonic_mean() {
        let both: Vec<f32> = column(2)
            .iter()
            .zip(column(12))
            .map(|(a, b)| a + b)
            .collect();
        // Half of what is drawn was asked for, all that was asked for is drawn.
        let score = edge_f1(&both, &column(2), SIDE);
        assert!((score - 2.0 * 0.5 / 1.5).abs() < 1e-12);
        assert!((edge_f1(&column(2), &both, SIDE) - score).abs() < 1e-12);
    }

    #[test]
    fn nothing_is_like_nothing_and_like_nothing_else() {
        let none = vec![0.0; SIDE * SIDE];
        assert_eq!(edge_f1(&none, &none, SIDE), 1.0);
        assert_eq!(edge_f1(&none, &column(3), SIDE), 0.0);
        assert_eq!(edge_f1(&column(3), &none, SIDE), 0.0);
    }
}
