//! Which names may be given to what.

use unicode_ident::{is_xid_continue, is_xid_start};

use super::{Name, fields::Reading};
use crate::problem::names::{EmptyName, ForbiddenName};

/// What is named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NameRule {
    /// Wired as `Wire("name")` and shown as `outer/name`.
    Node,
    /// Written as a bare key where the graph is a subgraph.
    Input,
    /// Wired as `Wire("node.name")`.
    Output,
}

/// Reports a name that could not be used where it is meant to be.
pub(super) fn check_name(reading: &mut Reading<'_>, name: &Name, rule: NameRule) {
    let what = match rule {
        NameRule::Node => "a node",
        NameRule::Input => "an input",
        NameRule::Output => "an output",
    };
    if name.text.is_empty() {
        reading.add(EmptyName {
            what,
            at: name.span.clone(),
        });
        return;
    }
    if let Some(why) = rule.objection(&name.text) {
        reading.add(ForbiddenName {
            what,
            name: name.text.clone(),
            why,
            at: name.span.clone(),
        });
    }
}

impl NameRule {
    fn objection(self, name: &str) -> Option<&'static str> {
        let is_plain = || {
            let mut chars = name.chars();
            chars.next().is_some_and(|c| c == '_' || is_xid_start(c)) && chars.all(is_xid_continue)
        };
        match self {
            Self::Input if !is_plain() => Some(
                "an input is set by `--set name=value` and as `name: value` of a subgraph, so it begins with a letter and goes on with letters, digits and `_`",
            ),
            Self::Node | Self::Output if name.contains('.') => {
                Some("a dot stands between a node and its output, as in `Wire(\"node.output\")`")
            }
            Self::Node | Self::Output if name.contains('/') => {
                Some("a slash stands between a subgraph and a node within, as in `outer/inner`")
            }
            Self::Node | Self::Output if name.chars().any(char::is_control) => {
                Some("it holds a control character that could not be shown")
            }
            _ => None,
        }
    }
}
