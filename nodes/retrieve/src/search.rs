//! The nearest entries of an index, in an order that never changes.

use std::{cmp::Ordering, collections::BTreeSet};

use rayon::prelude::*;

use crate::{
    index::RetrievalIndex,
    rows::{Rows, dot},
};

/// Up to so many entries every one is looked at; above, an approximate index finds candidates.
pub const EXACT: usize = 100_000;

/// What is looked for: vectors of length 1.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// By text.
    pub text: Option<Vec<f32>>,
    /// By picture.
    pub picture: Option<Vec<f32>>,
    /// Share of the picture, 0..=1, if both are given.
    pub weight: f32,
}

/// An entry that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// Its place in the index.
    pub place: usize,
    /// How near it is: the cosine, -1 to 1; of both, their weighted mean.
    pub score: f32,
}

impl RetrievalIndex {
    /// The `count` nearest entries, nearest first, those of equal score by id; all if there are fewer.
    ///
    /// An index of more than [`EXACT`] entries first takes some 200 candidates for each part of the query
    /// and scores these exactly, so that a near entry may be missed and no score is wrong.
    pub fn search(&self, query: &Query, count: usize) -> Vec<Found> {
        self.search_exactly_to(EXACT, query, count)
    }

    /// As [`Self::search`], with another limit.
    pub(crate) fn search_exactly_to(
        &self,
        exact: usize,
        query: &Query,
        count: usize,
    ) -> Vec<Found> {
        let score = |place| Found {
            place,
            score: self.score(query, place),
        };
        // More than the candidates there would be is asked for: then all are looked at as well.
        let is_exact = self.entries().len() <= exact || count > 100;
        let mut found: Vec<Found> = if is_exact {
            (0..self.entries().len())
                .into_par_iter()
                .map(score)
                .collect()
        } else {
            self.candidates(query).into_iter().map(score).collect()
        };
        let nearer = |a: &Found, b: &Found| self.nearer(a, b);
        if found.len() > count && count > 0 {
            found.select_nth_unstable_by(count - 1, nearer);
        }
        found.truncate(count);
        found.sort_unstable_by(nearer);
        found
    }

    fn nearer(&self, a: &Found, b: &Found) -> Ordering {
        let id = |found: &Found| &self.entries()[found.place].id;
        b.score.total_cmp(&a.score).then_with(|| id(a).cmp(id(b)))
    }

    fn score(&self, query: &Query, place: usize) -> f32 {
        let cosine = |vector: &Option<Vec<f32>>, rows: Option<&Rows>| {
            Some(dot(vector.as_ref()?, rows?.row(place)))
        };
        let text = cosine(&query.text, Some(self.texts()));
        let picture = cosine(&query.picture, self.pictures());
        match (text, picture) {
            (Some(text), Some(picture)) => text * (1.0 - query.weight) + picture * query.weight,
            (one, other) => one.or(other).unwrap_or(0.0),
        }
    }

    fn candidates(&self, query: &Query) -> BTreeSet<usize> {
        let mut places = BTreeSet::new();
        if let Some(text) = &query.text {
            places.extend(self.approximate_texts().near(text));
        }
        if let (Some(picture), Some(near)) = (&query.picture, self.approximate_pictures()) {
            places.extend(near.near(picture));
        }
        places
    }
}
