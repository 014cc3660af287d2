#!/bin/sh
# Makes the pictures that the READMEs show: graphs/pictures/make.sh
set -eu
cd "$(dirname "$0")/../.."
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT
for graph in instruct text_to_image edge_to_image subject style_transfer style_and_subject retrieve_then_draw; do
    cargo run --release --quiet -- run --device cpu --out "$out" "graphs/$graph.ron"
    cp "$out/out/$graph.png" "graphs/pictures/$graph.png"
done
