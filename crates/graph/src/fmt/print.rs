//! Writes a tree with its comments.

use super::{
    comments::{Around, Comment, Comments},
    order,
};
use crate::text::{
    token::{Bracket, Token},
    tree::{Group, Item, Shape, Tree},
};

/// Columns of a line that hold everything on one line.
const WIDTH: usize = 100;

const INDENT: usize = 4;

/// The whole text in its canonical form.
pub(super) fn document(text: &str, tokens: &[Token], tree: &Tree) -> String {
    let mut printer = Printer {
        text,
        comments: Comments::new(text, tokens),
        out: String::with_capacity(text.len() + text.len() / 8),
    };
    let around = printer.comments.around(None, tree);
    printer.above(&around, 0, true);
    printer.inside(&around);
    printer.root(tree);
    printer.behind(&around);
    printer.out.push('\n');
    let end: Vec<Comment<'_>> = printer.comments.leading(tokens.len()).collect();
    printer.own_lines(&end, 0, false);
    printer.out
}

struct Printer<'a> {
    text: &'a str,
    comments: Comments<'a>,
    out: String,
}

/// How the items of a group are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// On one line if they fit.
    Fitting,
    /// One a line.
    Lines,
}

impl<'a> Printer<'a> {
    /// The graph itself: fields and nodes in their order, one a line.
    fn root(&mut self, tree: &Tree) {
        match &tree.shape {
            Shape::Group(group) if !group.items.is_empty() => {
                let items = order::fields(self.text, group);
                self.lines(tree, group, &items, 0);
            }
            _ => self.value(tree, 0, Layout::Fitting),
        }
    }

    /// One of the things in brackets, on lines of its own.
    fn item(&mut self, item: &Item, indent: usize, is_first: bool) {
        let around = self.comments.around_item(item);
        self.above(&around, indent, is_first);
        if let Some(key) = &item.key {
            self.value(key, indent, Layout::Fitting);
            self.out.push_str(": ");
        }
        self.inside(&around);
        let field = if indent == INDENT {
            order::field_name(self.text, item)
        } else {
            None
        };
        match (field, &item.value.shape) {
            (Some("nodes"), Shape::Group(group)) if !group.items.is_empty() => {
                let items = order::nodes(self.text, group);
                self.lines(&item.value, group, &items, indent);
            }
            (Some("inputs"), _) => self.value(&item.value, indent, Layout::Lines),
            _ => self.value(&item.value, indent, Layout::Fitting),
        }
        self.out.push(',');
        self.behind(&around);
        self.out.push('\n');
    }

    fn value(&mut self, tree: &Tree, indent: usize, layout: Layout) {
        let Shape::Group(group) = &tree.shape else {
            self.out.push_str(&self.text[tree.span.clone()]);
            return;
        };
        let start = self.out.len();
        let may_fit = layout == Layout::Fitting || group.items.is_empty();
        if may_fit && self.flat(tree) {
            let line = self.out[..start].rfind('\n').map_or(0, |at| at + 1);
            // One column is for the comma.
            if self.out[line..].chars().count() < WIDTH {
                return;
            }
        }
        self.out.truncate(start);
        let items: Vec<&Item> = group.items.iter().collect();
        self.lines(tree, group, &items, indent);
    }

    /// A group with each item on lines of its own.
    fn lines(&mut self, tree: &Tree, group: &Group, items: &[&Item], indent: usize) {
        self.name(group);
        self.out.push(group.bracket.open());
        let after_open: Vec<_> = self.comments.trailing(group.open).collect();
        for comment in after_open {
            self.out.push(' ');
            self.out.push_str(comment.text);
        }
        self.out.push('\n');
        for (place, item) in items.iter().enumerate() {
            self.item(item, indent + INDENT, place == 0);
        }
        let dangling: Vec<_> = self.comments.leading(tree.tokens.1).collect();
        self.own_lines(&dangling, indent + INDENT, items.is_empty());
        self.indent(indent);
        self.out.push(group.bracket.close());
    }

