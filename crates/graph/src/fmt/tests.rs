//! The canonical form, by example and by property.

use proptest::prelude::*;

use crate::{
    fake::{
        noise::{comments, graph_text, noisy, words},
        source,
    },
    fmt,
};

fn formatted(text: &str) -> String {
    fmt(&source(text)).unwrap()
}

#[test]
fn look() {
    let text = r#"// A rocket.

Graph(  // the graph
  nodes: { "b": Invert(image: Wire("a")), // trailing b
   // above a
   "a": LoadImage( /* where */ path: "a.png"  ), "c": Foo(), "long": Blend(a: Wire("aaaaaaaaaaaaaaaaaaaaaaaaaa"), b: Wire("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"), amount: 0.5),


   // detached

   // section
   "d": Unknown(x: {1: 2}, y: r#foo.bar(1,2), z: ()) /* before comma */ , 
   "e": Broken(
     // why
     x: 1, y: /* value */ 2, // ytrail
     z: [1,2,3,]
     // end
   )
   // end of nodes
  }, requires: {"a": "^1"}, inputs: {"x": Text(default: "y")}, outputs: { "image": Wire("b") }, format: 1) // after
// the end"#;
    println!("{}", formatted(text));
    assert_eq!(formatted(&formatted(text)), formatted(text));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn noise_is_laid_out_once_and_for_all(text in graph_text().prop_flat_map(noisy)) {
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
