//! SC, PQ and what they make together.

use serde::Serialize;

use crate::grade::Grade;

/// The scores of a task.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Score {
    /// Semantic consistency: how well the instruction is followed, 0..=1.
    pub sc: f64,
    /// Perceptual quality: how genuine it looks, 0..=1.
    pub pq: f64,
    /// Both together.
    pub o: f64,
}

/// The overall score of means of SC and PQ: √(SC·PQ).
pub fn overall(sc: f64, pq: f64) -> f64 {
    (sc * pq).sqrt()
}

impl Score {
    /// Of means.
    pub fn new(sc: f64, pq: f64) -> Self {
        let o = overall(sc, pq);
        Self { sc, pq, o }
    }

    /// Of the grades of samples, SC and PQ each; none without samples.
    pub fn of_grades(grades: &[[Grade; 2]]) -> Option<Self> {
        let mean = |which: usize| {
            grades.iter().map(|it| it[which].value()).sum::<f64>() / grades.len() as f64
        };
        (!grades.is_empty()).then(|| Self::new(mean(0), mean(1)))
    }

    /// The row of averages below tasks, whose O is the mean of theirs; none without tasks.
    pub fn average(tasks: &[Self]) -> Option<Self> {
        let mean = |of: fn(&Self) -> f64| tasks.iter().map(of).sum::<f64>() / tasks.len() as f64;
        (!tasks.is_empty()).then(|| Self {
            sc: mean(|it| it.sc),
            pq: mean(|it| it.pq),
            o: mean(|it| it.o),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Score, overall};
    use crate::grade::Grade;

    /// SC, PQ and O of every cell of table 4 of arXiv 2401.01952: single-task, multi-task, prior method,
    /// Instruct-Imagen; the zero-shot tasks have no single-task column.
    const TABLE_4: [(&str, &[[f64; 3]]); 12] = [
        (
            "depth",
            &[
                [0.09, 0.65, 0.24],
                [0.51, 0.37, 0.44],
                [0.64, 0.55, 0.59],
                [0.86, 0.66, 0.75],
            ],
        ),
        (
            "mask",
            &[
                [0.79, 0.60, 0.68],
                [0.67, 0.53, 0.60],
                [0.50, 0.41, 0.45],
                [0.87, 0.70, 0.78],
            ],
        ),
        (
            "edge",
            &[
                [0.73, 0.51, 0.61],
                [0.46, 0.33, 0.39],
                [0.48, 0.58, 0.53],
                [0.84, 0.71, 0.77],
            ],
        ),
        (
            "styled",
            &[
                [0.44, 0.46, 0.45],
                [0.60, 0.70, 0.65],
                [0.64, 0.71, 0.67],
                [0.85, 0.92, 0.88],
            ],
        ),
        (
            "subject",
            &[
                [0.69, 0.66, 0.67],
                [0.53, 0.59, 0.56],
                [0.69, 0.70, 0.70],
                [0.81, 0.82, 0.81],
            ],
        ),
        (
            "text",
            &[
                [0.68, 0.68, 0.68],
                [0.58, 0.51, 0.55],
                [0.64, 0.71, 0.67],
                [0.77, 0.76, 0.76],
            ],
        ),
        (
            "face",
            &[
                [0.18, 0.77, 0.37],
                [0.45, 0.34, 0.39],
                [0.66, 0.80, 0.72],
                [0.69, 0.86, 0.77],
            ],
        ),
        (
            "transfer",
            &[
                [0.43, 0.43, 0.43],
                [0.00, 0.49, 0.00],
                [0.58, 0.56, 0.57],
                [0.55, 0.50, 0.53],
            ],
        ),
        (
            "style + subject",
            &[[0.72, 0.32, 0.48], [0.61, 0.18, 0.33], [0.79, 0.43, 0.58]],
        ),
        (
            "two subjects",
            &[[0.73, 0.40, 0.54], [0.65, 0.29, 0.43], [0.77, 0.36, 0.53]],
        ),
        (
            "control + subject",
            &[[0.54, 0.24, 0.36], [0.46, 0.23, 0.32], [0.61, 0.59, 0.60]],
        ),
        (
            "control + style",
            &[[0.59, 0.22, 0.36], [0.18, 0.06, 0.11], [0.74, 0.54, 0.63]],
        ),
    ];

    #[test]
    fn the_paper_s_sc_and_pq_give_its_o() {
        let cells = TABLE_4
            .iter()
            .flat_map(|(task, cells)| cells.iter().map(move |cell| (task, cell)));
        let mut count = 0;
        for (task, [sc, pq, o]) in cells {
            let ours = overall(*sc, *pq);
            assert!(
                (ours - o).abs() <= 0.01,
                "{task}: {sc} and {pq} give {ours}, not {o}"
            );
            count += 1;
        }
        assert_eq!(count, 44);
    }

    #[test]
    fn the_paper_s_averages_are_means_of_the_tasks() {
        let column = |rows: std::ops::Range<usize>, column: usize| {
            let scores = TABLE_4[rows]
                .iter()
                .map(|(_, cells)| Score::new(cells[column][0], cells[column][1]));
            Score::average(&scores.collect::<Vec<_>>()).unwrap()
        };
        let cases = [
            (column(0..8, 0), [0.50, 0.59, 0.52]),
            (column(0..8, 1), [0.48, 0.48, 0.45]),
            (column(0..8, 2), [0.60, 0.63, 0.61]),
            (column(0..8, 3), [0.78, 0.74, 0.76]),
            (column(8..12, 0), [0.64, 0.30, 0.44]),
            (column(8..12, 1), [0.48, 0.19, 0.30]),
            (column(8..12, 2), [0.73, 0.48, 0.59]),
        ];
        for (ours, [sc, pq, o]) in cases {
            for (ours, theirs) in [(ours.sc, sc), (ours.pq, pq), (ours.o, o)] {
                assert!((ours - theirs).abs() <= 0.01, "{ours} is not {theirs}");
            }
        }
    }

    #[test]
    fn o_is_of_the_means_and_not_a_mean_of_roots() {
        let grades = [[Grade::Mostly, Grade::No], [Grade::No, Grade::Mostly]];
        assert_eq!(Score::of_grades(&grades).unwrap().o, 0.5);
        assert_eq!(Score::of_grades(&[]), None);
    }
}
