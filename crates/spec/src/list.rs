//! Several values of one type, which a node that takes one of them is mapped over.

use std::ops::Deref;

/// Several values of one type. A batch, the first axis of a tensor, is one value and not a list.
#[derive(Clone, Debug, PartialEq)]
pub struct List<V>(pub Vec<V>);

impl<V> Deref for List<V> {
    type Target = [V];

    fn deref(&self) -> &[V] {
        &self.0
    }
}

impl<V> FromIterator<V> for List<V> {
    fn from_iter<I: IntoIterator<Item = V>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<V> IntoIterator for List<V> {
    type Item = V;
    type IntoIter = std::vec::IntoIter<V>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
