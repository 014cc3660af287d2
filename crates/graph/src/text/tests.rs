//! The reader against `ron`, and against anything that bytes can be.

use proptest::prelude::*;
use serde::de::IgnoredAny;
use weft_spec::Literal;

use super::{
    leaf::{self, Number},
    token::tokens,
    tree::{MAX_DEPTH, parse},
};
use crate::{
    Given, check,
    fake::{
        MapFiles,
        noise::{cases, graph_text, noisy},
        registry, source,
    },
    fmt, read, to_dot, to_mermaid, to_svg,
};

fn is_tree(text: &str) -> bool {
    tokens(text).is_ok_and(|tokens| parse(text, &tokens).is_ok())
}

/// Everything that may be done with a text; none of it may panic.
fn all_of_it(text: &str) {
    let source = source(text);
    let formatted = fmt(&source);
    let Ok(document) = read(source) else {
        return;
    };
    assert!(formatted.is_ok(), "what is read is formatted");
    let _ = check(&document, &registry(), &Given::none(), &MapFiles::default());
    let _ = (to_dot(&document), to_mermaid(&document), to_svg(&document));
}

#[test]
fn brackets_within_the_limit_are_read_and_beyond_it_are_a_problem() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(is_tree(&nested(MAX_DEPTH)));
    for deep in [MAX_DEPTH + 1, 100_000] {
        for text in [nested(deep), "a(".repeat(deep), "{1:".repeat(deep)] {
            let problems = read(source(&text)).unwrap_err();
            assert_eq!(problems.iter().next().unwrap().code(), "graph::too_deep");
        }
    }
}

#[test]
fn deep_comments_are_no_depth() {
    let text = "/*".repeat(100_000) + &"*/".repeat(100_000) + "1";
    assert!(is_tree(&text));
}

#[test]
fn leaves_mean_what_ron_says() {
    for written in [
        "0",
        "-12",
        "+3",
        "1_000",
        "0xff",
        "0b101",
        "0o17",
        "-9223372036854775808",
    ] {
        let ours = leaf::number(written);
        let theirs = ron::from_str::<i64>(written).unwrap();
        assert_eq!(ours, Some(Number::Integer(theirs)), "{written}");
    }
    for written in ["1.5", ".5", "-1e-3", "1E+2", "2.", "-inf"] {
        let ours = leaf::number(written);
        let theirs = ron::from_str::<f64>(written).unwrap();
        assert_eq!(ours, Some(Number::Real(theirs)), "{written}");
    }
    assert_eq!(leaf::number("1.5f32"), Some(Number::Real(1.5)));
    assert_eq!(leaf::number("7u8"), Some(Number::Integer(7)));
    assert_eq!(leaf::number("9223372036854775808"), Some(Number::TooLarge));
    for written in ["1.2.3", "--1", "1x", "0b2", "e5", "+", "1..2"] {
        assert_eq!(leaf::number(written), None, "{written}");
    }
    assert_eq!(leaf::quoted(r#""a\n\u{e9}\x41""#).unwrap(), "a\n\u{e9}A");
    assert_eq!(leaf::quoted("r##\"a\"#b\"##").unwrap(), "a\"#b");
    assert_eq!(leaf::character(r"'\''"), Some(Literal::Text("'".into())));
}

#[test]
fn texts_that_are_not_ron_are_refused_with_their_place() {
    for (text, code, at) in [
        ("", "syntax", 0),
        ("Graph(", "unclosed_bracket", 5),
        ("Graph(]", "wrong_bracket", 5),
        ("Graph(a: \"x)", "syntax", 9),
        ("Graph(a: /* x)", "syntax", 9),
        ("Graph(a = 1)", "syntax", 8),
        ("Graph(a: 1 b: 2)", "syntax", 11),
        ("Graph(a: 1, 2)", "syntax", 12),
        ("Graph(a: 1)) ", "syntax", 11),
        ("Graph(a: acme.dots.Dots())", "needs_raw_name", 9),
        ("Graph(a: \"\\q\")", "syntax", 9),
        ("Graph(a: 1.2.3)", "syntax", 9),
        ("#![enable(implicit_some)] Graph()", "syntax", 0),
        ("\u{feff}Graph()", "syntax", 0),
    ] {
        let problems = read(source(text)).unwrap_err();
        let problem = problems.iter().next().unwrap();
        assert_eq!(problem.code(), format!("graph::{code}"), "{text}");
        assert_eq!(problem.origin().span.start, at, "{text}");
        assert!(fmt(&source(text)).is_err(), "{text}");
    }
}

fn mutated() -> impl Strategy<Value = String> {
    let edit = (
        any::<prop::sample::Index>(),
        0_usize..4,
        "[\\PC\\n]|[(){}\\[\\],:\"'/*r#\\\\.-]{1,3}",
    );
    let edits = prop::collection::vec(edit, 1..6);
    (graph_text().prop_flat_map(noisy), edits).prop_map(|(text, edits)| {
        let mut chars: Vec<char> = text.chars().collect();
        for (at, removed, added) in edits {
            let at = at.index(chars.len() + 1);
            let end = (at + removed).min(chars.len());
            chars.splice(at..end, added.chars());
        }
        chars.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn what_is_a_tree_here_is_ron_there(text in mutated()) {
        if is_tree(&text) {
            let theirs = ron::from_str::<IgnoredAny>(&text);
            prop_assert!(theirs.is_ok(), "{:?} in {}", theirs, text);
        }
    }

    #[test]
    fn a_graph_is_a_tree_however_it_is_laid_out(text in graph_text().prop_flat_map(noisy)) {
        prop_assert!(is_tree(&text), "{}", text);
    }

    #[test]
    fn nothing_in_a_damaged_file_panics(text in mutated()) {
        all_of_it(&text);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        all_of_it(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_row_of_tokens_panics(words in prop::collection::vec(
        prop::sample::select(vec!["Graph", "(", ")", "[", "]", "{", "}", ",", ":", "\"a\"", "1", "-", "Wire", "Input",
            "format", "nodes", "inputs", "outputs", "r#\"", "'", "/*", "*/", "//", "\n", " ", "r#a.b", "inf", "b'", "."]), 0..60)) {
        all_of_it(&words.concat());
    }

    #[test]
    fn no_graph_of_odd_values_panics(value in "[\\PC]{0,30}") {
        all_of_it(&format!("Graph(format: 1, nodes: {{ \"a\": Zoom(image: {value}, scale: {value}) }})"));
        all_of_it(&format!("Graph(format: 1, inputs: {{ \"a\": {value} }}, outputs: {{ \"b\": {value} }})"));
    }
}
