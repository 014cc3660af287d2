//! Tokens put together into a tree that knows where everything is written; built without recursion.

use weft_spec::Span;

use super::token::{Bracket, Token, TokenKind};
use crate::problem::Mistake;
use crate::problem::syntax::{Syntax, TooDeep, UnclosedBracket, WrongBracket};

/// Brackets may be nested this deep; a graph needs about six.
pub(crate) const MAX_DEPTH: usize = 64;

/// A value somewhere in the text.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) span: Span,
    /// First and last token of the value.
    pub(crate) tokens: (usize, usize),
    pub(crate) shape: Shape,
}

#[derive(Debug)]
pub(crate) enum Shape {
    /// A single token.
    Leaf(TokenKind),
    /// Something in brackets.
    Group(Group),
}

/// Something in brackets: `Name(…)`, `(…)`, `[…]` or `{…}`.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) name: Option<Span>,
    pub(crate) bracket: Bracket,
    /// The token of the opening bracket.
    pub(crate) open: usize,
    pub(crate) items: Vec<Item>,
}

/// One of the things in brackets, with its key if it has one.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) key: Option<Tree>,
    pub(crate) value: Tree,
}

impl Group {
    /// Whether the items are `key: value`; an empty pair of round brackets counts as both.
    pub(crate) fn has_keys(&self) -> bool {
        self.items.iter().all(|item| item.key.is_some())
    }
}

impl Item {
    pub(crate) fn span(&self) -> Span {
        let start = self.key.as_ref().unwrap_or(&self.value).span.start;
        start..self.value.span.end
    }
}

/// Puts the tokens of a whole text together.
pub(crate) fn parse(text: &str, tokens: &[Token]) -> Result<Tree, Mistake> {
    let mut parser = Parser {
        text,
        open: Vec::new(),
        root: None,
    };
    let mut significant = tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| !token.is_comment())
        .peekable();
    while let Some((index, token)) = significant.next() {
        let opens_call = token.kind == TokenKind::Word
            && significant
                .peek()
                .is_some_and(|(_, next)| next.kind == TokenKind::Open(Bracket::Round));
        if opens_call {
            let bracket = significant.next().map_or(index, |(bracket, _)| bracket);
            parser.open_group(Some((index, token)), bracket, tokens)?;
        } else {
            parser.take(index, token, tokens)?;
        }
    }
    parser.finish()
}

struct Parser<'a> {
    text: &'a str,
    open: Vec<OpenGroup>,
    root: Option<Tree>,
}

/// A group whose closing bracket is still to come.
struct OpenGroup {
    group: Group,
    first_token: usize,
    start: usize,
    open_span: Span,
    key: Option<Tree>,
    value: Option<Tree>,
}

