//! What can be drawn, in words: the English names of emojibase.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

use super::{Concept, DataError, icons::json};

/// The package of the names.
pub(super) const PACKAGE: &str = "emojibase-data";

/// Sets of short codes, by which foundries name their files; those of the standard first.
const CODES: [&str; 6] = [
    "cldr",
    "emojibase",
    "emojibase-legacy",
    "github",
    "iamcal",
    "joypixels",
];

/// A concept with all names that a foundry may have given it.
pub(super) struct Named {
    pub(super) concept: Concept,
    /// Names in small letters with `-` between words, the surest first.
    pub(super) names: Vec<String>,
    /// Its name in the Unicode standard, small letters and digits alone.
    pub(super) unicode: Option<String>,
}

#[derive(Deserialize)]
struct Entry {
    label: String,
    hexcode: String,
    #[serde(default)]
    tags: Vec<String>,
    group: Option<u32>,
    subgroup: Option<u32>,
}

#[derive(Deserialize)]
struct Groups {
    groups: BTreeMap<u32, String>,
    subgroups: BTreeMap<u32, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Codes {
    One(String),
    Many(Vec<String>),
}

/// All concepts but flags and parts of others, such as skin tones, in the order of the standard.
pub(super) fn concepts(package: &Path) -> Result<Vec<Named>, DataError> {
    let entries: Vec<Entry> = json(&package.join("en/data.json"))?;
    let groups: Groups = json(&package.join("meta/groups.json"))?;
    let unicode: BTreeMap<String, String> = json(&package.join("meta/unicode-names.json"))?;
    let unicode: BTreeMap<String, String> = unicode
        .into_iter()
        .map(|(points, name)| (key(&points), squashed(&name)))
        .collect();
    let mut codes = Vec::new();
    for set in CODES {
        let path = package.join("en/shortcodes").join(format!("{set}.json"));
        let set: BTreeMap<String, Codes> = json(&path)?;
        codes.push(
            set.into_iter()
                .map(|(points, names)| (key(&points), names))
                .collect::<BTreeMap<_, _>>(),
        );
    }
    let named = |entry: Entry| {
        let group = groups.groups.get(&entry.group?)?.clone();
        let subgroup = entry
            .subgroup
            .and_then(|subgroup| groups.subgroups.get(&subgroup))
            .cloned();
        if matches!(group.as_str(), "component" | "flags") {
            return None;
        }
        let key = key(&entry.hexcode);
        let short = codes
            .iter()
            .filter_map(|set| set.get(&key))
            .flat_map(|codes| match codes {
                Codes::One(name) => std::slice::from_ref(name),
                Codes::Many(names) => names,
            });
        let mut names = vec![slug(&entry.label)];
        names.extend(short.map(|name| slug(name)));
        let unicode = unicode.get(&key).cloned();
        let Entry { label, tags, .. } = entry;
        let concept = Concept {
            key,
            label,
            tags,
            group,
            subgroup: subgroup.unwrap_or_default(),
        };
        Some(Named {
            concept,
            names,
            unicode,
        })
    };
    Ok(entries.into_iter().filter_map(named).collect())
}

/// Code points as every list can agree on: small letters, no leading zeros, no `fe0f`.
pub(super) fn key(points: &str) -> String {
    let points = points.to_ascii_lowercase();
    let kept = points
        .split(['-', '_'])
        .map(|point| point.trim_start_matches('0'));
    kept.filter(|point| *point != "fe0f")
        .collect::<Vec<_>>()
        .join("-")
}

/// Small letters and digits, with one `-` for whatever stands between them.
pub(super) fn slug(name: &str) -> String {
    let name = name.to_lowercase().replace(['\'', '’', '.'], "");
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(plain)
        .collect::<Vec<_>>()
        .join("-")
}

/// Small letters and digits alone.
pub(super) fn squashed(name: &str) -> String {
    slug(name).replace('-', "")
}

/// The letters of English names without their marks.
fn plain(word: &str) -> String {
    let plain = |letter| match letter {
        'é' => 'e',
        'ñ' => 'n',
        'å' | 'ã' => 'a',
        'ç' => 'c',
        'ô' => 'o',
        letter => letter,
    };
    word.chars().map(plain).collect()
}
