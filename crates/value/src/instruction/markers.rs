//! The markers of an instruction's text: `[ref#1]` to `[ref#4]`, and what was probably meant to be one.

use std::ops::Range;

/// The highest number of a marker.
pub const MARKERS: u8 = 4;

/// A marker in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// 1 to [`MARKERS`].
    pub number: u8,
    /// Its bytes in the text, brackets included.
    pub span: Range<usize>,
}

/// Something that looks like a marker and is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// Its bytes in the text.
    pub span: Range<usize>,
    /// What is wrong with it, and what to write.
    pub message: String,
}

/// The marker of that number, as it is written.
pub fn marker(number: u8) -> String {
    format!("[ref#{number}]")
}

/// The marker of that number with the words of its reference, as a model reads them: `[ref#1] cat`.
pub fn label(number: u8, words: &str) -> String {
    match words.trim() {
        "" => marker(number),
        words => format!("{} {words}", marker(number)),
    }
}

/// The markers of `text` in their order, and what was probably meant to be one.
pub fn markers(text: &str) -> (Vec<Marker>, Vec<NearMiss>) {
    let (mut found, mut missed) = (Vec::new(), Vec::new());
    let mut from = 0;
    while let Some(word) = next_word(text, from) {
        from = word + "ref".len();
        let Some(seen) = Seen::at(text, word) else {
            continue;
        };
        from = seen.span.end;
        match seen.marker() {
            Ok(number) => found.push(Marker {
                number,
                span: seen.span,
            }),
            Err(message) => missed.push(NearMiss {
                span: seen.span,
                message,
            }),
        }
    }
    (found, missed)
}

/// The next place where a word begins with `ref` in letters of either case.
fn next_word(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    (from..bytes.len().saturating_sub(2)).find(|&at| {
        let is_start = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        is_start && bytes[at..at + 3].eq_ignore_ascii_case(b"ref")
    })
}

/// Something like a marker, taken apart.
struct Seen<'a> {
    written: &'a str,
    digits: &'a str,
    span: Range<usize>,
}

impl<'a> Seen<'a> {
    /// What stands around the word at `word`: something in square brackets with nothing but a number and
    /// signs after the word, or `ref#` with a number anywhere. All else is prose.
    fn at(text: &'a str, word: usize) -> Option<Self> {
        let open = text[..word]
            .trim_end_matches(' ')
            .strip_suffix('[')
            .map(str::len);
        let rest = &text[word + "ref".len()..];
        let has_sign = rest.starts_with('#');
        let long = rest.get(.."erence".len());
        let rest = match long {
            Some(long) if long.eq_ignore_ascii_case("erence") => &rest[long.len()..],
            _ => rest,
        };
        let signs = [' ', '#', '-', '_', ':', '.', '='];
        let number = rest.trim_start_matches(signs);
        let past = number.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = &number[..number.len() - past.len()];
        let close = past.trim_start_matches(' ').strip_prefix(']');
        let is_meant = match (open, close) {
            (Some(_), Some(_)) => true,
            _ => has_sign && !digits.is_empty(),
        };
        let end = text.len() - close.unwrap_or(past).len();
        let span = open.unwrap_or(word)..end;
        is_meant.then(|| Self {
            written: &text[span.clone()],
            digits,
            span,
        })
    }

    /// The number, or what is wrong.
    fn marker(&self) -> Result<u8, String> {
        let written = self.written;
        if self.digits.is_empty() {
            return Err(format!(
                "`{written}` does not say which reference; write `{}`",
                marker(1)
            ));
        }
        let last = marker(MARKERS);
        let number = match self.digits.parse() {
            Ok(number @ 1..=MARKERS) => number,
            Ok(0) => {
                return Err(format!(
                    "`{written}` is no marker: references are counted from 1, so write `{}`",
                    marker(1)
                ));
            }
            _ => {
                return Err(format!(
                    "`{written}` is beyond the last marker; an instruction has at most {MARKERS} references, \
                     `{}` to `{last}`",
                    marker(1)
                ));
            }
        };
        if written == marker(number) {
            Ok(number)
        } else {
            Err(format!(
                "`{written}` is not how a marker is written; write `{}`",
                marker(number)
            ))
        }
    }
}
