//! What a single token stands for. `ron` decides; the common spellings are read without it, for speed.

use std::borrow::Cow;

use weft_spec::Literal;

use super::token::{Token, TokenKind};
use crate::problem::Mistake;
use crate::problem::syntax::Syntax;

/// Whether the token is well formed, so that reading it cannot fail later.
pub(crate) fn check(text: &str, token: &Token) -> Result<(), Mistake> {
    let written = &text[token.span()];
    let wrong = |what: &str, why: String| {
        Err(Box::new(Syntax {
            what: format!("this is not {what}"),
            label: why,
            at: token.span(),
            help: None,
        }) as Mistake)
    };
    match token.kind {
        TokenKind::Number if number(written).is_none() => {
            wrong("a number", "cannot be read as a number".to_owned())
        }
        TokenKind::Text => match quoted(written) {
            Ok(_) => Ok(()),
            Err(why) => wrong("a text", why),
        },
        TokenKind::Char => match ron::from_str::<ron::Value>(written) {
            Ok(_) => Ok(()),
            Err(error) => wrong("a character", said(&error)),
        },
        TokenKind::Bytes => match ron::from_str::<ron::Value>(written) {
            Ok(_) => Ok(()),
            Err(error) => wrong("a row of bytes", said(&error)),
        },
        _ => Ok(()),
    }
}

/// A number as read: whole, with a point, or whole but beyond 64 bits with a sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Integer(i64),
    Real(f64),
    TooLarge,
}

/// Reads a number; `None` if it is none.
pub(crate) fn number(written: &str) -> Option<Number> {
    let digits = written.strip_prefix('-').unwrap_or(written);
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain && let Ok(value) = written.parse() {
        return Some(Number::Integer(value));
    }
    let ron::Value::Number(number) = ron::from_str(written).ok()? else {
        return None;
    };
    Some(match number {
        ron::Number::I8(value) => Number::Integer(value.into()),
        ron::Number::I16(value) => Number::Integer(value.into()),
        ron::Number::I32(value) => Number::Integer(value.into()),
        ron::Number::I64(value) => Number::Integer(value),
        ron::Number::U8(value) => Number::Integer(value.into()),
        ron::Number::U16(value) => Number::Integer(value.into()),
        ron::Number::U32(value) => Number::Integer(value.into()),
        ron::Number::U64(value) => i64::try_from(value).map_or(Number::TooLarge, Number::Integer),
        // What is too large for a whole number, `ron` offers as one with a point.
        _ if looks_whole(written) => Number::TooLarge,
        _ => {
            let suffixed = written.strip_suffix("f32").or(written.strip_suffix("f64"));
            Number::Real(ron::from_str(suffixed.unwrap_or(written)).ok()?)
        }
    })
}

/// A bare word that is a number all the same: `inf` and `NaN`.
pub(crate) fn word_number(word: &str) -> Option<f64> {
    match word {
        "inf" | "inff32" | "inff64" => Some(f64::INFINITY),
        "NaN" | "NaNf32" | "NaNf64" => Some(f64::NAN),
        _ => None,
    }
}

fn looks_whole(written: &str) -> bool {
    let digits = written.trim_start_matches(['+', '-']);
    let is_based = ["0x", "0o", "0b"]
        .iter()
        .any(|base| digits.starts_with(base));
    is_based
        || !(digits.contains(['.', 'e', 'E', 'n', 'N'])
            || digits.ends_with("f32")
            || digits.ends_with("f64"))
}

/// The text inside quotes, with its escapes resolved.
pub(crate) fn quoted(written: &str) -> Result<Cow<'_, str>, String> {
    let inner = written
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains('\\') => Ok(Cow::Borrowed(inner)),
        _ => ron::from_str::<String>(written)
            .map(Cow::Owned)
            .map_err(|error| said(&error)),
    }
}

/// The character or byte in single quotes, as a literal.
pub(crate) fn character(written: &str) -> Option<Literal> {
    if written.starts_with('b') {
        return ron::from_str::<u8>(written)
            .ok()
            .map(|byte| Literal::Integer(i64::from(byte)));
    }
    ron::from_str::<char>(written)
        .ok()
        .map(|c| Literal::Text(c.to_string()))
}

/// The identifier without the mark of a raw one.
pub(crate) fn word(written: &str) -> &str {
    written.strip_prefix("r#").unwrap_or(written)
}

/// What `ron` says, in our lower case.
fn said(error: &ron::error::SpannedError) -> String {
    let said = error.code.to_string();
    let mut chars = said.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().to_string())
        + chars.as_str()
}
