//! File names with parts that are filled in.

use std::collections::BTreeMap;

use weft_node::Provenance;
use weft_value::{Digest, Hasher};

/// What file names and pictures may tell of a run: its inputs and its making.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// What `{name}` stands for.
    pub values: BTreeMap<String, String>,
    /// What a saved picture remembers.
    pub provenance: Provenance,
    /// The item of a batch that this run is.
    pub item: Option<ItemNames>,
}

/// What file names and seeds take from an item of a batch.
#[derive(Clone, Debug, Default)]
pub struct ItemNames {
    /// What `{item}` stands for; `/` makes folders.
    pub label: String,
    /// The inputs that tell the items of the batch apart; a path that names all of them is left as it is.
    pub varied: Vec<String>,
    /// What seeds are derived from; `None` where all items have those of the graph.
    pub seeds: Option<Digest>,
    /// Whether the graph writes one file and no more.
    pub has_one_writer: bool,
}

impl ItemNames {
    /// The seed of a node: that of the graph, the item and the name of the node, hashed to 48 bits, which every
    /// reader of JSON takes exactly.
    pub(crate) fn seed(&self, seed: u64, node: &str) -> Option<u64> {
        let digest = Hasher::new("seed")
            .number(seed)
            .digest(self.seeds.as_ref()?)
            .field(node.as_bytes())
            .finish();
        let bytes = digest.as_bytes();
        Some(
            bytes[..6]
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        )
    }

    /// The template with the item in it: as it is if it tells items apart, and else with the label for the name of the
    /// file, or, where there are several files or other parts to fill in, for a folder of its own.
    fn told_apart(&self, template: &str) -> String {
        let names = |name: &str| template.contains(&format!("{{{name}}}"));
        let is_apart =
            names("item") || (!self.varied.is_empty() && self.varied.iter().all(|it| names(it)));
        if is_apart {
            return template.to_owned();
        }
        let file = template.rsplit(['/', '\\']).next().unwrap_or("");
        match file.rsplit_once('.') {
            Some((_, extension)) if self.has_one_writer && !template.contains('{') => {
                format!("{{item}}.{extension}")
            }
            None if self.has_one_writer && !template.contains('{') => "{item}".to_owned(),
            _ => format!("{{item}}/{template}"),
        }
    }
}

impl Names {
    /// A hash of everything that the name or the content of a file may depend on.
    pub(crate) fn digest(&self) -> Digest {
        let mut hasher = Hasher::new("names");
        for (name, value) in &self.values {
            hasher.field(name.as_bytes()).field(value.as_bytes());
        }
        let Provenance {
            graph,
            inputs,
            item,
        } = &self.provenance;
        hasher
            .field(graph.as_bytes())
            .field(inputs.as_bytes())
            .field(item.as_deref().unwrap_or("").as_bytes());
        if let Some(item) = &self.item {
            // Its label is among the values, as `item`.
            let varied = item.varied.iter();
            varied.for_each(|name| {
                hasher.field(name.as_bytes());
            });
            hasher.number(u64::from(item.has_one_writer));
        }
        hasher.finish()
    }

    /// The path that `template` names, told apart from those of other items of a batch.
    ///
    /// # Errors
    /// Those of [`Names::fill`].
    pub(crate) fn path(&self, template: &str, more: &[(&str, String)]) -> Result<String, String> {
        match &self.item {
            Some(item) => self.fill(&item.told_apart(template), more),
            None => self.fill(template, more),
        }
    }

    /// Fills in `template`; `{{` and `}}` are braces. What is filled in is made safe for a file name.
    ///
    /// # Errors
    /// A sentence on a name that is unknown or a brace that is open, with the names there are.
    pub(crate) fn fill(&self, template: &str, more: &[(&str, String)]) -> Result<String, String> {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some(place) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(place);
            filled.push_str(before);
            if from.starts_with("{{") || from.starts_with("}}") {
                filled.push_str(&from[..1]);
                rest = &from[2..];
                continue;
            }
            let Some((name, after)) = from
                .strip_prefix('{')
                .and_then(|inside| inside.split_once('}'))
            else {
                return Err(format!(
                    "a brace stands alone in `{template}`; write {{{{ or }}}} for a brace"
                ));
            };
            let value = more
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value);
            let Some(value) = value.or_else(|| self.values.get(name)) else {
                return Err(self.unknown(name, template, more));
            };
            match &self.item {
                // A label is made of names of files already, and of folders.
                Some(item) if name == "item" => {
                    let parts: Vec<String> = item.label.split('/').map(safe).collect();
                    filled.push_str(&parts.join("/"));
                }
                _ => filled.push_str(&safe(value)),
            }
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn unknown(&self, name: &str, template: &str, more: &[(&str, String)]) -> String {
        let known = more
            .iter()
            .map(|(name, _)| *name)
            .chain(self.values.keys().map(String::as_str));
        let known: Vec<_> = known.map(|name| format!("{{{name}}}")).collect();
        format!(
            "`{{{name}}}` in `{template}` stands for nothing here; there are {}",
            known.join(", ")
        )
    }
}

