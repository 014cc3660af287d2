//! How a value of a type may be written in a file, as data, so that a graph is checked without the type.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Literal, PortSpec};

/// What the name of a file of a hub begins with: `hf:owner/repo/file`.
pub const HUB: &str = "hf:";

/// How a value of a type may be written in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Form {
    /// It cannot be written, only wired: a picture, a model.
    Wired,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer,
    /// Any number; a whole one is read as a number too.
    Number,
    /// Text in quotes.
    Text,
    /// The path of a file that is read, in quotes; relative to the graph file. Or the name of one of a hub, which
    /// begins with [`HUB`].
    File,
    /// The path of a folder that is read, in quotes; relative to the graph file.
    Folder,
    /// `"#rgb"`, `"#rrggbb"`, `"#rrggbbaa"`, or `(r, g, b)` and `(r, g, b, a)` from 0 to 1.
    Color,
    /// One of a fixed set of bare words.
    Choice(Vec<ChoiceSpec>),
    /// Values of one form in square brackets.
    List(Box<Form>),
    /// One of a few calls, whose arguments may be wires: `Image("a cat", Wire("cat"))`.
    Call(Vec<CallSpec>),
}

/// One call of a [`Form::Call`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallSpec {
    /// The word before the brackets.
    pub name: String,
    /// What it stands for.
    pub help: String,
    /// Its arguments, in order; a last one that is a list takes all that remain.
    pub takes: Vec<PortSpec>,
}

/// Writes the call as a person would be shown it: `Image(text, images…)`.
impl fmt::Display for CallSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let argument = |port: &PortSpec| match port.form {
            Form::List(_) => format!("{}…", port.name),
            _ => port.name.clone(),
        };
        let takes: Vec<_> = self.takes.iter().map(argument).collect();
        write!(f, "{}({})", self.name, takes.join(", "))
    }
}

/// One word of a [`Form::Choice`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChoiceSpec {
    /// The word itself.
    pub name: String,
    /// What choosing it means.
    pub help: String,
}

impl Form {
    /// What a person would call a value of this form, with its article.
    pub fn noun(&self) -> String {
        match self {
            Self::Wired => "a wire".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::Integer => "a whole number".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Text => "a text in quotes".to_owned(),
            Self::File => "the path of a file in quotes".to_owned(),
            Self::Folder => "the path of a folder in quotes".to_owned(),
            Self::Color => "a colour such as \"#ff8800\" or (1.0, 0.5, 0.0)".to_owned(),
            Self::Choice(words) => {
                format!(
                    "one of {}",
                    words
                        .iter()
                        .map(|w| w.name.as_str())
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            }
            Self::List(form) => format!("a list, each {}", form.noun()),
            Self::Call(calls) => {
                let calls: Vec<_> = calls.iter().map(|call| format!("`{call}`")).collect();
                calls.join(" or ")
            }
        }
    }

    /// Reads `literal` in this form and returns its one canonical spelling, so that `1` and `1.0` for a
    /// number are the same value.
    ///
    /// # Errors
    /// Returns what was expected, as a noun phrase, if the literal is of another form.
    pub fn read(&self, literal: &Literal) -> Result<Literal, String> {
        let wrong = || Err(self.noun());
        match (self, literal) {
            (Self::Bool, Literal::Bool(_))
            | (Self::Integer, Literal::Integer(_))
            | (Self::Number, Literal::Number(_))
            | (Self::Text | Self::File | Self::Folder, Literal::Text(_)) => Ok(literal.clone()),
            (Self::Number, Literal::Integer(value)) => Ok(Literal::Number(*value as f64)),
            (Self::Choice(words), Literal::Name(name)) => {
                if words.iter().any(|word| word.name == *name) {
                    Ok(literal.clone())
                } else {
                    wrong()
                }
            }
            (Self::Color, Literal::Text(text)) => match hex_color(text) {
                Some(rgba) => Ok(rgba),
                None => wrong(),
            },
            (Self::Color, Literal::Tuple(channels)) if (3..=4).contains(&channels.len()) => {
                let mut rgba: Vec<_> = channels.iter().filter_map(Literal::as_number).collect();
                if rgba.len() != channels.len() {
                    return wrong();
                }
                rgba.resize(4, 1.0);
                Ok(Literal::Tuple(
                    rgba.into_iter().map(Literal::Number).collect(),
                ))
            }
            (Self::List(form), Literal::List(items)) => items
                .iter()
                .map(|item| form.read(item))
                .collect::<Result<_, _>>()
                .map(Literal::List),
            _ => wrong(),
        }
    }
}

/// `#rgb`, `#rrggbb` or `#rrggbbaa` as a tuple of four numbers from 0 to 1.
fn hex_color(text: &str) -> Option<Literal> {
    let digits = text.strip_prefix('#')?;
    let values = digits
        .chars()
        .map(|c| c.to_digit(16))
        .collect::<Option<Vec<_>>>()?;
    let bytes: Vec<u32> = match values.len() {
        3 => values.iter().map(|v| v * 17).collect(),
        6 | 8 => values
            .chunks(2)
            .map(|pair| pair[0] * 16 + pair[1])
            .collect(),
        _ => return None,
    };
    let mut rgba: Vec<_> = bytes
        .into_iter()
        .map(|byte| Literal::Number(f64::from(byte) / 255.0))
        .collect();
    rgba.resize(4, Literal::Number(1.0));
    Some(Literal::Tuple(rgba))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_a_number_too() {
        assert_eq!(
            Form::Number.read(&Literal::Integer(2)),
            Ok(Literal::Number(2.0))
        );
        assert!(Form::Integer.read(&Literal::Number(2.0)).is_err());
    }

    #[test]
    fn every_spelling_of_a_colour_is_the_same_colour() {
        let orange = Form::Color.read(&Literal::Text("#f80".into()));
        assert!(orange.is_ok());
        assert_eq!(orange, Form::Color.read(&Literal::Text("#ff8800".into())));
        assert_eq!(orange, Form::Color.read(&Literal::Text("#ff8800ff".into())));
        assert!(Form::Color.read(&Literal::Text("orange".into())).is_err());
        assert!(Form::Color.read(&Literal::Text("#ff88".into())).is_err());
    }

    #[test]
    fn a_choice_takes_only_its_words() {
        let form = Form::Choice(vec![ChoiceSpec {
            name: "Area".into(),
            help: String::new(),
        }]);
        assert!(form.read(&Literal::Name("Area".into())).is_ok());
        assert_eq!(
            form.read(&Literal::Name("Aera".into())),
            Err("one of Area".into())
        );
        assert!(form.read(&Literal::Text("Area".into())).is_err());
    }
}
