//! Where the tensors of a network lie in a file that may call them by other names.

use std::collections::BTreeMap;

use crate::Weights;

/// The words that `{qkv}` stands for in a name.
const THIRDS: [&str; 3] = ["q", "k", "v"];

/// How a tensor is taken out of that of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// As it is.
    Whole,
    /// One third of the rows: queries, keys or values.
    Third(usize),
    /// Rows as columns.
    Transposed,
}

/// Where one tensor lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The key in the file.
    pub(super) key: String,
    /// What becomes of it.
    pub(super) turn: Turn,
}

/// Pairs of prefixes: what a file calls something, and what the network calls it. The longest that fits
/// counts; the empty prefix leaves names as they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Renames {
    pairs: BTreeMap<String, String>,
    back: BTreeMap<String, String>,
}

impl Renames {
    /// Names that stay.
    pub(super) fn identity() -> Self {
        let mut renames = Self::default();
        renames.add("", "");
        renames
    }

    /// What the file calls `file`, or begins with it, is `ours`. The network's name may hold `{qkv}`, and then the
    /// file has three tensors in one.
    pub(super) fn add(&mut self, file: impl Into<String>, ours: impl Into<String>) {
        let (file, ours) = (file.into(), ours.into());
        let name = ours.trim_end_matches(TRANSPOSED).to_owned();
        self.back.insert(name, file.clone());
        self.pairs.insert(file, ours);
    }

    /// Adds each of `leaves` below a pair of prefixes.
    pub(super) fn add_each(&mut self, file: &str, ours: &str, leaves: &[(&str, &str)]) {
        for (theirs, mine) in leaves {
            self.add(format!("{file}.{theirs}"), format!("{ours}.{mine}"));
        }
    }

    /// What the network calls a key of the file.
    pub(super) fn ours(&self, file: &str) -> Option<String> {
        longest(&self.pairs, file)
    }

    /// What the file would call a tensor of the network.
    pub(super) fn theirs(&self, ours: &str) -> Option<String> {
        let fused = THIRDS.iter().find_map(|third| {
            let name = format!(".{third}_proj.");
            ours.contains(&name)
                .then(|| ours.replace(&name, ".{qkv}_proj."))
        });
        let fused = fused.and_then(|fused| self.back.get(&fused).cloned());
        fused.or_else(|| longest(&self.back, ours))
    }
}

fn longest(pairs: &BTreeMap<String, String>, key: &str) -> Option<String> {
    let mut end = key.len();
    loop {
        if let Some(to) = pairs.get(&key[..end]) {
            let rest = key[end..].trim_start_matches('.');
            let both = !to.is_empty() && !rest.is_empty();
            return Some([to.as_str(), if both { "." } else { "" }, rest].concat());
        }
        if end == 0 {
            return None;
        }
        end = key[..end].rfind('.').unwrap_or(0);
    }
}

/// The tensors of one network in a file, by the network's own names, which are those of diffusers and
/// transformers.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    root: String,
    renames: Renames,
    places: BTreeMap<String, Place>,
}

impl Layout {
    /// Of the keys that begin with `root`. Those that `others` names, without the root, are not of this network.
    pub(super) fn new(
        weights: &mut Weights<'_>,
        root: &str,
        renames: Renames,
        others: impl Fn(&str) -> bool,
    ) -> Self {
        let ours = |key: &str| key.strip_prefix(root).is_some_and(|rest| !others(rest));
        weights.leave(|key| !ours(key));
        let mut places = BTreeMap::new();
        for (key, _) in weights.keys().filter(|(key, _)| ours(key)) {
            let Some(name) = renames.ours(&key[root.len()..]) else {
                continue;
            };
            let place = |turn| Place {
                key: key.to_owned(),
                turn,
            };
            if name.contains("{qkv}") {
                for (i, third) in THIRDS.iter().enumerate() {
                    places.insert(name.replace("{qkv}", third), place(Turn::Third(i)));
                }
            } else if let Some(name) = name.strip_suffix(TRANSPOSED) {
                places.insert(name.to_owned(), place(Turn::Transposed));
            } else {
                places.insert(name, place(Turn::Whole));
            }
        }
        Self {
            root: root.to_owned(),
            renames,
            places,
        }
    }

    /// Where a tensor of the network lies.
    pub(super) fn place(&self, ours: &str) -> Option<&Place> {
        self.places.get(ours)
    }

    /// The names of all tensors.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// What the file would call a tensor that it lacks.
    pub(super) fn told(&self, ours: &str) -> String {
        let theirs = self.renames.theirs(ours);
        let theirs = theirs.unwrap_or_else(|| ours.to_owned());
        format!("{}{theirs}", self.root)
    }
}

/// Behind the network's name of a tensor that the file holds transposed.
pub(super) const TRANSPOSED: &str = "{turned}";

#[cfg(test)]
mod tests {
    use super::Renames;

    #[test]
    fn the_longest_prefix_counts_and_names_go_both_ways() {
        let mut renames = Renames::default();
        renames.add("input.1", "down.0");
        renames.add("input.1.norm", "down.0.norm1");
        renames.add("block.in_proj_weight", "attn.{qkv}_proj.weight");
        let ours = |key| renames.ours(key);
        assert_eq!(ours("input.1.norm.bias").unwrap(), "down.0.norm1.bias");
        assert_eq!(ours("input.1.conv.bias").unwrap(), "down.0.conv.bias");
        assert_eq!(ours("input.10.bias"), None);
        assert_eq!(
            renames.theirs("down.0.norm1.bias").unwrap(),
            "input.1.norm.bias"
        );
        assert_eq!(
            renames.theirs("attn.k_proj.weight").unwrap(),
            "block.in_proj_weight"
        );
        assert_eq!(renames.theirs("other"), None);
        assert_eq!(Renames::identity().ours("a.b").unwrap(), "a.b");
        assert_eq!(Renames::identity().theirs("a.b").unwrap(), "a.b");
    }
}
