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

/// Concepts that share a name with the icon of something else in a style, such as cricket the insect with the game's
/// bat: found by looking at every pair that was joined by name.
const NAMESAKES: &[(&str, &[&str])] = &[
    (
        "fxemoji",
        &[
            "1f3f9", "1f44b", "1f53d", "1f617", "1f621", "1f647", "1f64e", "1f68b", "1f6a7",
            "1f48f", "1f576", "1fa9f", "2328",
        ],
    ),
    ("noto-v1", &["1f997"]),
    ("emojione", &["1f997"]),
    ("emojione-mono", &["1f997"]),
];

/// A way to find the icon of a concept.
type Find<'a> = dyn Fn(&Named) -> Option<String> + 'a;

/// The name of the icon of each concept, for a set that knows names alone. Names are tried from the surest kind to
/// the least: the label, the names in sets that know code points too, the name in the Unicode standard, short codes;
/// the latter also without punctuation. No icon goes to two concepts; the surer kind of name has it.
pub(super) fn by_name(
    (style, icons): (&str, &Icons),
    concepts: &[Named],
    others: &[&Icons],
) -> Vec<Option<String>> {
    let namesakes = NAMESAKES.iter().find(|(of, _)| *of == style);
    let namesakes = namesakes.map_or(&[][..], |(_, keys)| *keys);
    let all = icons.names().map(|name| (squashed(name), name));
    let squashed_names: BTreeMap<String, &str> = all.collect();
    let elsewhere = |named: &Named| {
        let known = others.iter();
        let known = known.filter_map(|other| other.by_key.get(&named.concept.key));
        known.cloned().collect::<Vec<_>>()
    };
    let exact = |name: &String| icons.real(name).map(|_| name.clone());
    let loose = |name: &String| {
        let found = squashed_names.get(&squashed(name));
        found.map(|name| (*name).to_owned())
    };
    let kinds: [&Find<'_>; 5] = [
        &|named| exact(&named.label),
        &|named| elsewhere(named).iter().find_map(exact),
        &|named| named.unicode.as_ref().and_then(loose),
        &|named| named.codes.iter().find_map(exact),
        &|named| {
            let names = [&named.label].into_iter().chain(&named.codes);
            names.chain(&elsewhere(named)).find_map(loose)
        },
    ];

    let mut joined = vec![None; concepts.len()];
    let mut taken = BTreeSet::new();
    for find in kinds {
        let open = joined.iter_mut().zip(concepts);
        for (joined, named) in open.filter(|(joined, _)| joined.is_none()) {
            if namesakes.contains(&named.concept.key.as_str()) {
                continue;
            }
            let found = find(named);
            let real = found.as_deref().and_then(|name| icons.real(name));
            let is_free = real.is_some_and(|(name, side)| taken.insert((name.to_owned(), side)));
            *joined = found.filter(|_| is_free);
        }
    }
    joined
}
