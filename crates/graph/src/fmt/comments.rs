//! Gives every comment to the token that it belongs to.

use std::ops::Range;

use crate::text::{
    token::{Token, TokenKind},
    tree::{Group, Item, Shape, Tree},
};

/// For each token that is no comment, the comments before and behind it. One more token stands for the end.
pub(super) struct Comments<'a> {
    text: &'a str,
    tokens: &'a [Token],
    leading: Vec<Range<usize>>,
    trailing: Vec<Range<usize>>,
}

/// A comment where it is to be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comment<'a> {
    pub(super) text: &'a str,
    /// Nothing may follow it on its line.
    pub(super) is_line: bool,
    /// Nothing follows it on its line.
    pub(super) ends_line: bool,
    /// There is a blank line before it.
    pub(super) after_blank: bool,
}

/// The comments around one of the things in brackets.
#[derive(Default)]
pub(super) struct Around<'a> {
    /// Above it, or before it on its line.
    pub(super) above: Vec<Comment<'a>>,
    /// There is a blank line between those and itself.
    pub(super) after_blank: bool,
    /// Between its key and its value.
    pub(super) inside: Vec<Comment<'a>>,
    /// Behind it, to the end of its line.
    pub(super) behind: Vec<Comment<'a>>,
}

impl Comment<'_> {
    /// Whether it may stand in the middle of a line.
    pub(super) fn fits_line(&self) -> bool {
        !self.is_line && !self.text.contains('\n')
    }
}

impl<'a> Comments<'a> {
    pub(super) fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        let mut comments = Self {
            text,
            tokens,
            leading: vec![0..0; tokens.len() + 1],
            trailing: vec![0..0; tokens.len() + 1],
        };
        let mut before = None;
        for at in 0..=tokens.len() {
            if tokens.get(at).is_some_and(Token::is_comment) {
                continue;
            }
            let first = before.map_or(0, |before| before + 1);
            let split = before.map_or(first, |_| comments.split(first, at));
            if let Some(before) = before {
                comments.trailing[before] = first..split;
            }
            comments.leading[at] = split..at;
            before = Some(at);
        }
        comments
    }

    /// Of the comments between two tokens, the first that belongs to the second token.
    fn split(&self, first: usize, next: usize) -> usize {
        let on_line = (first..next)
            .take_while(|at| self.newlines_before(*at) == 0)
            .count();
        let split = first + on_line;
        // Comments with a token right behind them speak of that token.
        let goes_on = split == next && next < self.tokens.len() && self.newlines_before(next) == 0;
        if goes_on { first } else { split }
    }

    fn newlines_before(&self, at: usize) -> usize {
        let start = at
            .checked_sub(1)
            .map_or(0, |before| self.tokens[before].end);
        let end = self
            .tokens
            .get(at)
            .map_or(self.text.len(), |token| token.start);
        let is_closed_line = at
            .checked_sub(1)
            .is_some_and(|before| self.tokens[before].kind == TokenKind::LineComment);
        let gap = &self.text.as_bytes()[start..end];
        let newlines = gap.iter().filter(|byte| **byte == b'\n').count();
        // The end of the text ends a line comment as well as a newline does.
        newlines.max(usize::from(is_closed_line))
    }

    fn comment(&self, at: usize) -> Comment<'a> {
        let token = &self.tokens[at];
        Comment {
            text: self.text[token.span()].trim_end(),
            is_line: token.kind == TokenKind::LineComment,
            ends_line: at + 1 == self.tokens.len() || self.newlines_before(at + 1) > 0,
            after_blank: self.newlines_before(at) > 1,
        }
    }

    pub(super) fn leading(&self, at: usize) -> impl Iterator<Item = Comment<'a>> {
        self.leading[at].clone().map(|at| self.comment(at))
    }

    pub(super) fn trailing(&self, at: usize) -> impl Iterator<Item = Comment<'a>> {
        self.trailing[at].clone().map(|at| self.comment(at))
    }

    fn next_token(&self, at: usize) -> usize {
        let mut next = at + 1;
        while self.tokens.get(next).is_some_and(Token::is_comment) {
            next += 1;
        }
        next
    }

    /// The comments around an item; the root of the text counts as one.
    pub(super) fn around(&self, key: Option<&Tree>, value: &Tree) -> Around<'a> {
        let first = key.unwrap_or(value).tokens.0;
        let mut around = Around {
            after_blank: self.newlines_before(first) > 1,
            ..Around::default()
        };
        around.above.extend(self.leading(first));
        if let Some(key) = key {
            let colon = self.next_token(key.tokens.1);
            around.stray(self.trailing(key.tokens.1));
            around.stray(self.leading(colon));
            around.stray(self.trailing(colon));
            around.stray(self.leading(value.tokens.0));
        }
        if let Shape::Group(Group {
            name: Some(_),
            open,
            ..
        }) = &value.shape
        {
            around.stray(self.trailing(value.tokens.0));
            around.stray(self.leading(*open));
        }
        around.behind(self.trailing(value.tokens.1));
        let comma = self.next_token(value.tokens.1);
        if self
            .tokens
            .get(comma)
            .is_some_and(|it| it.kind == TokenKind::Comma)
        {
            around.behind(self.leading(comma));
            around.behind(self.trailing(comma));
        }
        around
    }

    pub(super) fn around_item(&self, item: &Item) -> Around<'a> {
        self.around(item.key.as_ref(), &item.value)
    }
}

impl<'a> Around<'a> {
    /// Comments in the middle of the item; those that cannot stay there go above it.
    fn stray(&mut self, comments: impl Iterator<Item = Comment<'a>>) {
        for comment in comments {
            if comment.fits_line() {
                self.inside.push(comment);
            } else {
                self.raise(comment);
            }
        }
    }

    /// Comments behind the item; one that ends a line makes way for the next.
    fn behind(&mut self, comments: impl Iterator<Item = Comment<'a>>) {
        for comment in comments {
            if let Some(last) = self.behind.pop_if(|last| last.is_line) {
                self.raise(last);
            }
            self.behind.push(comment);
        }
    }

    fn raise(&mut self, comment: Comment<'a>) {
        self.after_blank = false;
        self.above.push(Comment {
            ends_line: true,
            after_blank: false,
            ..comment
        });
    }
}
