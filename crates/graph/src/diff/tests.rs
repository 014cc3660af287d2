//! What counts as a difference.

use proptest::prelude::*;

use crate::{
    diff,
    fake::{
        document, nodes,
        noise::{cases, graph_text, noisy},
        source,
    },
    fmt,
};

fn changes(a: &str, b: &str) -> Vec<String> {
    let changes = diff(&document(a), &document(b));
    changes.iter().map(ToString::to_string).collect()
}

#[test]
fn a_changed_literal_and_a_rewired_input_are_said() {
    let a = nodes(
        r#""p": LoadImage(path: "a.png"), "q": LoadImage(path: "b.png"), "e": Canny(image: Wire("p"), low: 0.1)"#,
    );
    let b = nodes(
        r#""p": LoadImage(path: "a.png"), "q": LoadImage(path: "b.png"), "e": Canny(image: Wire("q"), low: 0.2, high: 0.3)"#,
    );
    assert_eq!(
        changes(&a, &b),
        [
            r#"~ e.image: Wire("p") -> Wire("q")"#,
            "~ e.low: 0.1 -> 0.2",
            "+ e.high: 0.3"
        ]
    );
}

#[test]
fn nodes_come_and_go() {
    let a = nodes(r#""p": LoadImage(path: "a.png"), "i": Invert(image: Wire("p"))"#);
    let b = nodes(r#""p": LoadImage(path: "a.png"), "s": Sobel(image: Wire("p"))"#);
    assert_eq!(
        changes(&a, &b),
        [
            r#"- i: Invert(image: Wire("p"))"#,
            r#"+ s: Sobel(image: Wire("p"))"#
        ]
    );
}

#[test]
fn another_kind_under_the_same_name_is_a_change() {
    let a = nodes(r#""e": Canny(image: Wire("p"))"#);
    let b = nodes(r#""e": Sobel(image: Wire("p"))"#);
    assert_eq!(changes(&a, &b), ["~ e: Canny -> Sobel"]);
}

#[test]
fn a_renamed_node_takes_its_wires_along() {
    let a = nodes(
        r#""p": LoadImage(path: "a.png"), "i": Invert(image: Wire("p")), "j": Invert(image: Wire("i"))"#,
    );
    let b = nodes(
        r#""photo": LoadImage(path: "a.png"), "inverted": Invert(image: Wire("photo")), "j": Invert(image: Wire("inverted"))"#,
    );
    assert_eq!(changes(&a, &b), ["> p -> photo", "> i -> inverted"]);
}

#[test]
fn spelling_and_order_are_no_difference() {
    let a = nodes(r#""a": X(n: 16, t: "é", l: [1, 2,], u: Foo(1)), "b": Y()"#);
    let b = nodes(r#""b": Y, "a": X(u: Foo( /* one */ 1), l: [1.0, 2e0], t: "\u{e9}", n: 0x10)"#);
    assert!(changes(&a, &b).is_empty(), "{:?}", changes(&a, &b));
}

#[test]
fn inputs_requirements_and_outputs_are_compared() {
    let a = r#"Graph(format: 1, requires: {"x.y": "^1", "z": "*"},
        inputs: {"n": Integer(default: 1, help: "a"), "old": Text}, nodes: {}, outputs: {"image": Wire("a")})"#;
    let b = r#"Graph(format: 1, requires: {"x.y": "^2"},
        inputs: {"n": Number(default: 2, range: (0, 9)), "new": Text(default: "t")}, nodes: {}, outputs: {"image": Wire("b")})"#;
    assert_eq!(
        changes(a, b),
        [
            r#"~ requires.x.y: "^1" -> "^2""#,
            r#"- requires.z: "*""#,
            "~ inputs.n.type: Integer -> Number",
            "~ inputs.n.default: 1 -> 2",
            r#"- inputs.n.help: "a""#,
            "+ inputs.n.range: 0..=9",
            "- inputs.old: Text()",
            r#"+ inputs.new: Text(default: "t")"#,
            r#"~ outputs.image: Wire("a") -> Wire("b")"#,
        ]
    );
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn fmt_changes_no_meaning(text in graph_text().prop_flat_map(noisy)) {
        let formatted = fmt(&source(&text)).unwrap();
        let (a, b) = (document(&text), document(&formatted));
        prop_assert_eq!(diff(&a, &b), []);
        prop_assert_eq!(diff(&b, &a), []);
    }

    #[test]
    fn a_number_changed_anywhere_is_seen(text in graph_text(), digit in 1_u8..9) {
        let changed = text.replacen("amount: 0.", &format!("amount: {digit}0."), 1);
        let seen = diff(&document(&text), &document(&changed)).len();
        prop_assert_eq!(seen, usize::from(changed != text));
    }
}
