//! Where a part of a text is written, when the text stands in quotes in a file.

use weft_spec::{Origin, Span};

use super::leaf::quoted;

/// Texts beyond this many bytes are underlined as a whole where they hold escapes.
const LONGEST: usize = 4096;

/// Where the bytes `part` of `text` are written, if `text` stands in quotes at `origin`.
pub fn part_of_text(origin: &Origin, text: &str, part: Span) -> Option<Origin> {
    let written = origin.source.text.get(origin.span.clone())?;
    if quoted(written).ok()? != text || text.get(part.clone()).is_none() {
        return None;
    }
    let span = if written.contains('\\') && written.starts_with('"') {
        escaped_place(written, part.start)?..escaped_place(written, part.end)?
    } else {
        let open = written.find('"')? + 1;
        open + part.start..open + part.end
    };
    let start = origin.span.start;
    Some(Origin {
        source: origin.source.clone(),
        span: start + span.start..start + span.end,
    })
}

/// Where the text within the quotes of `written` has as many bytes as `place`, its escapes resolved.
fn escaped_place(written: &str, place: usize) -> Option<usize> {
    if written.len() > LONGEST {
        return None;
    }
    let mut ends = written.char_indices().map(|(at, _)| at).skip(1);
    ends.find(|end| quoted(&format!("{}\"", &written[..*end])).is_ok_and(|it| it.len() >= place))
}

#[cfg(test)]
mod tests {
    use std::{path::PathBuf, sync::Arc};

    use weft_spec::Source;

    use super::*;

    /// What is underlined for the last `[x]` in the text that `written` stands for.
    fn underlined(written: &str) -> String {
        let text = format!("Graph(a: {written}, b: 2)");
        let source = Arc::new(Source {
            name: "here".into(),
            folder: PathBuf::new(),
            text,
        });
        let span = 9..9 + written.len();
        let text = quoted(written).unwrap().into_owned();
        let start = text.rfind("[x]").unwrap();
        let origin = Origin { source, span };
        let part = part_of_text(&origin, &text, start..start + 3).unwrap();
        part.source.text[part.span].to_owned()
    }

    #[test]
    fn a_part_is_found_in_every_spelling_of_a_text() {
        for written in [
            "\"draw [x]\"",
            "\"[x]\"",
            "\"größer als [x]!\"",
            "r#\"a \"raw\" [x] text\"#",
            "\"a\\n\\t\\\"b\\\" \\u{e4} [x]\"",
        ] {
            assert_eq!(underlined(written), "[x]", "{written}");
        }
        assert_eq!(underlined("\"\\u{5b}x]\""), "\\u{5b}x]");
    }

    #[test]
    fn what_stands_elsewhere_is_not_found() {
        let source = Arc::new(Source {
            name: "here".into(),
            folder: PathBuf::new(),
            text: "Input(\"a\")".into(),
        });
        let origin = Origin {
            source,
            span: 0..10,
        };
        assert_eq!(part_of_text(&origin, "draw", 0..2), None);
    }
}
