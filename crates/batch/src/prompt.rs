//! Prompts with alternatives `{a|b}` and wildcards `__file__`, drawn by a seed.

use std::{collections::BTreeMap, fs, path::Path};

use weft_value::{Digest, Hasher};

use crate::{
    Group, Wrong,
    group::{Row, slug},
};

/// Wildcards within wildcards that are followed; more is a circle.
const DEEPEST: usize = 16;

/// A prompt that may say different things.
#[derive(Clone, Debug)]
pub struct Template {
    text: String,
    words: std::sync::Arc<BTreeMap<String, Vec<String>>>,
}

impl Template {
    /// As it is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it says for this `seed`: of each `{a|b|c}` one, of each `__name__` one line of the file.
    pub fn draw(&self, seed: &Digest) -> String {
        let mut draws = Draws {
            seed: *seed,
            made: 0,
        };
        self.filled(&self.text, &mut draws, 0)
    }

    fn filled(&self, text: &str, draws: &mut Draws, depth: usize) -> String {
        let text = self.chosen(text, draws);
        let mut filled = String::new();
        let mut rest = text.as_str();
        while let Some((before, name, after)) = wildcard(rest) {
            filled.push_str(before);
            match self.words.get(name).filter(|_| depth < DEEPEST) {
                Some(lines) => {
                    let line = &lines[draws.below(lines.len())];
                    filled.push_str(&self.filled(line, draws, depth + 1));
                }
                None => filled.push_str(&format!("__{name}__")),
            }
            rest = after;
        }
        filled + rest
    }

    /// One of each group of alternatives, the innermost first.
    fn chosen(&self, text: &str, draws: &mut Draws) -> String {
        let mut text = text.to_owned();
        while let Some(close) = text.find('}') {
            let Some(open) = text[..close].rfind('{') else {
                break;
            };
            let options: Vec<&str> = text[open + 1..close].split('|').collect();
            let option = options[draws.below(options.len())].to_owned();
            text.replace_range(open..=close, &option);
        }
        text
    }
}

/// Numbers that depend on the seed and on how many were drawn before.
struct Draws {
    seed: Digest,
    made: u64,
}

impl Draws {
    fn below(&mut self, count: usize) -> usize {
        self.made += 1;
        let digest = Hasher::new("draw")
            .digest(&self.seed)
            .number(self.made)
            .finish();
        let number = digest.as_bytes()[..8]
            .iter()
            .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        // The bias of the remainder is below one in 2^40 for any file of lines.
        (number % count.max(1) as u64) as usize
    }
}

/// The text before a wildcard, its name, and the text after it.
fn wildcard(text: &str) -> Option<(&str, &str, &str)> {
    let (before, from) = text.split_once("__")?;
    let (name, after) = from.split_once("__")?;
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || "-_/".contains(c));
    is_name.then_some((before, name, after))
}

/// A group that sets an input to each line of a file: `FILE` for the input `prompt`, or `name=FILE`. Blank lines and
/// lines that begin with `#` are passed over.
///
/// # Errors
/// The file, or that of a wildcard, cannot be read; it has no line; a brace stands alone.
pub fn prompts(written: &str) -> Result<Group, Wrong> {
    let (name, path) = match written.split_once('=') {
        Some((name, path)) if !Path::new(written).exists() => (name.trim(), path),
        _ => ("prompt", written),
    };
    let path = Path::new(path);
    let folder = path.parent().unwrap_or(Path::new(""));
    let lines = lines(path, "--prompts")?;
    let mut words = BTreeMap::new();
    for (number, line) in &lines {
        let place = format!("{}:{number}", path.display());
        balanced(line).map_err(|why| Wrong::at(&place, why))?;
        read_words(line, (folder, &place), &mut words)?;
    }
    let words = std::sync::Arc::new(words);
    let row = |(_, line): (usize, String)| {
        let template = Template {
            text: line,
            words: words.clone(),
        };
        Row {
            cells: Vec::new(),
            label: slug(template.text()),
            is_label_exact: false,
            template: Some((name.to_owned(), template)),
        }
    };
    Group::new(
        format!("--prompts {}", path.display()),
        lines.into_iter().map(row).collect(),
    )
}

