//! Weights in a text: `(more)`, `[less]`, `(so much:1.3)`, brackets in brackets, and `BREAK`.

use std::{cmp::Reverse, ops::Range};

/// A piece of a text and how much it counts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) weight: f32,
}

/// What a pair of round brackets multiplies by, and a pair of square ones divides by.
const EMPHASIS: f32 = 1.1;

/// Brackets that are open: which, and the piece from which on they count.
struct Open {
    bracket: char,
    first: usize,
}

/// Reads a text piece by piece.
#[derive(Default)]
struct Reader {
    pieces: Vec<Piece>,
    open: Vec<Open>,
    text: String,
}

impl Reader {
    /// What was read so far becomes a piece.
    fn cut(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.pieces.push(Piece { text, weight: 1.0 });
        }
    }

    fn open(&mut self, bracket: char) {
        self.cut();
        let first = self.pieces.len();
        self.open.push(Open { bracket, first });
    }

    /// Closes the innermost bracket if it is that one; else the sign is a letter like others.
    fn close(&mut self, bracket: char, by: f32) -> bool {
        if self.open.last().is_none_or(|open| open.bracket != bracket) {
            return false;
        }
        self.cut();
        if let Some(open) = self.open.pop() {
            self.weigh(open.first, by);
        }
        true
    }

    fn weigh(&mut self, first: usize, by: f32) {
        for piece in &mut self.pieces[first..] {
            piece.weight *= by;
        }
    }

    /// Reads on, and gives what is left.
    fn read<'a>(&mut self, rest: &'a str) -> &'a str {
        let mut letters = rest.chars();
        let letter = letters.next().unwrap_or_default();
        let after = letters.as_str();
        match letter {
            '\\' if after.starts_with(['(', ')', '[', ']', '\\']) => {
                let escaped = letters.next().unwrap_or_default();
                self.text.push(escaped);
                return letters.as_str();
            }
            '(' | '[' => self.open(letter),
            ':' => match number(after) {
                Some((by, after)) if self.close('(', by) => return after,
                _ => self.text.push(letter),
            },
            ')' if self.close('(', EMPHASIS) => {}
            ']' if self.close('[', 1.0 / EMPHASIS) => {}
            _ => self.text.push(letter),
        }
        after
    }
}

/// The number before a closing bracket, and what follows that.
fn number(text: &str) -> Option<(f32, &str)> {
    let (number, after) = text.split_once(')')?;
    let number: f32 = number.trim().parse().ok()?;
    number.is_finite().then_some((number, after))
}

/// The pieces of a text, in parts that stand apart: `BREAK` begins a part. Brackets that are left open count to the end.
pub(crate) fn parts(text: &str) -> Vec<Vec<Piece>> {
    let mut reader = Reader::default();
    let mut rest = text;
    while !rest.is_empty() {
        rest = reader.read(rest);
    }
    reader.cut();
    while let Some(Open { bracket, first }) = reader.open.pop() {
        let by = if bracket == '(' {
            EMPHASIS
        } else {
            1.0 / EMPHASIS
        };
        reader.weigh(first, by);
    }
    let mut parts = vec![Vec::new()];
    for Piece { text, weight } in reader.pieces {
        for (nth, text) in broken(&text).into_iter().enumerate() {
            if nth > 0 {
                parts.push(Vec::new());
            }
            if let Some(part) = parts.last_mut().filter(|_| !text.trim().is_empty()) {
                part.push(Piece {
                    text: text.to_owned(),
                    weight,
                });
            }
        }
    }
    if parts.len() > 1 {
        parts.retain(|part| !part.is_empty());
    }
    parts
}

/// The text between the words `BREAK`.
fn broken(text: &str) -> Vec<&str> {
    const WORD: &str = "BREAK";
    let mut found = Vec::new();
    let mut first = 0;
    for (at, _) in text.match_indices(WORD) {
        let after = at + WORD.len();
        if stands_alone(text, at..after) {
            found.push(&text[first..at]);
            first = after;
        }
    }
    found.push(&text[first..]);
    found
}

/// Whether that part of the text does not begin or end within a word: of letters, digits and `_`.
fn stands_alone(text: &str, part: Range<usize>) -> bool {
    let of_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let [before, own, after] = [&text[..part.start], &text[part.clone()], &text[part.end..]];
    let goes_on = |left: &str, right: &str| {
        of_word(left.chars().next_back()) && of_word(right.chars().next())
    };
    !goes_on(before, own) && !goes_on(own, after)
}

