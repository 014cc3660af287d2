//! RON text cut into tokens, comments among them, in one pass and without recursion.

use unicode_ident::{is_xid_continue, is_xid_start};
use weft_spec::Span;

use crate::problem::Mistake;
use crate::problem::syntax::{NeedsRawWord, Syntax};

/// One token of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Open(Bracket),
    Close(Bracket),
    Comma,
    Colon,
    /// An identifier, raw (`r#acme.halftone.Dots`) or not.
    Word,
    Number,
    /// Text in quotes, with escapes or raw.
    Text,
    Char,
    Bytes,
    LineComment,
    BlockComment,
}

/// The three pairs of brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bracket {
    Round,
    Square,
    Curly,
}

impl Token {
    pub(crate) fn span(&self) -> Span {
        self.start..self.end
    }

    pub(crate) fn is_comment(&self) -> bool {
        matches!(self.kind, TokenKind::LineComment | TokenKind::BlockComment)
    }
}

impl Bracket {
    pub(crate) fn open(self) -> char {
        match self {
            Self::Round => '(',
            Self::Square => '[',
            Self::Curly => '{',
        }
    }

    pub(crate) fn close(self) -> char {
        match self {
            Self::Round => ')',
            Self::Square => ']',
            Self::Curly => '}',
        }
    }
}

