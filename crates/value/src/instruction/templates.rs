//! Many wordings of each task, so that a model learns what is asked and not one sentence. The trainer and
//! the graph take them from the same file, `templates/templates.txt`.

use std::{collections::HashMap, sync::LazyLock};

use super::{
    markers::label,
    task::{Role, Task},
};
use crate::Choice;

static FILE: LazyLock<HashMap<&'static str, Vec<&'static str>>> =
    LazyLock::new(|| sections(include_str!("templates/templates.txt")));

/// The lines under each heading.
fn sections(text: &'static str) -> HashMap<&'static str, Vec<&'static str>> {
    let mut sections: HashMap<_, Vec<_>> = HashMap::new();
    let mut heading = "";
    for line in text.lines().map(str::trim) {
        match line.strip_prefix("= ") {
            Some(next) => heading = next,
            None if line.is_empty() || line.starts_with('#') => {}
            None => sections.entry(heading).or_default().push(line),
        }
    }
    sections
}

fn section(heading: &str) -> &'static [&'static str] {
    FILE.get(heading).map_or(&[], Vec::as_slice)
}

/// The wordings of `task`, to be filled by [`fill`]; at least thirty, always in the same order.
pub fn templates(task: Task) -> &'static [&'static str] {
    section(task.word())
}

/// What a reference may be called if all that is known is its role; the first is the usual word.
pub fn role_words(role: Role) -> &'static [&'static str] {
    match role {
        Role::Edge => section("words Edge"),
        Role::Mask => section("words Mask"),
        Role::Style => section("words Style"),
        Role::Content => section("words Content"),
        Role::Subject => section("words Subject"),
    }
}

/// Fills a template: `{1}` becomes `[ref#1]` with the first of `references` after it, `{caption}` becomes
/// `caption`. The words of a reference may be empty; then its marker stands alone.
///
/// # Errors
/// A sentence on what the template wants and is not given.
pub fn fill(template: &str, references: &[&str], caption: &str) -> Result<String, String> {
    let mut filled = String::with_capacity(template.len() + caption.len());
    let mut rest = template;
    while let Some((before, from)) = rest.split_once('{') {
        let (name, after) = from
            .split_once('}')
            .ok_or_else(|| format!("a bracket is not closed in the template: {template}"))?;
        filled += before;
        match name {
            "caption" if caption.trim().is_empty() => {
                return Err(format!("there is no caption for the template: {template}"));
            }
            "caption" => filled += caption.trim(),
            _ => filled += &reference(name, references, template)?,
        }
        rest = after;
    }
    Ok(filled + rest)
}

/// The marker and the words that stand for `{name}`.
fn reference(name: &str, references: &[&str], template: &str) -> Result<String, String> {
    let number: u8 = name
        .parse()
        .map_err(|_| format!("`{{{name}}}` means nothing in the template: {template}"))?;
    let words = usize::from(number)
        .checked_sub(1)
        .and_then(|place| references.get(place));
    words
        .map(|words| label(number, words))
        .ok_or_else(|| format!("there is no reference {number} for the template: {template}"))
}
