"""The same 20 nodes in PyTorch, eager, in f32: `pytorch.py WIDTH HEIGHT TIMES`.

    python3 -m venv torch-venv && torch-venv/bin/pip install torch
    torch-venv/bin/python nodes/picture/benches/graph/pytorch.py 3840 2160 5

On CUDA if there is one. Prints `device<TAB>name`, then for every node `name<TAB>milliseconds<TAB>mean of the result`
(the median), and the graph as a whole, waited for once. Blurs and margins mirror without the outermost pixel, which is
what PyTorch has, and noise is PyTorch's own.
"""

import math
import statistics
import sys
import time

import torch
import torch.nn.functional as F

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
LUMA = (0.2125, 0.7154, 0.0721)


def wait():
    if DEVICE == "cuda":
        torch.cuda.synchronize()


def color(*values):
    return torch.tensor(values, device=DEVICE).view(1, 3, 1, 1)


def luma(x):
    return x[:, :1] * LUMA[0] + x[:, 1:2] * LUMA[1] + x[:, 2:] * LUMA[2]


def decoded(x):
    return torch.where(x <= 0.04045, x / 12.92, ((x.clamp_min(0.04045) + 0.055) / 1.055) ** 2.4)


def encoded(x):
    return torch.where(x <= 0.0031308, x * 12.92, x.clamp_min(0.0031308) ** (1 / 2.4) * 1.055 - 0.055)


def gradient(height, width):
    y = torch.arange(height, device=DEVICE).view(1, 1, -1, 1) + 0.5 - height / 2
    x = torch.arange(width, device=DEVICE).view(1, 1, 1, -1) + 0.5 - width / 2
    amount = ((x * x + y * y).sqrt() / (math.hypot(height, width) / 2)).clamp(0, 1)
    first, last = color(0.1, 0.3, 0.8), color(0.9, 0.6, 0.2)
    return first + (last - first) * amount


def blur(x, sigma):
    radius = int(4 * sigma + 0.5)
    places = torch.arange(-radius, radius + 1, device=DEVICE)
    kernel = torch.exp(-0.5 * (places / sigma) ** 2)
    kernel = (kernel / kernel.sum()).view(1, 1, 1, -1).repeat(3, 1, 1, 1)
    x = F.conv2d(F.pad(x, (radius, radius, 0, 0), mode="reflect"), kernel, groups=3)
    return F.conv2d(F.pad(x, (0, 0, radius, radius), mode="reflect"), kernel.transpose(2, 3), groups=3)


def lay(mixed, under, coverage):
    return under + (mixed - under) * coverage


def soft_light(over, under):
    root = torch.where(under <= 0.25, ((under * 16 - 12) * under + 4) * under, under.sqrt())
    twice = over * 2 - 1
    dark = under + twice * under * (1 - under)
    return torch.where(over <= 0.5, dark, under + twice * (root - under))


def adjusted(x):
    x = x * 1.2 + (0.05 * 1.2 + 0.5 - 0.5 * 1.2)
    x = (x * 0.7 + luma(x) * 0.3).clamp(0, 1)
    return x ** (1 / 1.3)


def duotone(x):
    dark, light = color(0.1, 0.05, 0.3), color(1.0, 0.9, 0.7)
    return dark + (light - dark) * luma(x)


def threshold(x):
    x = ((luma(x) - 0.5) / 0.4 + 0.5).clamp(0, 1)
    return x * x * (3 - 2 * x)


def resize(x, height, width):
    return F.interpolate(x, (height, width), mode="bicubic", antialias=True).clamp(0, 1)


def screened(over, under):
    over, under = decoded(over), decoded(under)
    return encoded(lay(over + under - over * under, under, 0.5))


def graph(node, height, width):
    top, left = height // 8, width // 8
    sky = node("Gradient", gradient, height, width)
    grain = node("Noise", lambda: torch.rand(1, 3, height, width, device=DEVICE))
    soft = node("GaussianBlur 2", blur, grain, 2.0)
    grained = node("Blend SoftLight", lambda: lay(soft_light(soft, sky), sky, 1.0))
    toned = node("AdjustColor", adjusted, grained)
    toned = node("Duotone", duotone, toned)
    step = node("Threshold", threshold, toned)
    inverse = node("ToMask", lambda: 1 - luma(toned))
    together = node("Composite", lay, toned, grained, step)
    negative = node("Invert", lambda: 1 - together)
    half = node("Resize to a half", resize, negative, height // 2, width // 2)
    larger = node("Resize to all", resize, half, height, width)
    laid = node("Composite 2", lay, larger, together, inverse)
    # Pixels are moved when they are needed, as in Weft; `Pad` needs them.
    part = node("Crop", lambda: laid[:, :, top : height - top, left : width - left])
    padded = node("Pad", lambda: F.pad(part, (left, left, top, top), mode="reflect"))
    turned = node("Turn Right", lambda: padded.transpose(2, 3).flip(3))
    turned = node("Turn Left", lambda: turned.transpose(2, 3).flip(2))
    lit = node("Blend Screen in linear light", screened, turned, grained)
    far = node("GaussianBlur 8", blur, lit, 8.0)
    return node("Blend Normal", lay, far, lit, 0.4)


@torch.inference_mode()
def main():
    width, height, times = map(int, sys.argv[1:])
    print("device", torch.cuda.get_device_name() if DEVICE == "cuda" else f"{torch.get_num_threads()} threads", sep="\t")
    each, means, whole = {}, {}, []

    def measured(name, work, *inputs):
        wait()
        start = time.perf_counter()
        made = work(*inputs)
        wait()
        each.setdefault(name, []).append((time.perf_counter() - start) * 1e3)
        means[name] = made.mean().item()
        return made

    plain = lambda _, work, *inputs: work(*inputs)
    graph(plain, height, width)
    for _ in range(times):
        wait()
        start = time.perf_counter()
        made = graph(plain, height, width)
        wait()
        whole.append((time.perf_counter() - start) * 1e3)
    mean = made.mean().item()
    for _ in range(times):
        graph(measured, height, width)
    for name, taken in each.items():
        print(name, statistics.median(taken), means[name], sep="\t")
    print("whole", statistics.median(whole), mean, sep="\t")


main()
