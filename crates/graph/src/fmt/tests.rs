//! The canonical form, by example and by property.

use proptest::prelude::*;

use crate::{
    fake::{
        nodes,
        noise::{cases, comments, graph_text, noisy, words},
        source,
    },
    fmt,
};

fn formatted(text: &str) -> String {
    fmt(&source(text)).unwrap()
}

const WILD: &str = r#"// A rocket.

Graph(  // the graph
  nodes: { "b": Invert(image: Wire("a")), // behind b
   // above a
   "a": LoadImage( /* where */ path: "a.png"  ), "c": Foo(), "long": Blend(a: Wire("aaaaaaaaaaaaaaaaaaaaaaaaaa"), b: Wire("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"), amount: 0.5),


   // a group

   // above d
   "d": Unknown(x: {1: 2}, y: r#foo.bar(1,2), z: ()) /* before the comma */ , 
   "e": Broken(
     // why
     x: 1, y: /* value */ 2, // behind y
     z: [1,2,3,]
     // last
   )
   // end of nodes
  }, requires: {"a": "^1"}, inputs: {"x": Text(default: "y")}, outputs: { "image": Wire("b") }, format: 1, new: 2) // after
// the end"#;

const TAME: &str = r#"// A rocket.

Graph( // the graph
    format: 1,
    requires: { "a": "^1" },
    inputs: {
        "x": Text(default: "y"),
    },
    nodes: {
        // above a
        "a": LoadImage(/* where */ path: "a.png"),
        "b": Invert(image: Wire("a")), // behind b
        "c": Foo(),
        "long": Blend(
            a: Wire("aaaaaaaaaaaaaaaaaaaaaaaaaa"),
            b: Wire("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"),
            amount: 0.5,
        ),

        // a group

        // above d
        "d": Unknown(x: { 1: 2 }, y: r#foo.bar(1, 2), z: ()), /* before the comma */
        "e": Broken(
            // why
            x: 1,
            y: /* value */ 2, // behind y
            z: [1, 2, 3],
            // last
        ),
        // end of nodes
    },
    outputs: { "image": Wire("b") },
    new: 2,
) // after
// the end
"#;

#[test]
fn every_file_has_one_form() {
    assert_eq!(formatted(WILD), TAME);
    assert_eq!(formatted(TAME), TAME);
}

#[test]
fn nodes_in_a_circle_stay_where_they_are() {
    let text =
        nodes(r#""b": X(i: Wire("a")), "a": X(i: Wire("b")), "c": X(i: [Wire("d")]), "d": Y"#);
    let once = formatted(&text);
    let place = |name: &str| once.find(name).unwrap();
    assert!(place("\"b\": X") < place("\"a\": X") && place("\"c\": X") < place("\"d\": Y"));
    assert_eq!(formatted(&once), once);
}

#[test]
fn a_node_is_on_one_line_up_to_a_hundred_columns() {
    for (length, lines) in [(100, 1), (101, 3)] {
        let fixed = "        \"n\": Title(title: \"\"),".len();
        let text = nodes(&format!(
            "\"n\": Title(title: \"{}\")",
            "é".repeat(length - fixed)
        ));
        let formatted = formatted(&text);
        let node: Vec<&str> = formatted
            .lines()
            .filter(|line| line.starts_with("        "))
            .collect();
        assert_eq!(node.len(), lines, "{formatted}");
    }
}

#[test]
fn texts_over_several_lines_are_kept_to_the_letter() {
    let text = nodes("\"n\": Title(title: \"a\n   b\", raw: r#\"c\r\n \"#, other: 1)");
    let formatted = formatted(&text);
    assert!(
        formatted.contains("\"a\n   b\"") && formatted.contains("r#\"c\r\n \"#"),
        "{formatted}"
    );
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn what_is_formatted_is_formatted(text in graph_text().prop_flat_map(noisy)) {
        let once = formatted(&text);
        prop_assert_eq!(&formatted(&once), &once, "from:\n{}", text);
    }

    #[test]
    fn no_comment_and_no_word_is_lost(text in graph_text().prop_flat_map(noisy)) {
        let once = formatted(&text);
        prop_assert_eq!(comments(&once), comments(&text));
        prop_assert_eq!(words(&once), words(&text));
    }
}