    fn name(&mut self, group: &Group) {
        if let Some(name) = &group.name {
            self.out.push_str(&self.text[name.clone()]);
        }
    }

    fn indent(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    /// The comments above an item and the indent of the item itself.
    fn above(&mut self, around: &Around<'a>, indent: usize, is_first: bool) {
        let mut is_first = is_first;
        let mut is_line_start = true;
        for comment in &around.above {
            if is_line_start {
                if comment.after_blank && !is_first {
                    self.out.push('\n');
                }
                self.indent(indent);
            }
            self.out.push_str(comment.text);
            is_line_start = comment.ends_line || comment.is_line;
            self.out.push(if is_line_start { '\n' } else { ' ' });
            is_first = false;
        }
        if is_line_start {
            if around.after_blank && !is_first {
                self.out.push('\n');
            }
            self.indent(indent);
        }
    }

    /// Comments with no item after them.
    fn own_lines(&mut self, comments: &[Comment<'a>], indent: usize, is_first: bool) {
        for (place, comment) in comments.iter().enumerate() {
            if comment.after_blank && !(is_first && place == 0) {
                self.out.push('\n');
            }
            self.indent(indent);
            self.out.push_str(comment.text);
            self.out.push('\n');
        }
    }

    fn inside(&mut self, around: &Around<'a>) {
        for comment in &around.inside {
            self.out.push_str(comment.text);
            self.out.push(' ');
        }
    }

    fn behind(&mut self, around: &Around<'a>) {
        for comment in &around.behind {
            self.out.push(' ');
            self.out.push_str(comment.text);
        }
    }

    /// Writes a value on the current line; `false` if that cannot be, with the line left unfinished.
    fn flat(&mut self, tree: &Tree) -> bool {
        let Shape::Group(group) = &tree.shape else {
            let written = &self.text[tree.span.clone()];
            self.out.push_str(written);
            return !written.contains('\n');
        };
        self.name(group);
        self.out.push(group.bracket.open());
        let start = self.out.len();
        let is_spaced = group.bracket == Bracket::Curly;
        if is_spaced {
            self.out.push(' ');
        }
        let after_open: Vec<_> = self.comments.trailing(group.open).collect();
        if !self.words_before(&after_open) {
            return false;
        }
        for (place, item) in group.items.iter().enumerate() {
            if place > 0 {
                self.out.push_str(", ");
            }
            if !self.flat_item(item) {
                return false;
            }
        }
        let dangling: Vec<_> = self.comments.leading(tree.tokens.1).collect();
        if dangling.iter().any(|comment| comment.ends_line) || !self.words_behind(&dangling) {
            return false;
        }
        let is_empty = self.out[start..].trim().is_empty();
        if is_empty {
            self.out.truncate(start);
        } else if is_spaced {
            self.out.push(' ');
        }
        self.out.push(group.bracket.close());
        true
    }

    fn flat_item(&mut self, item: &Item) -> bool {
        let around = self.comments.around_item(item);
        let stays = around.above.iter().all(|comment| !comment.ends_line);
        if !stays || !self.words_before(&around.above) {
            return false;
        }
        if let Some(key) = &item.key {
            if !self.flat(key) {
                return false;
            }
            self.out.push_str(": ");
        }
        self.words_before(&around.inside)
            && self.flat(&item.value)
            && self.words_behind(&around.behind)
    }

    fn words_before(&mut self, comments: &[Comment<'a>]) -> bool {
        for comment in comments {
            self.out.push_str(comment.text);
            self.out.push(' ');
        }
        comments.iter().all(Comment::fits_line)
    }

    fn words_behind(&mut self, comments: &[Comment<'a>]) -> bool {
        for comment in comments {
            if !self.out.ends_with(' ') {
                self.out.push(' ');
            }
            self.out.push_str(comment.text);
        }
        comments.iter().all(Comment::fits_line)
    }
}
