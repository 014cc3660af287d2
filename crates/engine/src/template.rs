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
}

impl Names {
    pub(crate) fn digest(&self) -> Digest {
        let mut hasher = Hasher::new("names");
        for (name, value) in &self.values {
            hasher.field(name.as_bytes()).field(value.as_bytes());
        }
        hasher
            .field(self.provenance.graph.as_bytes())
            .field(self.provenance.inputs.as_bytes())
            .finish()
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
            filled.push_str(&safe(value));
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
    fn a_value_cannot_climb_out_of_its_folder() {
        let names = Names {
            values: [("p".into(), "../../etc".into())].into(),
            ..Names::default()
        };
        assert_eq!(names.fill("out/{p}.png", &[]).unwrap(), "out/_.._etc.png");
    }
}
