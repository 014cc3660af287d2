#!/bin/sh
# Runs the tests of the plugin boundary, from the plugin's side, with every access to memory checked.
set -eu
cd "$(dirname "$0")/../../.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target/sanitize}"
# The sanitizer comes with the stable toolchain; only the switch asks for more.
export RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address
exec cargo test --target x86_64-unknown-linux-gnu -p weft-plugin -p weft-abi --tests "$@"
