//! What counts as followed: each condition of an instruction is followed not at all, partly or mostly.
//!
//! ImagenHub (arXiv 2310.01596, appendix A.2) has people say so; here a measure says it, by [`THRESHOLDS`].

use serde::Serialize;

/// How well something was done: 0, 0.5 or 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Grade {
    /// Not at all.
    No,
    /// Recognisably.
    Partly,
    /// As asked for.
    Mostly,
}

impl Grade {
    /// 0, 0.5 or 1.
    pub fn value(self) -> f64 {
        match self {
            Self::No => 0.0,
            Self::Partly => 0.5,
            Self::Mostly => 1.0,
        }
    }
}

/// What an instruction asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Condition {
    /// To be drawn in a style, which words or a picture give.
    Style,
    /// To show a concept, which words or a picture give.
    Concept,
    /// To have its edges where given ones are.
    Edges,
    /// To cover the pixels of a given mask.
    Mask,
}

/// From where on a condition counts as followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// The condition.
    pub condition: Condition,
    /// What is measured.
    pub measure: &'static str,
    /// Whether less is better: a place rather than a share.
    pub is_rank: bool,
    /// The measure from which it is partly followed.
    pub partly: f64,
    /// The measure from which it is mostly followed.
    pub mostly: f64,
}

/// The thresholds of all conditions.
///
/// Those of style and concept are what the issue of this model asks of it: the right style, and the concept among the
/// first five. Those of edges and masks lie above what other pictures get: looked up by their edges or masks,
/// learnt pictures reach means of 0.46 and 0.77.
pub const THRESHOLDS: [Threshold; 4] = [
    Threshold {
        condition: Condition::Style,
        measure: "place of the style among the judge's nine",
        is_rank: true,
        partly: 2.0,
        mostly: 1.0,
    },
    Threshold {
        condition: Condition::Concept,
        measure: "place of the concept among all that the judge knows",
        is_rank: true,
        partly: 25.0,
        mostly: 5.0,
    },
    Threshold {
        condition: Condition::Edges,
        measure: "F-measure of edges within 2 pixels",
        is_rank: false,
        partly: 0.5,
        mostly: 0.7,
    },
    Threshold {
        condition: Condition::Mask,
        measure: "intersection over union",
        is_rank: false,
        partly: 0.7,
        mostly: 0.85,
    },
];

impl Condition {
    /// How well it is followed by that measure.
    pub fn grade(self, measure: f64) -> Grade {
        let row = THRESHOLDS.iter().find(|row| row.condition == self);
        let reaches = |from: fn(&Threshold) -> f64| {
            row.is_some_and(|row| {
                if row.is_rank {
                    measure <= from(row)
                } else {
                    measure >= from(row)
                }
            })
        };
        if reaches(|row| row.mostly) {
            Grade::Mostly
        } else if reaches(|row| row.partly) {
            Grade::Partly
        } else {
            Grade::No
        }
    }
}

/// How well an instruction is followed: as its least satisfied condition is.
pub fn consistency(conditions: impl IntoIterator<Item = Grade>) -> Grade {
    conditions.into_iter().min().unwrap_or(Grade::Mostly)
}

#[cfg(test)]
mod tests {
    use super::{Condition, Grade, THRESHOLDS, consistency};

    #[test]
    fn every_condition_has_one_row() {
        for condition in [
            Condition::Style,
            Condition::Concept,
            Condition::Edges,
            Condition::Mask,
        ] {
            let rows = THRESHOLDS.iter().filter(|row| row.condition == condition);
            assert_eq!(rows.count(), 1, "{condition:?}");
        }
    }

    #[test]
    fn a_better_measure_never_gets_a_worse_grade() {
        for row in THRESHOLDS {
            let grade = |measure| row.condition.grade(measure);
            assert_eq!(grade(row.mostly), Grade::Mostly);
            assert_eq!(grade(row.partly), Grade::Partly);
            let (worse, better) = if row.is_rank {
                (0.5, -0.5)
            } else {
                (-0.01, 0.01)
            };
            assert_eq!(grade(row.mostly + worse), Grade::Partly);
            assert_eq!(grade(row.mostly + better), Grade::Mostly);
            assert_eq!(grade(row.partly + worse), Grade::No);
            assert_eq!(grade(f64::NAN), Grade::No);
        }
    }

    #[test]
    fn the_least_satisfied_condition_decides() {
        let all = [Grade::Mostly, Grade::No, Grade::Partly];
        assert_eq!(consistency(all), Grade::No);
        assert_eq!(consistency([Grade::Mostly, Grade::Partly]), Grade::Partly);
        assert_eq!(all.map(Grade::value), [1.0, 0.0, 0.5]);
    }
}
