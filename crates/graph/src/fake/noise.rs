//! Random graphs, and texts that mean the same but look different.

use std::fmt::Write;

use proptest::prelude::*;

use crate::text::token::{Token, TokenKind, tokens};

/// So many cases, or as many as the environment says in `PROPTEST_CASES` for a longer search.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let config = ProptestConfig::default();
    ProptestConfig {
        cases: if asked { config.cases } else { cases },
        failure_persistence: None,
        ..config
    }
}

/// A random graph that is valid in the fake registry: a chain with side branches, some nodes out of order.
pub(crate) fn graph_text() -> impl Strategy<Value = String> {
    let node = (
        0_usize..8,
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        0_u32..=100,
    );
    (prop::collection::vec(node, 1..12), any::<bool>()).prop_map(|(nodes, is_reversed)| {
        let count = nodes.len();
        let mut lines: Vec<String> = nodes
            .iter()
            .enumerate()
            .map(|(at, (kind, a, b, number))| line(at, *kind, (a.index(at.max(1)), b.index(at.max(1))), *number))
            .collect();
        if is_reversed {
            lines.reverse();
        }
        let last = count - 1;
        format!(
            "Graph(format: 1, requires: {{\"picture\": \"*\"}}, inputs: {{\"amount\": Number(default: 0.25, \
             help: \"how \\\"much\\\"\", range: (0, 1)), \"n\": Integer(default: 7)}}, nodes: {{{}}}, \
             outputs: {{\"image\": Wire(\"n{last}\"),}})",
            lines.join(", ")
        )
    })
}

fn line(at: usize, kind: usize, (a, b): (usize, usize), number: u32) -> String {
    let amount = f64::from(number) / 100.0;
    let value = match kind {
        _ if at == 0 => "LoadImage(path: r\"pictures\\a.png\")".to_owned(),
        0 | 1 => format!("Invert(image: Wire(\"n{a}\"))"),
        2 => format!("Blend(a: Wire(\"n{a}\"), b: Wire(\"n{b}.image\"), amount: {amount})"),
        3 => format!("Blend(a: Wire(\"n{a}\"), amount: Input(\"amount\"), b: Wire(\"n{b}\"),)"),
        4 => format!("Grid(images: [Wire(\"n{a}\"), Wire(\"n{b}\")])"),
        5 => format!(
            "Resize(image: Wire(\"n{a}\"), width: {}, filter: Lanczos)",
            number + 1
        ),
        6 => format!("Curve(image: Wire(\"n{a}\"), points: [0, {amount}, 1e0,])"),
        _ => format!("Title(image: Wire(\"n{a}\"), title: \"a \\\"{number}\\\" (b) // c\")"),
    };
    format!("\"n{at}\": {value}")
}

/// The text with other white space and with comments between its tokens.
pub(crate) fn noisy(text: String) -> impl Strategy<Value = String> {
    let tokens = tokens(&text).unwrap();
    let gaps = prop::collection::vec(gap(), tokens.len() + 1);
    gaps.prop_map(move |gaps| with_gaps(&text, &tokens, &gaps))
}

fn with_gaps(text: &str, tokens: &[Token], gaps: &[String]) -> String {
    let mut noisy = String::new();
    for (token, gap) in tokens.iter().zip(gaps) {
        write!(noisy, "{gap}{}", &text[token.span()]).unwrap();
    }
    noisy + &gaps[tokens.len()]
}

fn gap() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => Just(" "),
        4 => Just("\n"),
        1 => Just("\n\n\n"),
        1 => Just("\t\r\n"),
        1 => Just("// one\n"),
        1 => Just("// two \"quoted\" /*\n"),
        1 => Just("/* three */"),
        1 => Just("/* four\n   lines */"),
        1 => Just("/* five /* nested */ */"),
    ];
    prop_oneof![
        3 => Just(" ".to_owned()),
        1 => prop::collection::vec(piece, 0..4).prop_map(|pieces| format!(" {}", pieces.concat())),
    ]
}

/// All comments of a text, sorted.
pub(crate) fn comments(text: &str) -> Vec<String> {
    let tokens = tokens(text).unwrap();
    let comments = tokens.iter().filter(|token| token.is_comment());
    let mut comments: Vec<String> = comments
        .map(|token| text[token.span()].trim_end().to_owned())
        .collect();
    comments.sort();
    comments
}

/// All other tokens except commas, sorted.
pub(crate) fn words(text: &str) -> Vec<String> {
    let tokens = tokens(text).unwrap();
    let words = tokens
        .iter()
        .filter(|token| !token.is_comment() && token.kind != TokenKind::Comma);
    let mut words: Vec<String> = words.map(|token| text[token.span()].to_owned()).collect();
    words.sort();
    words
}
