//! Tests that need a process of their own.

use std::process::Command;

/// Runs the ignored test of that name, of the program that calls this, in a process of its own, and fails as it does.
///
/// # Panics
/// The test fails, or there is none of that name.
pub fn passes_alone(test: &str) {
    let program = std::env::current_exe().expect("a running program has a path");
    let child = Command::new(program)
        .args([test, "--exact", "--ignored", "--nocapture"])
        .output()
        .expect("a program that runs can be started");
    let said = String::from_utf8_lossy(&child.stdout) + String::from_utf8_lossy(&child.stderr);
    assert!(
        child.status.success() && said.contains("1 passed"),
        "{said}"
    );
}
