//! The items of a batch: one row of every group, as often as asked.

use weft_value::{Digest, Hasher};

use crate::{Group, Wrong};

/// The items of a batch, in an order that does not change: the last group turns fastest.
#[derive(Clone, Debug)]
pub struct Items {
    groups: Vec<Group>,
    repeat: u64,
    seed: u64,
    stem: String,
}

/// One item: what it sets, and who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Who it is: a hash of what it sets, and of which of several equal ones it is. It does not depend on the order
    /// or on the number of items.
    pub key: Digest,
    /// What it is called, for the names of its files.
    pub label: String,
    /// The values that it sets, as on a command line.
    pub values: Vec<(String, String)>,
}

/// A part of the items, of which several machines do one each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 1.
    pub part: u64,
    /// How many parts there are.
    pub parts: u64,
}

impl Shard {
    /// Whether the item belongs to this part: every item belongs to exactly one, whichever other items there are.
    pub fn has(&self, item: &Item) -> bool {
        let bytes = &item.key.as_bytes()[..8];
        let number = bytes
            .iter()
            .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        number % self.parts == self.part - 1
    }
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(part, parts)| {
            Some((part.trim().parse().ok()?, parts.trim().parse().ok()?))
        });
        match parts {
            Some((part, parts)) if (1..=parts).contains(&part) => Ok(Self { part, parts }),
            _ => Err("write PART/PARTS, such as 2/8; the first part is 1".to_owned()),
        }
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.part, self.parts)
    }
}

impl Items {
    /// One item for each way to take a row of every group, `repeat` times. `seed` draws what prompts leave open;
    /// `stem` is what items are called that nothing tells apart.
    ///
    /// # Errors
    /// Two groups set the same input, or there are too many items to count.
    pub fn new(groups: Vec<Group>, repeat: u64, (seed, stem): (u64, &str)) -> Result<Self, Wrong> {
        for (i, group) in groups.iter().enumerate() {
            for input in group.inputs() {
                if let Some(other) = groups[..i]
                    .iter()
                    .find(|other| other.inputs().contains(&input))
                {
                    let message = format!("sets `{input}`, which {} sets as well", other.place);
                    return Err(Wrong::at(&group.place, message)
                        .help("set an input once, or give its values in one place"));
                }
            }
        }
        let count = groups.iter().try_fold(repeat.max(1), |count, group| {
            count.checked_mul(group.rows.len() as u64)
        });
        if count.is_none() {
            return Err(Wrong::at("the batch", "has more items than can be counted"));
        }
        Ok(Self {
            groups,
            repeat: repeat.max(1),
            seed,
            stem: stem.to_owned(),
        })
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        let rows = self.groups.iter().map(|group| group.rows.len() as u64);
        rows.product::<u64>() * self.repeat
    }

    /// Whether there are none, which never is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The groups.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// How often each way is taken.
    pub fn repeat(&self) -> u64 {
        self.repeat
    }

    /// The inputs that tell items apart.
    pub fn inputs(&self) -> Vec<String> {
        self.groups.iter().flat_map(Group::inputs).collect()
    }

    /// The item at a place.
    ///
    /// # Panics
    /// The place is not below [`Items::len`].
    pub fn get(&self, place: u64) -> Item {
        assert!(place < self.len(), "there are {} items", self.len());
        let (mut rest, repeat) = (place / self.repeat, place % self.repeat);
        let mut chosen = vec![0; self.groups.len()];
        for (group, row) in self.groups.iter().zip(&mut chosen).rev() {
            let count = group.rows.len() as u64;
            *row = (rest % count) as usize;
            rest /= count;
        }
        let rows: Vec<(&Group, usize)> = self.groups.iter().zip(chosen).collect();
        let key = key(&rows, repeat);
        Item {
            key,
            label: self.label(&rows, repeat),
            values: self.values(&rows, &key),
        }
    }

    /// What the rows set; prompts are drawn by the key.
    fn values(&self, rows: &[(&Group, usize)], key: &Digest) -> Vec<(String, String)> {
        let seed = Hasher::new("prompt").number(self.seed).digest(key).finish();
        let mut values = Vec::new();
        for row in rows.iter().map(|(group, row)| &group.rows[*row]) {
            let cells = row.cells.iter();
            values.extend(cells.map(|cell| (cell.input.clone(), cell.text.clone())));
            let drawn = row.template.iter();
            values.extend(drawn.map(|(input, template)| (input.clone(), template.draw(&seed))));
        }
        values
    }

