//! The numbers an input accepts.

use std::{
    fmt,
    ops::{RangeFrom, RangeInclusive, RangeToInclusive},
};

use serde::{Deserialize, Serialize};

/// The numbers an input accepts; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// Smallest number allowed.
    pub min: Option<f64>,
    /// Largest number allowed.
    pub max: Option<f64>,
}

impl Range {
    /// Whether `number` may be used; NaN never may.
    pub fn contains(&self, number: f64) -> bool {
        !number.is_nan()
            && self.min.is_none_or(|min| number >= min)
            && self.max.is_none_or(|max| number <= max)
    }
}

macro_rules! from_ranges {
    ($($number:ty),*) => {$(
        impl From<RangeInclusive<$number>> for Range {
            fn from(range: RangeInclusive<$number>) -> Self {
                Self { min: Some(*range.start() as f64), max: Some(*range.end() as f64) }
            }
        }
        impl From<RangeFrom<$number>> for Range {
            fn from(range: RangeFrom<$number>) -> Self {
                Self { min: Some(range.start as f64), max: None }
            }
        }
        impl From<RangeToInclusive<$number>> for Range {
            fn from(range: RangeToInclusive<$number>) -> Self {
                Self { min: None, max: Some(range.end as f64) }
            }
        }
    )*};
}

from_ranges!(f64, i32);

/// Writes the range as Rust does: `0..=16`, `1..`, `..=9`.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(min) = self.min {
            write!(f, "{min}")?;
        }
        f.write_str("..")?;
        match self.max {
            Some(max) => write!(f, "={max}"),
            None => Ok(()),
        }
    }
}
