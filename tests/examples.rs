//! The examples of embedding run.

use std::process::Command;

use crate::program::root;

#[test]
fn examples_run() {
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_weft"))
        .parent()
        .unwrap()
        .join("examples");
    for example in ["hello_graph", "own_node", "own_value"] {
        let output = Command::new(bin.join(example)).current_dir(root()).output();
        let output =
            output.unwrap_or_else(|error| panic!("{example} is built with the tests: {error}"));
        assert!(
            output.status.success(),
            "{example}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(!output.stdout.is_empty(), "{example} says something");
    }
}
