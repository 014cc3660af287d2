"""The work of kernels.rs in PyTorch on two threads: python pytorch.py [part of a name ...]."""

import sys
import time

import torch

CONVOLUTIONS = [
    (1, 320, 320, 64, 3, 1, 1),
    (2, 128, 128, 64, 3, 1, 1),
    (2, 256, 256, 32, 3, 1, 1),
    (1, 256, 256, 16, 3, 1, 1),
    (16, 256, 256, 16, 3, 1, 1),
    (16, 256, 256, 8, 3, 1, 1),
    (32, 384, 384, 4, 3, 1, 1),
    (1, 320, 320, 64, 1, 1, 1),
    (1, 320, 320, 64, 3, 2, 1),
    (1, 640, 640, 16, 3, 1, 2),
]


def bench(name, flop, job):
    if not all(part in name for part in sys.argv[1:]):
        return
    job()
    begin, times = time.perf_counter(), []
    while len(times) < 5 or (time.perf_counter() - begin < 0.3 and len(times) < 99):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    shortest = min(times)
    print(f"{name:<44} {shortest * 1e3:9.3f} ms {flop / shortest / 1e9:8.1f} GFLOP/s", flush=True)


def products(name, dtype, m, k, n):
    flop, size = 2 * m * k * n, f"{m}x{k}x{n} {name}"
    x, w, grad = (torch.randn(s).to(dtype) for s in ((m, k), (k, n), (m, n)))
    weight = w.t().contiguous()
    out = torch.empty(m, n, dtype=dtype)
    bench(f"matmul {size}", flop, lambda: torch.mm(x, w, out=out))
    bench(f"linear {size}", flop, lambda: torch.nn.functional.linear(x, weight))
    bench(f"linear_input_grad {size}", flop, lambda: grad @ w.t())
    bench(f"linear_weight_grad {size}", flop, lambda: x.t() @ grad)


def convolutions(name, dtype, batch, inputs, outputs, side, kernel, stride, upsample):
    size = f"{batch}x{inputs}x{side} k{kernel} s{stride} u{upsample} {name}"
    pad = kernel // 2
    x = torch.randn(batch, inputs, side, side).to(dtype)
    w = torch.randn(outputs, inputs, kernel, kernel).to(dtype)

    def forward():
        up = torch.nn.functional.interpolate(x, scale_factor=2) if upsample == 2 else x
        return torch.nn.functional.conv2d(up, w, None, stride, pad)

    y = forward()
    flop = 2 * y.numel() * inputs * kernel * kernel
    bench(f"conv {size}", flop, forward)
    if upsample == 2:
        return
    grad, args = torch.randn_like(y), (None, [stride] * 2, [pad] * 2, [1, 1], False, [0, 0], 1)
    back = torch.ops.aten.convolution_backward
    bench(f"conv_input_grad {size}", flop, lambda: back(grad, x, w, *args, [True, False, False]))
    bench(f"conv_weight_grad {size}", flop, lambda: back(grad, x, w, *args, [False, True, False]))


torch.set_num_threads(2)
with torch.no_grad():
    for sizes in [(4096, 4096, 4096), (4096, 320, 1280), (1024, 1280, 1280)]:
        products("f32", torch.float32, *sizes)
        products("bf16", torch.bfloat16, *sizes)
    for sizes in CONVOLUTIONS:
        convolutions("f32", torch.float32, *sizes)
        convolutions("bf16", torch.bfloat16, *sizes)
