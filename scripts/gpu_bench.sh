#!/usr/bin/env bash
# Weft on this machine's graphics card beside PyTorch on the same card: operations, U-Net, training step, picture nodes,
# whole pipelines.
# It builds nothing here. Elsewhere, from a checkout:
#
#     cargo build --release --features spirv,tuned
#     cargo bench -p weft-tensor --features spirv,tuned --no-run       # names target/release/deps/fast_paths-…
#     cargo bench -p weft-picture --bench graph --no-run               # names target/release/deps/graph-…
#     mkdir bench && cp target/release/weft bench/ && cp target/release/deps/fast_paths-… bench/fast_paths
#     cp target/release/deps/graph-… bench/graph
#
# and here, in a checkout or a copy of its folders graphs/, crates/tensor/benches/, nodes/picture/benches/ and scripts/:
#
#     scripts/gpu_bench.sh bench [PYTHON]
#
# PYTHON has torch for the card; without it only Weft's own times are told. Ratios are Weft's time over PyTorch's.
set -euo pipefail
cd "$(dirname "$0")/.."
bench="${1:?usage: scripts/gpu_bench.sh FOLDER [PYTHON], where FOLDER holds weft, fast_paths and graph}"
python="${2:-}"
for program in weft fast_paths graph; do
    [ -x "$bench/$program" ] || { echo "$bench/$program is not there; the head of $0 says how it is built" >&2; exit 2; }
done
export WEFT_DEVICE="${WEFT_DEVICE:-gpu}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

echo "## The machine"
"$bench/weft" doctor --device "$WEFT_DEVICE" --no-cache | sed -n '/^adapters/,/^cache/p'

if [ -n "$python" ]; then
    echo "PyTorch: $("$python" -c 'import torch
cuda = torch.cuda.is_available()
print(torch.__version__, "on", torch.cuda.get_device_name() if cuda else "the CPU, since this torch has no CUDA")')"
fi

echo "## Operations, U-Net and training step (milliseconds)"
pytorch=()
if [ -n "$python" ]; then
    "$python" crates/tensor/benches/pytorch.py ${WEFT_BENCH_ONLY:+--only "$WEFT_BENCH_ONLY"} \
        ${WEFT_BENCH_QUICK:+--quick} > "$work/pytorch.tsv"
    pytorch=(--pytorch "$work/pytorch.tsv")
fi
"$bench/fast_paths" "${pytorch[@]}" ${WEFT_BENCH_ONLY:+--only "$WEFT_BENCH_ONLY"} ${WEFT_BENCH_QUICK:+--quick}

echo
echo "## A graph of 20 picture nodes at ${WEFT_BENCH_SIZE:-3840x2160}"
if [ -n "$python" ]; then
    export WEFT_PYTHON="$python" WEFT_PYTORCH_SCRIPT=nodes/picture/benches/graph/pytorch.py
fi
"$bench/graph" "${WEFT_BENCH_SIZE:-3840x2160}"

echo
echo "## Whole pipelines (seconds; the second start finds its kernels chosen)"
echo "| graph | first start | second start | CPU of this machine | second / CPU |"
echo "|---|---|---|---|---|"
# The seconds that the run itself took.
seconds() {
    "$bench/weft" run "graphs/$1.ron" --device "$2" --cache "$work/$1" --out "$work/out" --overwrite --json "${@:3}" \
        | sed -n 's/.*"event":"report".*/&/p' | sed 's/.*"event":"report"[^[]*"ms":\([0-9.]*\).*/\1/' | awk '{ printf "%.2f", $1 / 1000 }'
}
for graph in ${WEFT_BENCH_GRAPHS:-text_to_image instruct upscale edges}; do
    first="$(seconds "$graph" "$WEFT_DEVICE")"
    # Results are forgotten, what was found out about kernels is not.
    find "$work/$graph" -mindepth 1 -maxdepth 1 ! -name kernels ! -name format ! -name CACHEDIR.TAG -exec rm -rf {} +
    second="$(seconds "$graph" "$WEFT_DEVICE")"
    cpu="$(rm -rf "$work/$graph"; seconds "$graph" cpu)"
    echo "| $graph | $first | $second | $cpu | $(awk "BEGIN { printf \"%.2f\", $second / $cpu }") |"
done