/// The lines of a file that say something, with their numbers.
fn lines(path: &Path, place: &str) -> Result<Vec<(usize, String)>, Wrong> {
    let text = fs::read_to_string(path)
        .map_err(|why| Wrong::at(place, format!("cannot read: {why}: {}", path.display())))?;
    let says = |line: &str| !line.is_empty() && !line.starts_with('#');
    let lines = text
        .lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line.trim().to_owned()));
    Ok(lines.filter(|(_, line)| says(line)).collect())
}

/// Reads the files of the wildcards in `line`, and of those in these.
fn read_words(
    line: &str,
    (folder, place): (&Path, &str),
    words: &mut BTreeMap<String, Vec<String>>,
) -> Result<(), Wrong> {
    let mut waiting = vec![line.to_owned()];
    while let Some(line) = waiting.pop() {
        let mut rest = line.as_str();
        while let Some((_, name, after)) = wildcard(rest) {
            rest = after;
            if words.contains_key(name) {
                continue;
            }
            let path = folder.join(format!("{name}.txt"));
            let found: Vec<String> = lines(&path, place)
                .map_err(|wrong| {
                    wrong.help(format!("`__{name}__` stands for a line of this file"))
                })?
                .into_iter()
                .map(|(_, line)| line)
                .collect();
            if found.is_empty() {
                let message = format!(
                    "`__{name}__` stands for a line of a file that has none: {}",
                    path.display()
                );
                return Err(Wrong::at(place, message));
            }
            waiting.extend(found.iter().cloned());
            words.insert(name.to_owned(), found);
        }
    }
    Ok(())
}

fn balanced(line: &str) -> Result<(), String> {
    let mut depth = 0i64;
    for c in line.chars() {
        depth += i64::from(c == '{') - i64::from(c == '}');
        if depth < 0 {
            break;
        }
    }
    match depth {
        0 => Ok(()),
        1.. => Err("a `{` is never closed; alternatives are written {a|b}".to_owned()),
        _ => Err("a `}` was never opened; alternatives are written {a|b}".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(lines: &str, words: &str) -> Template {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("prompts.txt"), lines).unwrap();
        fs::write(folder.path().join("animal.txt"), words).unwrap();
        let path = folder.path().join("prompts.txt");
        let group = prompts(&path.to_string_lossy()).unwrap();
        group.rows[0].template.clone().unwrap().1
    }

    #[test]
    fn every_alternative_and_every_word_is_drawn_and_a_seed_draws_the_same() {
        let template = template(
            "a {red|{light|dark} blue} __animal__",
            "cat\n# no\ndog\n{old|young} fox",
        );
        let all: std::collections::BTreeSet<String> = (0..400u64)
            .map(|i| template.draw(&Digest::of(&i.to_le_bytes())))
            .collect();
        assert_eq!(all.len(), 3 * 4);
        assert!(all.contains("a dark blue young fox"));
        let seed = Digest::of(b"7");
        assert_eq!(template.draw(&seed), template.draw(&seed));
    }

    #[test]
    fn a_wildcard_that_names_itself_ends() {
        let drawn = template("__animal__", "a __animal__").draw(&Digest::of(b""));
        assert!(drawn.ends_with("__animal__"));
    }

    #[test]
    fn a_missing_word_file_and_a_lone_brace_are_told_with_their_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prompts.txt");
        let wrong = |text: &str| {
            fs::write(&path, text).unwrap();
            prompts(&path.to_string_lossy()).unwrap_err()
        };
        assert!(wrong("a\n__nothing__").place.ends_with("prompts.txt:2"));
        assert!(wrong("a {b").message.contains("never closed"));
        assert!(wrong("a b}").message.contains("never opened"));
        assert!(wrong("# only this").message.contains("no item"));
    }
}
