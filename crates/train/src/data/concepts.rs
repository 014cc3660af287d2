//! What can be drawn, in words: the English names of emojibase.

use std::{collections::BTreeMap, path::Path, slice};

use serde::{Deserialize, de::DeserializeOwned};

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
    /// Its label in small letters with `-` between words.
    pub(super) label: String,
    /// Short codes of the same form, of at least three letters: shorter ones stand for many things.
    pub(super) codes: Vec<String>,
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

/// The lists of the package beside its entries.
struct Lists {
    groups: Groups,
    /// Squashed names of the standard, by key.
    unicode: BTreeMap<String, String>,
    codes: Vec<BTreeMap<String, Codes>>,
}

/// All concepts but flags and parts of others, such as skin tones, in the order of the standard.
pub(super) fn concepts(package: &Path) -> Result<Vec<Named>, DataError> {
    let entries: Vec<Entry> = json(&package.join("en/data.json"))?;
    let codes = |set| by_key(&package.join(format!("en/shortcodes/{set}.json")));
    let unicode: BTreeMap<String, String> = by_key(&package.join("meta/unicode-names.json"))?;
    let squash = |(key, name): (String, String)| (key, squashed(&name));
    let lists = Lists {
        groups: json(&package.join("meta/groups.json"))?,
        unicode: unicode.into_iter().map(squash).collect(),
        codes: CODES.into_iter().map(codes).collect::<Result<_, _>>()?,
    };
    let named = entries.into_iter().filter_map(|entry| lists.named(entry));
    Ok(named.collect())
}

impl Lists {
    /// What is known of an entry, unless it is a flag or a part of others.
    fn named(&self, entry: Entry) -> Option<Named> {
        let group = self.groups.groups.get(&entry.group?)?.clone();
        if matches!(group.as_str(), "component" | "flags") {
            return None;
        }
        let subgroup = self.groups.subgroups.get(&entry.subgroup?)?.clone();
        let key = key(&entry.hexcode);
        let codes = self.codes.iter().filter_map(|set| set.get(&key));
        let codes = codes.flat_map(|codes| match codes {
            Codes::One(name) => slice::from_ref(name),
            Codes::Many(names) => names,
        });
        let codes = codes.map(|name| slug(name)).filter(|name| name.len() > 2);
        let Entry { label, tags, .. } = entry;
        Some(Named {
            label: slug(&label),
            codes: codes.collect(),
            unicode: self.unicode.get(&key).cloned(),
            concept: Concept {
                key,
                label,
                tags,
                group,
                subgroup,
            },
        })
    }
}

/// A JSON file of something by code points.
fn by_key<T: DeserializeOwned>(path: &Path) -> Result<BTreeMap<String, T>, DataError> {
    let list: BTreeMap<String, T> = json(path)?;
    let list = list.into_iter().map(|(points, of)| (key(&points), of));
    Ok(list.collect())
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