impl Parser<'_> {
    fn take(&mut self, index: usize, token: &Token, tokens: &[Token]) -> Result<(), Mistake> {
        match token.kind {
            TokenKind::Open(_) => self.open_group(None, index, tokens),
            TokenKind::Close(bracket) => self.close(bracket, index, token),
            TokenKind::Comma => self.comma(token),
            TokenKind::Colon => self.colon(token),
            kind => {
                super::leaf::check(self.text, token)?;
                self.value(Tree {
                    span: token.span(),
                    tokens: (index, index),
                    shape: Shape::Leaf(kind),
                })
            }
        }
    }

    fn open_group(
        &mut self,
        name: Option<(usize, &Token)>,
        open: usize,
        tokens: &[Token],
    ) -> Result<(), Mistake> {
        let open_span = tokens[open].span();
        let TokenKind::Open(bracket) = tokens[open].kind else {
            return Err(unexpected(open_span, "a bracket was expected"));
        };
        let (first_token, start) =
            name.map_or((open, open_span.start), |(at, word)| (at, word.start));
        self.expect_room_for_value(start..open_span.end)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(Box::new(TooDeep {
                at: open_span,
                limit: MAX_DEPTH,
            }));
        }
        self.open.push(OpenGroup {
            group: Group {
                name: name.map(|(_, word)| word.span()),
                bracket,
                open,
                items: Vec::new(),
            },
            first_token,
            start,
            open_span,
            key: None,
            value: None,
        });
        Ok(())
    }

    fn expect_room_for_value(&self, at: Span) -> Result<(), Mistake> {
        match self.open.last() {
            Some(group) if group.value.is_some() => Err(Box::new(Syntax {
                what: "a comma is missing before this".to_owned(),
                label: "a new value begins here".to_owned(),
                at,
                help: None,
            })),
            None if self.root.is_some() => Err(Box::new(Syntax {
                what: "the text goes on after the graph has ended".to_owned(),
                label: "this is too much".to_owned(),
                at,
                help: Some("is there a closing bracket too many before it?".to_owned()),
            })),
            _ => Ok(()),
        }
    }

    fn value(&mut self, value: Tree) -> Result<(), Mistake> {
        self.expect_room_for_value(value.span.clone())?;
        match self.open.last_mut() {
            Some(group) => group.value = Some(value),
            None => self.root = Some(value),
        }
        Ok(())
    }

    fn colon(&mut self, token: &Token) -> Result<(), Mistake> {
        let Some(group) = self.open.last_mut() else {
            return Err(unexpected(
                token.span(),
                "a colon belongs between a key and its value",
            ));
        };
        let is_key = group
            .value
            .as_ref()
            .is_some_and(|key| match group.group.bracket {
                Bracket::Round => matches!(key.shape, Shape::Leaf(TokenKind::Word)),
                Bracket::Square => false,
                Bracket::Curly => true,
            });
        if group.key.is_some() || !is_key {
            let label = match group.group.bracket {
                Bracket::Round => "a colon comes after the bare name of an input",
                Bracket::Square => "a list has no keys",
                Bracket::Curly => "a colon belongs between a key and its value",
            };
            return Err(unexpected(token.span(), label));
        }
        group.key = group.value.take();
        Ok(())
    }

    fn comma(&mut self, token: &Token) -> Result<(), Mistake> {
        let text = self.text;
        match self.open.last_mut() {
            Some(group) if group.value.is_some() => group.end_item(text),
            _ => Err(unexpected(
                token.span(),
                "a value was expected before this comma",
            )),
        }
    }

    fn close(&mut self, bracket: Bracket, index: usize, token: &Token) -> Result<(), Mistake> {
        let Some(mut group) = self.open.pop() else {
            return Err(unexpected(token.span(), "no bracket is open here"));
        };
        if group.group.bracket != bracket {
            return Err(Box::new(WrongBracket {
                expected: group.group.bracket.close(),
                found: bracket.close(),
                open: group.open_span,
                at: token.span(),
            }));
        }
        if group.value.is_some() {
            group.end_item(self.text)?;
        } else if group.key.is_some() {
            return Err(unexpected(
                token.span(),
                "a value was expected after the colon",
            ));
        }
        self.value(Tree {
            span: group.start..token.end,
            tokens: (group.first_token, index),
            shape: Shape::Group(group.group),
        })
    }

    fn finish(self) -> Result<Tree, Mistake> {
        if let Some(group) = self.open.last() {
            return Err(Box::new(UnclosedBracket {
                bracket: group.group.bracket.close(),
                open: group.open_span.clone(),
                end: self.text.len()..self.text.len(),
            }));
        }
        self.root.ok_or_else(|| {
            Box::new(Syntax {
                what: "the file is empty".to_owned(),
                label: "a graph was expected".to_owned(),
                at: 0..0,
                help: Some("a graph begins with `Graph(format: 1, nodes: {`".to_owned()),
            }) as Mistake
        })
    }
}

impl OpenGroup {
    fn end_item(&mut self, text: &str) -> Result<(), Mistake> {
        let Some(value) = self.value.take() else {
            return Ok(());
        };
        let key = self.key.take();
        let items = &mut self.group.items;
        let keys_wanted = match self.group.bracket {
            Bracket::Curly => Some(true),
            Bracket::Square => Some(false),
            Bracket::Round => items.first().map(|first| first.key.is_some()),
        };
        if keys_wanted.is_some_and(|wanted| wanted != key.is_some()) {
            let (what, example) = match self.group.bracket {
                Bracket::Round => ("an input without its name", "write `name: value`"),
                _ => ("a value without its key", "write `\"name\": value`"),
            };
            let shown = text.get(value.span.clone()).unwrap_or_default();
            let shown: String = shown.chars().take(24).collect();
            return Err(Box::new(Syntax {
                what: format!("{what}: `{}`", shown.escape_debug()),
                label: "has no name".to_owned(),
                at: value.span,
                help: Some(example.to_owned()),
            }));
        }
        items.push(Item { key, value });
        Ok(())
    }
}

fn unexpected(at: Span, label: &str) -> Mistake {
    Box::new(Syntax {
        what: "this cannot stand here".to_owned(),
        label: label.to_owned(),
        at,
        help: None,
    })
}