/// Cuts the whole text into tokens.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, Mistake> {
    let mut reader = Reader { text, at: 0 };
    let mut tokens = Vec::with_capacity(text.len() / 4);
    while let Some(token) = reader.next()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Result<Option<Token>, Mistake> {
        self.skip_white();
        let start = self.at;
        let Some(&byte) = self.text.as_bytes().get(start) else {
            return Ok(None);
        };
        let kind = match byte {
            b'(' => self.one(TokenKind::Open(Bracket::Round)),
            b')' => self.one(TokenKind::Close(Bracket::Round)),
            b'[' => self.one(TokenKind::Open(Bracket::Square)),
            b']' => self.one(TokenKind::Close(Bracket::Square)),
            b'{' => self.one(TokenKind::Open(Bracket::Curly)),
            b'}' => self.one(TokenKind::Close(Bracket::Curly)),
            b',' => self.one(TokenKind::Comma),
            b':' => self.one(TokenKind::Colon),
            b'"' => self.quoted(1, TokenKind::Text)?,
            b'\'' => self.character(1)?,
            b'/' => self.comment()?,
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number(),
            b'r' if self.raw_hashes(1).is_some() => self.raw_text(1, TokenKind::Text)?,
            b'r' if self.is_raw_word() => self.raw_word(),
            b'b' if self.rest().starts_with("b\"") => self.quoted(2, TokenKind::Bytes)?,
            b'b' if self.rest().starts_with("b'") => self.character(2)?,
            b'b' if self.rest().starts_with("br") && self.raw_hashes(2).is_some() => {
                self.raw_text(2, TokenKind::Bytes)?
            }
            _ => self.word()?,
        };
        Ok(Some(Token {
            kind,
            start,
            end: self.at,
        }))
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn one(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    fn skip_white(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            if matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0x0B | 0x0C) {
                self.at += 1;
            } else if byte >= 0x80
                && let Some(c) = self.rest().chars().next()
                && is_wide_white(c)
            {
                self.at += c.len_utf8();
            } else {
                return;
            }
        }
    }

    /// Text in quotes, whose first `skip` bytes end with the opening quote.
    fn quoted(&mut self, skip: usize, kind: TokenKind) -> Result<TokenKind, Mistake> {
        let start = self.at;
        let mut at = start + skip;
        loop {
            let Some(found) = self.text[at..].find(['"', '\\']) else {
                return Err(never_closed("this text", start..start + skip, "add `\"`"));
            };
            at += found + 1;
            if self.text.as_bytes()[at - 1] == b'"' {
                self.at = at;
                return Ok(kind);
            }
            at += self.text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }

    /// A character, or a byte, in single quotes.
    fn character(&mut self, skip: usize) -> Result<TokenKind, Mistake> {
        let start = self.at;
        let rest = &self.text[start + skip..];
        let body = match rest.chars().next() {
            // The escaped character may itself be a quote.
            Some('\\') => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            Some(c) => c.len_utf8(),
            None => 0,
        };
        let Some(end) = rest[body..].find('\'').filter(|end| *end <= 12) else {
            return Err(never_closed(
                "this character",
                start..start + skip,
                "add `'`, or write a text in double quotes",
            ));
        };
        self.at = start + skip + body + end + 1;
        Ok(TokenKind::Char)
    }

    /// The number of hashes of a raw text, if one begins `skip` bytes from here.
    fn raw_hashes(&self, skip: usize) -> Option<usize> {
        let rest = &self.rest()[skip..];
        let hashes = rest.bytes().take_while(|byte| *byte == b'#').count();
        rest[hashes..].starts_with('"').then_some(hashes)
    }

    fn raw_text(&mut self, skip: usize, kind: TokenKind) -> Result<TokenKind, Mistake> {
        let hashes = self.raw_hashes(skip).unwrap_or(0);
        let body = self.at + skip + hashes + 1;
        let end = format!("\"{}", "#".repeat(hashes));
        let Some(found) = self.text[body..].find(&end) else {
            let cure = format!("add `{end}`");
            return Err(never_closed("this raw text", self.at..body, &cure));
        };
        self.at = body + found + end.len();
        Ok(kind)
    }

    fn is_raw_word(&self) -> bool {
        let mut chars = self.rest().chars();
        chars.next() == Some('r')
            && chars.next() == Some('#')
            && chars.next().is_some_and(is_raw_word_char)
    }

    fn raw_word(&mut self) -> TokenKind {
        let body = &self.rest()[2..];
        let len = body.find(|c| !is_raw_word_char(c)).unwrap_or(body.len());
        self.at += 2 + len;
        TokenKind::Word
    }

    fn word(&mut self) -> Result<TokenKind, Mistake> {
        let start = self.at;
        let first = self.rest().chars().next().unwrap_or(' ');
        if first != '_' && !is_xid_start(first) {
            return Err(unexpected(first, start));
        }
        let rest = self.rest();
        let len = rest.find(|c| !is_xid_continue(c)).unwrap_or(rest.len());
        let raw_len = rest.find(|c| !is_raw_word_char(c)).unwrap_or(rest.len());
        if raw_len > len {
            return Err(Box::new(NeedsRawWord {
                help: format!("write `r#{}`", &rest[..raw_len]),
                at: start..start + raw_len,
            }));
        }
        self.at += len;
        Ok(TokenKind::Word)
    }

    /// Everything that may belong to a number; whether it is one is seen when it is read.
    fn number(&mut self) -> TokenKind {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let digits = start + usize::from(matches!(bytes[start], b'+' | b'-'));
        let is_hex = matches!(bytes.get(digits..digits + 2), Some(b"0x"));
        let mut at = digits;
        while let Some(&byte) = bytes.get(at) {
            let is_sign_of_exponent = matches!(byte, b'+' | b'-')
                && !is_hex
                && matches!(bytes[at - 1], b'e' | b'E')
                && at > digits;
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_') || is_sign_of_exponent)
            {
                break;
            }
            at += 1;
        }
        self.at = at.max(start + 1);
        TokenKind::Number
    }

    fn comment(&mut self) -> Result<TokenKind, Mistake> {
        let start = self.at;
        let rest = self.rest();
        if rest.starts_with("//") {
            self.at += rest.find('\n').unwrap_or(rest.len());
            return Ok(TokenKind::LineComment);
        }
        if !rest.starts_with("/*") {
            return Err(unexpected('/', start));
        }
        let mut depth = 1_usize;
        let mut at = start + 2;
        while depth > 0 {
            let Some(found) = self.text[at..].find(['/', '*']) else {
                let cure = "add `*/`; comments may nest, so each needs its own";
                return Err(never_closed("this comment", start..start + 2, cure));
            };
            at += found;
            let here = &self.text[at..];
            let step = if here.starts_with("/*") {
                depth += 1;
                2
            } else if here.starts_with("*/") {
                depth -= 1;
                2
            } else {
                1
            };
            at += step;
        }
        self.at = at;
        Ok(TokenKind::BlockComment)
    }
}

fn is_raw_word_char(c: char) -> bool {
    matches!(c, '.' | '+' | '-') || is_xid_continue(c)
}

fn is_wide_white(c: char) -> bool {
    matches!(
        c,
        '\u{85}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}'
    )
}

fn never_closed(what: &str, at: Span, cure: &str) -> Mistake {
    Box::new(Syntax {
        what: format!("{what} is never closed"),
        label: "begins here".to_owned(),
        at,
        help: Some(cure.to_owned()),
    })
}

fn unexpected(c: char, at: usize) -> Mistake {
    let help = match c {
        '\u{feff}' => Some("save the file as UTF-8 without a byte order mark"),
        '=' => Some("an input and its value are separated by a colon, as in `low: 0.1`"),
        ';' => Some("values are separated by commas"),
        '#' => Some("a comment begins with `//`; attributes have no meaning in a graph"),
        '\u{201c}' | '\u{201d}' => Some("use straight quotes, as in \"text\""),
        _ => None,
    };
    Box::new(Syntax {
        what: format!("`{}` has no meaning here", c.escape_debug()),
        label: "not understood".to_owned(),
        at: at..at + c.len_utf8(),
        help: help.map(str::to_owned),
    })
}