    fn label(&self, rows: &[(&Group, usize)], repeat: u64) -> String {
        let label = |(group, row): &(&Group, usize)| match group.repeats[*row] {
            0 => group.rows[*row].label.clone(),
            more => format!("{}-{}", group.rows[*row].label, more + 1),
        };
        let mut whole = rows.iter().map(label).collect::<Vec<_>>().join("_");
        if whole.is_empty() {
            whole.clone_from(&self.stem);
        }
        if repeat > 0 {
            whole = format!("{whole}_{}", repeat + 1);
        }
        whole
    }
}

/// Who an item is: its rows, whichever group stands first, and which of several equal ones it is.
fn key(rows: &[(&Group, usize)], repeat: u64) -> Digest {
    let identity = |(group, row): &(&Group, usize)| {
        let identity = group.rows[*row].identity();
        (*identity.as_bytes(), group.repeats[*row])
    };
    let mut identities: Vec<([u8; 32], u64)> = rows.iter().map(identity).collect();
    identities.sort_unstable();
    let mut hasher = Hasher::new("item");
    for (identity, occurrence) in &identities {
        hasher.field(identity).number(*occurrence);
    }
    hasher.number(repeat).finish()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::sweep;

    fn items(sweeps: &[&str], repeat: u64) -> Items {
        let groups = sweeps.iter().map(|it| sweep(it).unwrap()).collect();
        Items::new(groups, repeat, (7, "graph")).unwrap()
    }

    #[test]
    fn the_last_group_turns_fastest() {
        let items = items(&["a=1,2", "b=3,4,5"], 1);
        let labels: Vec<_> = (0..items.len()).map(|i| items.get(i).label).collect();
        assert_eq!(
            labels,
            [
                "a=1_b=3", "a=1_b=4", "a=1_b=5", "a=2_b=3", "a=2_b=4", "a=2_b=5"
            ]
        );
    }

    #[test]
    fn an_item_is_the_same_whatever_the_order_and_the_number() {
        let small = items(&["a=1,2", "b=3"], 1).get(1);
        let large = items(&["b=4,3", "a=2,9,1"], 3);
        let all: Vec<_> = (0..large.len()).map(|i| large.get(i)).collect();
        assert_eq!(all.iter().filter(|item| item.key == small.key).count(), 1);
    }

    #[test]
    fn no_two_items_are_the_same() {
        let items = items(&["a=1,1,2", "b=3,3"], 2);
        let keys: HashSet<_> = (0..items.len())
            .map(|i| items.get(i).key.to_string())
            .collect();
        let labels: HashSet<_> = (0..items.len()).map(|i| items.get(i).label).collect();
        assert_eq!([keys.len(), labels.len()], [12, 12]);
    }

    #[test]
    fn an_input_is_set_once() {
        let groups = vec![sweep("a=1").unwrap(), sweep("a=2").unwrap()];
        let wrong = Items::new(groups, 1, (0, "")).unwrap_err();
        assert!(wrong.message.contains("sets `a`"));
    }

    #[test]
    fn a_batch_without_groups_has_its_repeats() {
        let items = items(&[], 2);
        assert_eq!(items.len(), 2);
        assert_eq!(
            [items.get(0).label, items.get(1).label],
            ["graph", "graph_2"]
        );
    }

    proptest! {
        #[test]
        fn every_item_is_in_exactly_one_shard(parts in 1u64..9, count in 1u64..60) {
            let items = items(&[&format!("a=1..{count}")], 1);
            for i in 0..items.len() {
                let item = items.get(i);
                let having = (1..=parts).filter(|&part| Shard { part, parts }.has(&item)).count();
                prop_assert_eq!(having, 1);
            }
        }
    }

    #[test]
    fn a_shard_is_written_part_of_parts() {
        assert_eq!("2/8".parse(), Ok(Shard { part: 2, parts: 8 }));
        for wrong in ["0/8", "9/8", "2", "a/b", "1/0"] {
            assert!(wrong.parse::<Shard>().is_err());
        }
    }
}