/// Replaces what no file system likes; at most 80 characters.
fn safe(value: &str) -> String {
    let replace = |c: char| {
        if c.is_control() || r#"/\:*?"<>|"#.contains(c) {
            '_'
        } else {
            c
        }
    };
    value
        .trim()
        .trim_start_matches('.')
        .chars()
        .take(80)
        .map(replace)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names {
            values: [
                ("seed".into(), "7".into()),
                ("prompt".into(), "a/b: c".into()),
            ]
            .into(),
            ..Names::default()
        }
    }

    #[test]
    fn names_are_filled_in_and_made_safe() {
        let filled = names().fill("out/{seed}-{prompt}-{index}.png", &[("index", "3".into())]);
        assert_eq!(filled.unwrap(), "out/7-a_b_ c-3.png");
    }

    #[test]
    fn doubled_braces_are_braces() {
        assert_eq!(names().fill("{{{seed}}}", &[]).unwrap(), "{7}");
    }

    #[test]
    fn an_unknown_name_is_told_with_those_there_are() {
        let error = names().fill("{sede}.png", &[]).unwrap_err();
        assert_eq!(
            error,
            "`{sede}` in `{sede}.png` stands for nothing here; there are {prompt}, {seed}"
        );
        assert!(
            names()
                .fill("{seed", &[])
                .unwrap_err()
                .contains("a brace stands alone")
        );
        assert!(
            names()
                .fill("seed}", &[])
                .unwrap_err()
                .contains("a brace stands alone")
        );
    }

    #[test]
    fn items_of_a_batch_never_share_a_file() {
        let item = |label: &str, has_one_writer| Names {
            item: Some(ItemNames {
                label: label.to_owned(),
                varied: vec!["seed".to_owned()],
                has_one_writer,
                ..ItemNames::default()
            }),
            values: [
                ("item".to_owned(), label.to_owned()),
                ("seed".to_owned(), "7".to_owned()),
            ]
            .into(),
            ..Names::default()
        };
        let path = |template: &str, one| {
            item("a/b c", one)
                .path(template, &[("index", "3".into())])
                .unwrap()
        };
        assert_eq!(path("out/rocket.png", true), "a/b c.png");
        assert_eq!(path("rocket", true), "a/b c");
        assert_eq!(path("out/rocket.png", false), "a/b c/out/rocket.png");
        assert_eq!(path("out/{index}.png", true), "a/b c/out/3.png");
        assert_eq!(path("out/{seed}.png", false), "out/7.png");
        assert_eq!(path("x/{item}.png", false), "x/a/b c.png");
    }

    #[test]
    fn what_changes_a_path_or_a_picture_changes_the_digest() {
        let of = |varied: &[&str], has_one_writer, remembered: Option<&str>| Names {
            item: Some(ItemNames {
                label: "a".to_owned(),
                varied: varied.iter().map(|name| (*name).to_owned()).collect(),
                has_one_writer,
                ..ItemNames::default()
            }),
            provenance: Provenance {
                item: remembered.map(str::to_owned),
                ..Provenance::default()
            },
            values: [
                ("item".to_owned(), "a".to_owned()),
                ("seed".to_owned(), "7".to_owned()),
            ]
            .into(),
        };
        let path = |names: &Names| names.path("{seed}.png", &[]).unwrap();
        let (swept, other) = (of(&["seed"], false, None), of(&["sigma"], false, None));
        assert_ne!(path(&swept), path(&other));
        assert_ne!(swept.digest(), other.digest());
        let alone = of(&["sigma"], true, None);
        let plain = |names: &Names| names.path("it.png", &[]).unwrap();
        assert_ne!(plain(&other), plain(&alone));
        assert_ne!(other.digest(), alone.digest());
        let seeded = of(&["seed"], false, Some("another seed"));
        assert_ne!(swept.digest(), seeded.digest());
        assert_eq!(swept.digest(), of(&["seed"], false, None).digest());
    }

    #[test]
    fn a_derived_seed_depends_on_seed_item_and_node_alone() {
        let of = |item: &[u8]| ItemNames {
            seeds: Some(Digest::of(item)),
            ..ItemNames::default()
        };
        let seed = of(b"one").seed(7, "drawn").unwrap();
        assert_eq!(of(b"one").seed(7, "drawn"), Some(seed));
        assert!(seed < 1 << 48);
        for other in [
            of(b"two").seed(7, "drawn"),
            of(b"one").seed(8, "drawn"),
            of(b"one").seed(7, "noise"),
        ] {
            assert_ne!(other, Some(seed));
        }
        assert_eq!(ItemNames::default().seed(7, "drawn"), None);
    }

    #[test]
    fn a_value_cannot_climb_out_of_its_folder() {
        let names = Names {
            values: [("p".into(), "../../etc".into())].into(),
            ..Names::default()
        };
        assert_eq!(names.fill("out/{p}.png", &[]).unwrap(), "out/_.._etc.png");
    }
}
