//! A part of a data set, as a data set of its own.

use std::collections::BTreeSet;

use super::{DataSet, Head};

impl DataSet {
    /// Those pictures alone, with the concepts that they show; styles and packages stay as they are. The order of
    /// `pictures` is of no account, and one that is named twice is in it once.
    ///
    /// # Panics
    /// There is no picture of that number.
    #[must_use]
    pub fn subset(&self, pictures: &[usize]) -> Self {
        let kept: BTreeSet<usize> = pictures.iter().copied().collect();
        let shown: BTreeSet<usize> = kept.iter().map(|&it| self.pictures[it].concept).collect();
        let shown: Vec<usize> = shown.into_iter().collect();
        let mut bytes = Vec::new();
        let mut rows = Vec::with_capacity(kept.len());
        for picture in kept.into_iter().map(|it| &self.pictures[it]) {
            let concept = shown.partition_point(|&concept| concept < picture.concept);
            rows.push([concept, picture.style, picture.place.len()]);
            bytes.extend_from_slice(&self.pngs[picture.place.clone()]);
        }
        let of = |&concept: &usize| self.head.concepts[concept].clone();
        let head = Head {
            side: self.head.side,
            packages: self.head.packages.clone(),
            styles: self.head.styles.clone(),
            concepts: shown.iter().map(of).collect(),
            pictures: rows,
            failures: Vec::new(),
        };
        Self::packed(head, bytes)
    }
}
