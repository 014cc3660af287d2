//! Files of rows: CSV, lines of JSON, RON.

use std::{fs, path::Path};

use serde_json::Value;
use weft_spec::Literal;

use crate::{
    Group, Wrong,
    group::{Cell, Row, slug},
};

/// Columns that say what a row is called; they may name an input as well.
const NAMES: &[&str] = &["name", "id"];

/// A group with a row for each row of the file: its columns set the inputs of the same names, and an empty cell sets
/// none. A column `name` or `id` that is no input gives the row its name. Relative paths in columns of `files` start
/// from the folder of the file.
///
/// # Errors
/// The file cannot be read, is of another kind, or a row of it is wrong.
pub fn rows(path: &Path, inputs: &[(String, String)]) -> Result<Group, Wrong> {
    let place = || format!("--over {}", path.display());
    let unreadable = |why: String| Wrong::at(place(), format!("cannot read: {why}"));
    let text = fs::read_to_string(path).map_err(|why| unreadable(why.to_string()))?;
    let extension = path.extension().and_then(|it| it.to_str()).unwrap_or("");
    let read = match extension.to_ascii_lowercase().as_str() {
        "csv" => from_csv(&text, path)?,
        "jsonl" | "ndjson" => from_jsonl(&text, path)?,
        "ron" => from_ron(&text, path)?,
        _ => {
            let help = "name the file .csv, .jsonl or .ron after what is in it";
            return Err(Wrong::at(place(), "is of an unknown kind").help(help));
        }
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let rows = read.into_iter().map(|cells| row(cells, inputs, folder));
    Group::new(place(), rows.collect())
}

type Cells = Vec<(String, String)>;

fn row(cells: Cells, inputs: &[(String, String)], folder: &Path) -> Row {
    let ty = |name: &str| {
        let input = inputs.iter().find(|(known, _)| known == name);
        input.map(|(_, ty)| ty.as_str())
    };
    let is_name = |name: &str| NAMES.contains(&name) && ty(name).is_none();
    let named = cells
        .iter()
        .find(|(name, text)| is_name(name) && !text.is_empty());
    let label = named.map(|(_, text)| (slug(text), slug(text) == *text));
    let kept = cells
        .iter()
        .filter(|(name, text)| !text.is_empty() && !is_name(name));
    let cell = |(name, text): &(String, String)| {
        let mut cell = Cell::new(name, text.clone());
        if matches!(ty(name), Some("File" | "Folder")) {
            let path = folder.join(text);
            let path = std::path::absolute(&path).unwrap_or(path);
            cell.text = path.to_string_lossy().into_owned();
        }
        cell
    };
    let mut row = Row::new(kept.map(cell).collect());
    if let Some((label, is_exact)) = label {
        (row.label, row.is_label_exact) = (label, is_exact);
    } else {
        let said: Vec<&str> = row
            .cells
            .iter()
            .map(|cell| cell.identity.as_str())
            .collect();
        row.label = slug(&said.join(" "));
    }
    row
}

fn from_csv(text: &str, path: &Path) -> Result<Vec<Cells>, Wrong> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let wrong = |why: csv::Error| {
        let line = why.position().map_or(1, csv::Position::line);
        Wrong::at(format!("{}:{line}", path.display()), why.to_string())
            .help("the first line names the inputs; every other line has as many cells")
    };
    let header = reader.headers().map_err(wrong)?.clone();
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let cells = header.iter().zip(record.iter());
        all.push(
            cells
                .map(|(name, text)| (name.to_owned(), text.to_owned()))
                .collect(),
        );
    }
    Ok(all)
}

fn from_jsonl(text: &str, path: &Path) -> Result<Vec<Cells>, Wrong> {
    let mut all = Vec::new();
    for (i, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let place = || format!("{}:{}", path.display(), i + 1);
        let value: Value =
            serde_json::from_str(line).map_err(|why| Wrong::at(place(), why.to_string()))?;
        let Value::Object(object) = value else {
            return Err(Wrong::at(place(), "is no object")
                .help(r#"write {"prompt": "a cat", "steps": 20}"#));
        };
        let cells = object.into_iter().filter(|(_, value)| !value.is_null());
        let cell = |(name, value): (String, Value)| match value {
            Value::String(text) => (name, text),
            other => (name, other.to_string()),
        };
        all.push(cells.map(cell).collect());
    }
    Ok(all)
}

fn from_ron(text: &str, path: &Path) -> Result<Vec<Cells>, Wrong> {
    let rows = weft_graph::read_rows(text).map_err(|(line, why)| {
        Wrong::at(format!("{}:{line}", path.display()), why)
            .help(r#"write [{"prompt": "a cat", "steps": 20}, …]"#)
    })?;
    let cell = |(name, literal): (String, Literal)| match literal {
        Literal::Text(text) => (name, text),
        other => (name, other.to_string()),
    };
    Ok(rows
        .into_iter()
        .map(|row| row.into_iter().map(cell).collect())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<Vec<Vec<(String, String)>>, Wrong> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let inputs = [
            ("prompt".to_owned(), "Text".to_owned()),
            ("photo".to_owned(), "File".to_owned()),
        ];
        let group = rows(&path, &inputs)?;
        let cells = |row: Row| {
            row.cells
                .into_iter()
                .map(|cell| (cell.input, cell.identity))
                .collect()
        };
        Ok(group.rows.into_iter().map(cells).collect())
    }

    #[test]
    fn the_three_kinds_say_the_same() {
        let csv = read("jobs.csv", "prompt,steps\n\"a cat, asleep\",20\na dog,\n").unwrap();
        let jsonl = read("jobs.jsonl", "{\"prompt\": \"a cat, asleep\", \"steps\": 20}\n\n{\"prompt\": \"a dog\", \"steps\": null}\n").unwrap();
        let ron = read("jobs.ron", "[\n  {\"prompt\": \"a cat, asleep\", \"steps\": 20}, // one\n  {\"prompt\": \"a dog\"},\n]").unwrap();
        assert_eq!(csv, jsonl);
        assert_eq!(csv, ron);
        assert_eq!(csv[1], [("prompt".to_owned(), "a dog".to_owned())]);
    }

    #[test]
    fn a_wrong_row_is_told_with_its_line() {
        assert!(
            read("jobs.csv", "a,b\n1,2\n3\n")
                .unwrap_err()
                .place
                .ends_with("jobs.csv:3")
        );
        assert!(
            read("jobs.jsonl", "{}\n[1]\n")
                .unwrap_err()
                .place
                .ends_with("jobs.jsonl:2")
        );
        assert!(
            read("jobs.ron", "[\n{\"a\": 1},\n{\"a\" 2}]")
                .unwrap_err()
                .place
                .ends_with("jobs.ron:3")
        );
        assert!(
            read("jobs.txt", "")
                .unwrap_err()
                .message
                .contains("unknown kind")
        );
    }

    #[test]
    fn paths_start_from_the_folder_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jobs.csv");
        fs::write(&path, "name,photo\nfirst,a.png\n").unwrap();
        let group = rows(&path, &[("photo".to_owned(), "File".to_owned())]).unwrap();
        assert_eq!(
            Path::new(&group.rows[0].cells[0].text),
            folder.path().join("a.png")
        );
        assert_eq!(group.rows[0].label, "first");
    }
}
