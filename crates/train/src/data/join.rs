//! Which drawing of a set belongs to which concept.

use std::collections::{BTreeMap, BTreeSet};

use super::{concepts::Named, concepts::squashed, icons::Icons};

/// The name of the icon of each concept, by the code points that the set knows.
pub(super) fn by_key(icons: &Icons, concepts: &[Named]) -> Vec<Option<String>> {
    let of = |named: &Named| {
        let name = icons.by_key.get(&named.concept.key)?;
        icons.real(name).map(|_| name.clone())
    };
    concepts.iter().map(of).collect()
}

/// The name of the icon of each concept, for a set that knows names alone: by the label, by a short code, by its
/// name in sets that know both, then by all of these and the name in the Unicode standard without punctuation.
/// No icon goes to two concepts; the surer kind of name has it.
pub(super) fn by_name(icons: &Icons, concepts: &[Named], others: &[&Icons]) -> Vec<Option<String>> {
    let squashed_names: BTreeMap<String, &str> =
        icons.names().map(|name| (squashed(name), name)).collect();
    let elsewhere = |named: &Named| {
        let known = others
            .iter()
            .filter_map(|other| other.by_key.get(&named.concept.key));
        known.cloned().collect::<Vec<_>>()
    };
    let exact = |name: &String| icons.real(name).map(|_| name.clone());
    let loose = |name: &String| {
        squashed_names
            .get(&squashed(name))
            .map(|name| (*name).to_owned())
    };
    let kinds: [&dyn Fn(&Named) -> Option<String>; 4] = [
        &|named| named.names.first().and_then(exact),
        &|named| named.names.iter().find_map(exact),
        &|named| elsewhere(named).iter().find_map(exact),
        &|named| {
            named
                .names
                .iter()
                .chain(&elsewhere(named))
                .chain(&named.unicode)
                .find_map(loose)
        },
    ];

    let mut joined = vec![None; concepts.len()];
    let mut taken = BTreeSet::new();
    for kind in kinds {
        for (named, joined) in concepts
            .iter()
            .zip(&mut joined)
            .filter(|(_, joined)| joined.is_none())
        {
            let found = kind(named);
            let real = found.as_deref().and_then(|name| icons.real(name));
            let Some(real) = real.map(|(name, mirrored)| (name.to_owned(), mirrored)) else {
                continue;
            };
            if taken.insert(real) {
                *joined = found;
            }
        }
    }
    joined
}
