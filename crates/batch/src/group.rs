//! What varies from item to item: groups of rows, each row a value for some inputs.

use std::collections::{HashMap, HashSet};

use weft_value::{Digest, Hasher};

use crate::{Wrong, prompt::Template};

/// A value of an input, as on a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The input.
    pub input: String,
    /// What it is set to.
    pub text: String,
    /// What stands for it in the key of the item: of a file below a folder that is gone through, the path within
    /// that folder, so that the folder may lie elsewhere on another machine.
    pub identity: String,
}

impl Cell {
    /// A value that stands for itself.
    pub fn new(input: &str, text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            input: input.to_owned(),
            identity: text.clone(),
            text,
        }
    }
}

/// Values that go together.
#[derive(Clone, Debug)]
pub struct Row {
    /// The values.
    pub cells: Vec<Cell>,
    /// What a person would call the row, for the name of a file; `/` makes folders.
    pub label: String,
    /// Whether no other row can have that label.
    pub is_label_exact: bool,
    /// A prompt that is drawn for each item anew, and its input.
    pub template: Option<(String, Template)>,
}

impl Row {
    /// A row that is called after its values.
    pub fn new(cells: Vec<Cell>) -> Self {
        let words: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
        Self {
            label: slug(&words.join(" ")),
            is_label_exact: false,
            cells,
            template: None,
        }
    }

    /// A row of a sweep, called `name=value`.
    pub(crate) fn swept(cell: Cell) -> Self {
        let value = slug(&cell.text);
        Self {
            label: format!("{}={value}", cell.input),
            is_label_exact: value == cell.text,
            cells: vec![cell],
            template: None,
        }
    }

    /// The inputs that it sets.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = &str> {
        let cells = self.cells.iter().map(|cell| cell.input.as_str());
        cells.chain(self.template.iter().map(|(input, _)| input.as_str()))
    }

    pub(crate) fn identity(&self) -> Digest {
        let mut cells: Vec<_> = self.cells.iter().collect();
        cells.sort_by(|a, b| a.input.cmp(&b.input));
        let mut hasher = Hasher::new("row");
        for cell in cells {
            hasher
                .field(cell.input.as_bytes())
                .field(cell.identity.as_bytes());
        }
        if let Some((input, template)) = &self.template {
            hasher
                .field(input.as_bytes())
                .field(template.text().as_bytes());
        }
        hasher.finish()
    }
}

/// Rows of which each item has one. Items have one row of every group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Where it was asked for.
    pub place: String,
    /// Its rows; at least one.
    pub rows: Vec<Row>,
    /// For each row, how many equal ones stand before it.
    pub(crate) repeats: Vec<u64>,
}

impl Group {
    /// A group of these rows.
    ///
    /// # Errors
    /// There is no row.
    pub fn new(place: impl Into<String>, mut rows: Vec<Row>) -> Result<Self, Wrong> {
        let place = place.into();
        if rows.is_empty() {
            return Err(Wrong::at(place, "gives no item at all"));
        }
        let mut seen: HashMap<Digest, u64> = HashMap::with_capacity(rows.len());
        let mut repeats = Vec::with_capacity(rows.len());
        for row in &rows {
            let count = seen.entry(row.identity()).or_default();
            repeats.push(*count);
            *count += 1;
        }
        tell_apart(&mut rows);
        Ok(Self {
            place,
            rows,
            repeats,
        })
    }

    /// The inputs that its rows set.
    pub fn inputs(&self) -> Vec<String> {
        let mut inputs: Vec<String> = Vec::new();
        for input in self.rows.iter().flat_map(Row::inputs) {
            if !inputs.iter().any(|known| known == input) {
                inputs.push(input.to_owned());
            }
        }
        inputs
    }

    /// This group and another, row by row.
    ///
    /// # Errors
    /// They have not as many rows.
    pub fn zip(self, other: Self) -> Result<Self, Wrong> {
        if self.rows.len() != other.rows.len() {
            let message = format!(
                "cannot go together: {} has {}, {} has {}",
                self.place,
                values(self.rows.len()),
                other.place,
                values(other.rows.len())
            );
            return Err(Wrong::at("--zip", message).help("give both as many values"));
        }
        let both = |(mut row, other): (Row, Row)| {
            row.label = format!("{}_{}", row.label, other.label);
            row.is_label_exact &= other.is_label_exact;
            row.cells.extend(other.cells);
            row.template = row.template.or(other.template);
            row
        };
        let rows = self.rows.into_iter().zip(other.rows).map(both).collect();
        Self::new(format!("{} with {}", self.place, other.place), rows)
    }
}

fn values(count: usize) -> String {
    format!("{count} value{}", if count == 1 { "" } else { "s" })
}

/// Gives rows whose label may be that of another one a part of their hash; rows that are equal keep equal labels.
fn tell_apart(rows: &mut [Row]) {
    let mut labels: HashMap<String, Digest> = HashMap::with_capacity(rows.len());
    let mut shared: HashSet<String> = HashSet::new();
    for row in rows.iter() {
        let identity = row.identity();
        let first = labels.entry(row.label.to_lowercase()).or_insert(identity);
        if *first != identity {
            shared.insert(row.label.to_lowercase());
        }
    }
    for row in rows.iter_mut() {
        if !row.is_label_exact || shared.contains(&row.label.to_lowercase()) {
            let hash = &row.identity().to_string()[..6];
            row.label = match row.label.is_empty() {
                true => hash.to_owned(),
                false => format!("{}-{hash}", row.label),
            };
            row.is_label_exact = true;
        }
    }
}

/// Letters that a label has at most; the rest is told by a hash.
const LONGEST: usize = 40;

/// A text as a part of the name of a file: letters, digits and a few signs, of at most 40 letters.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().take(LONGEST) {
        match c {
            '.' | '-' | '_' | '+' | '=' | '#' => slug.push(c),
            c if c.is_alphanumeric() => slug.push(c),
            _ if slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.trim_matches(['-', '.']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(texts: &[&str]) -> Vec<Row> {
        let row = |text: &&str| Row::new(vec![Cell::new("prompt", *text)]);
        texts.iter().map(row).collect()
    }

    #[test]
    fn a_label_is_safe_and_never_that_of_another_row() {
        let group = Group::new("--over", rows(&["a cat", "a/cat", "a cat"])).unwrap();
        let labels: Vec<_> = group.rows.iter().map(|row| row.label.as_str()).collect();
        assert!(labels[0].starts_with("a-cat-"));
        assert_ne!(labels[0], labels[1]);
        assert_eq!(labels[0], labels[2]);
        assert_eq!(group.repeats, [0, 0, 1]);
    }

    #[test]
    fn a_label_does_not_depend_on_the_other_rows() {
        let alone = Group::new("--over", rows(&["a cat"])).unwrap();
        let among = Group::new("--over", rows(&["a dog", "a cat", "a/cat"])).unwrap();
        assert_eq!(alone.rows[0].label, among.rows[1].label);
    }

    #[test]
    fn groups_of_other_lengths_do_not_go_together() {
        let two = Group::new("--sweep a", rows(&["1", "2"])).unwrap();
        let one = Group::new("--sweep b", rows(&["1"])).unwrap();
        let message = two.zip(one).unwrap_err().message;
        assert!(
            message.contains("has 2 values") && message.contains("has 1 value"),
            "{message}"
        );
    }
}