/// The first of those words that stands alone in the text, whatever the case of its letters: which, and where. Of two
/// that begin at one place it is the longer one.
pub(crate) fn first_of(words: &[&str], text: &str) -> Option<(usize, Range<usize>)> {
    let lower = text.to_ascii_lowercase();
    let found = words.iter().enumerate().filter_map(|(which, word)| {
        let word = word.to_ascii_lowercase();
        let places = lower
            .match_indices(&word)
            .map(|(at, _)| at..at + word.len());
        let place = places
            .into_iter()
            .find(|place| stands_alone(text, place.clone()));
        place.map(|place| (which, place))
    });
    found.min_by_key(|(_, place)| (place.start, Reverse(place.len())))
}

#[cfg(test)]
mod tests {
    use super::{first_of, parts};

    fn read(text: &str) -> Vec<Vec<(String, f32)>> {
        let round = |weight: f32| (weight * 1000.0).round() / 1000.0;
        let part = |part: Vec<super::Piece>| {
            let pieces = part.into_iter();
            pieces.map(|it| (it.text, round(it.weight))).collect()
        };
        parts(text).into_iter().map(part).collect()
    }

    fn one(text: &str) -> Vec<(String, f32)> {
        let mut parts = read(text);
        assert_eq!(parts.len(), 1);
        parts.remove(0)
    }

    fn wanted(pieces: &[(&str, f32)]) -> Vec<(String, f32)> {
        pieces
            .iter()
            .map(|(text, by)| ((*text).to_owned(), *by))
            .collect()
    }

    #[test]
    fn brackets_weigh_what_is_between_them() {
        assert_eq!(
            one("a (b:1.2) c"),
            wanted(&[("a ", 1.0), ("b", 1.2), (" c", 1.0)])
        );
        assert_eq!(one("(a) [b]"), wanted(&[("a", 1.1), ("b", 0.909)]));
        assert_eq!(one("((a) b:2)"), wanted(&[("a", 2.2), (" b", 2.0)]));
        assert_eq!(one("(a (b:1.5):0.5)"), wanted(&[("a ", 0.5), ("b", 0.75)]));
        assert_eq!(one("(a, [b])"), wanted(&[("a, ", 1.1), ("b", 1.0)]));
    }

    #[test]
    fn signs_that_open_or_close_nothing_are_letters() {
        assert_eq!(one("a) b] c: d"), wanted(&[("a) b] c: d", 1.0)]));
        assert_eq!(one(r"\(a\) \[b\] \\"), wanted(&[(r"(a) [b] \", 1.0)]));
        assert_eq!(one("16:9"), wanted(&[("16:9", 1.0)]));
        assert_eq!(one("(a:b)"), wanted(&[("a:b", 1.1)]));
        assert_eq!(one("(a:1e999)"), wanted(&[("a:1e999", 1.1)]));
    }

    #[test]
    fn brackets_that_stay_open_count_to_the_end() {
        assert_eq!(one("a ((b"), wanted(&[("a ", 1.0), ("b", 1.21)]));
    }

    #[test]
    fn words_are_found_where_they_stand_alone() {
        let words = ["cat", "<cat>", "cat toy", "dög"];
        let found = |text| first_of(&words, text);
        assert_eq!(found("a Cat, a <cat>"), Some((0, 2..5)));
        assert_eq!(found("cats and a <CAT>s"), Some((1, 11..16)));
        assert_eq!(found("x<cat>"), Some((1, 1..6)));
        assert_eq!(found("a cat toy"), Some((2, 2..9)));
        assert_eq!(found("cat_toy concat dögs"), None);
        assert_eq!(found("ein dög"), Some((3, 4..8)));
    }

    #[test]
    fn the_word_break_parts_a_text() {
        assert_eq!(read("a BREAK (b:2 BREAK c)").len(), 3);
        assert_eq!(read("a BREAK (b BREAK c:2)")[2], wanted(&[(" c", 2.0)]));
        assert_eq!(read("BREAKFAST unBREAKable").len(), 1);
        assert_eq!(read("BREAK a BREAK BREAK b").len(), 2);
        assert_eq!(read(""), [wanted(&[])]);
        assert_eq!(read("BREAK").len(), 0);
    }
}
