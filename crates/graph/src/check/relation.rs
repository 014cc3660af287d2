//! How the type that comes relates to the one that is wanted.

use weft_spec::{Registry, TypeName};

/// How a type relates to the one that is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// Taken as it is, or converted, or each element converted.
    Direct,
    /// Its elements are taken one by one.
    Mapped,
    ListWanted,
    NestedList,
    Mismatch,
}

/// How `from` relates to `to`.
pub(super) fn relation(registry: &Registry, from: &TypeName, to: &TypeName) -> Relation {
    if registry.accepts(from, to) {
        return Relation::Direct;
    }
    match (from.element(), to.element()) {
        (Some(from), Some(to)) if registry.accepts(&from, &to) => Relation::Direct,
        (Some(from), _) if registry.accepts(&from, to) => Relation::Mapped,
        (Some(from), _)
            if from
                .element()
                .is_some_and(|from| registry.accepts(&from, to)) =>
        {
            Relation::NestedList
        }
        (_, Some(to)) if registry.accepts(from, &to) => Relation::ListWanted,
        _ => Relation::Mismatch,
    }
}
