"""The PyTorch column of the table that `cargo bench -p weft-tensor` prints.

    python3 -m venv torch-venv
    torch-venv/bin/pip install torch safetensors --extra-index-url https://download.pytorch.org/whl/cpu
    torch-venv/bin/python crates/tensor/benches/pytorch.py --threads 2
    torch-venv/bin/python crates/tensor/benches/pytorch.py --threads 2 --only "conv3x3"
    torch-venv/bin/python crates/tensor/benches/pytorch.py save DIR

With WEFT_DEVICE=gpu it measures on the first CUDA card, and compiled networks besides eager ones; where torch has no
CUDA, on the CPU after all, which it says.

Each row is `name<TAB>milliseconds`: the median. Rows whose name ends in "peak MiB" give resident memory.
`save` writes unet.safetensors (weights, seed 0) and io.safetensors (x, temb, context; y is the output in f32).
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

GROUPS = 32
HEADS = 8
# On a card half the precision is f16, as it is for Weft there.
ON_GPU = os.environ.get("WEFT_DEVICE", "cpu").startswith("gpu")
if ON_GPU and not torch.cuda.is_available():
    print("this torch has no CUDA: PyTorch computes on the CPU", file=sys.stderr)
    ON_GPU = False
DEVICE = "cuda" if ON_GPU else "cpu"
PRECISIONS = {"f32": torch.float32} | ({"f16": torch.float16} if ON_GPU else {"bf16": torch.bfloat16})
# On a card Weft learns in f32.
TRAINING = [(16, "f32"), (4, "f32")] if ON_GPU else [(16, "f32"), (16, "bf16"), (4, "f32"), (4, "bf16")]


class Residual(nn.Module):
    """Two convolutions around the embedding of the time step."""

    def __init__(self, inputs, outputs, embedding):
        super().__init__()
        self.n1 = nn.GroupNorm(GROUPS, inputs)
        self.c1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.t = nn.Linear(embedding, outputs)
        self.n2 = nn.GroupNorm(GROUPS, outputs)
        self.c2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.sk = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else None

    def forward(self, x, embedding):
        h = self.c1(F.silu(self.n1(x)))
        h = h + self.t(F.silu(embedding))[:, :, None, None]
        h = self.c2(F.silu(self.n2(h)))
        return h + (x if self.sk is None else self.sk(x))


class Attention(nn.Module):
    """From the pixels to the context, which may be the pixels."""

    def __init__(self, channels, context):
        super().__init__()
        self.q = nn.Linear(channels, channels, bias=False)
        self.k = nn.Linear(context, channels, bias=False)
        self.v = nn.Linear(context, channels, bias=False)
        self.o = nn.Linear(channels, channels)

    def forward(self, x, context):
        batch, length, channels = x.shape

        def heads(y):
            return y.view(batch, -1, HEADS, channels // HEADS).transpose(1, 2)

        y = F.scaled_dot_product_attention(
            heads(self.q(x)), heads(self.k(context)), heads(self.v(context))
        )
        return self.o(y.transpose(1, 2).reshape(batch, length, channels))


class Transformer(nn.Module):
    """Self-attention, cross-attention and GEGLU between two 1x1 convolutions."""

    def __init__(self, channels, context):
        super().__init__()
        self.n = nn.GroupNorm(GROUPS, channels)
        self.pi = nn.Conv2d(channels, channels, 1)
        self.po = nn.Conv2d(channels, channels, 1)
        self.l1 = nn.LayerNorm(channels)
        self.l2 = nn.LayerNorm(channels)
        self.l3 = nn.LayerNorm(channels)
        self.a1 = Attention(channels, channels)
        self.a2 = Attention(channels, context)
        self.f1 = nn.Linear(channels, 8 * channels)
        self.f2 = nn.Linear(4 * channels, channels)

    def forward(self, x, context):
        h = self.pi(self.n(x)).flatten(2).transpose(1, 2)
        y = self.l1(h)
        h = h + self.a1(y, y)
        h = h + self.a2(self.l2(h), context)
        h = h + self.f2(geglu(self.f1(self.l3(h))))
        return x + self.po(h.transpose(1, 2).reshape(x.shape))


class UNet(nn.Module):
    """41.6 M parameters: 128 channels times 1, 2, 2, attention on the lower two levels."""

    def __init__(self, channels=128, factors=(1, 2, 2), attends=(False, True, True), context=512):
        super().__init__()
        self.factors, self.attends, self.each = factors, attends, 2
        embedding = channels * 4
        self.te1 = nn.Linear(channels, embedding)
        self.te2 = nn.Linear(embedding, embedding)
        self.cin = nn.Conv2d(4, channels, 3, padding=1)
        # Down and up: residual blocks, transformers, changes of size.
        for name in ("dr", "da", "ds", "ur", "ua", "us"):
            setattr(self, name, nn.ModuleList())

        now, skips = channels, [channels]
        for level, factor in enumerate(factors):
            for _ in range(self.each):
                self.dr.append(Residual(now, channels * factor, embedding))
                now = channels * factor
                skips.append(now)
                if attends[level]:
                    self.da.append(Transformer(now, context))
            if level < len(factors) - 1:
                self.ds.append(nn.Conv2d(now, now, 3, stride=2, padding=1))
                skips.append(now)
        self.m1 = Residual(now, now, embedding)
        self.ma = Transformer(now, context)
        self.m2 = Residual(now, now, embedding)
        for level, factor in reversed(list(enumerate(factors))):
            for _ in range(self.each + 1):
                self.ur.append(Residual(now + skips.pop(), channels * factor, embedding))
                now = channels * factor
                if attends[level]:
                    self.ua.append(Transformer(now, context))
            if level > 0:
                self.us.append(nn.Conv2d(now, now, 3, padding=1))
        self.no = nn.GroupNorm(GROUPS, now)
        self.co = nn.Conv2d(now, 4, 3, padding=1)

    def forward(self, x, temb, context):
        embedding = self.te2(F.silu(self.te1(temb)))
        blocks, attentions, halvings = iter(self.dr), iter(self.da), iter(self.ds)
        h = self.cin(x)
        skips = [h]
        for level in range(len(self.factors)):
            for _ in range(self.each):
                h = next(blocks)(h, embedding)
                if self.attends[level]:
                    h = next(attentions)(h, context)
                skips.append(h)
            if level < len(self.factors) - 1:
                h = next(halvings)(h)
                skips.append(h)
        h = self.m2(self.ma(self.m1(h, embedding), context), embedding)
        blocks, attentions, doublings = iter(self.ur), iter(self.ua), iter(self.us)
        for level in reversed(range(len(self.factors))):
            for _ in range(self.each + 1):
                h = next(blocks)(torch.cat([h, skips.pop()], 1), embedding)
                if self.attends[level]:
                    h = next(attentions)(h, context)
            if level > 0:
                h = next(doublings)(F.interpolate(h, scale_factor=2, mode="nearest"))
        return self.co(F.silu(self.no(h)))


def geglu(x):
    value, gate = x.chunk(2, -1)
    return value * F.gelu(gate)


def unet_input(batch, dtype=torch.float32):
    x = torch.randn(batch, 4, 64, 64, dtype=dtype)
    return x, torch.randn(batch, 128, dtype=dtype), torch.randn(batch, 77, 512, dtype=dtype)


def settle():
    if ON_GPU:
        torch.cuda.synchronize()


def median(work, budget, warm=2):
    """Milliseconds; at least three runs, then as many as fit into the seconds of the budget."""
    for _ in range(warm):
        work()
    settle()
    times, start = [], time.monotonic()
    while len(times) < 3 or (len(times) < 50 and time.monotonic() - start < budget):
        begin = time.perf_counter()
        work()
        settle()
        times.append(1e3 * (time.perf_counter() - begin))
    return statistics.median(times)


def operations(dtype):
    """Name and work of each operation; its operands are made when it is asked for."""

    def random(*shape):
        return torch.randn(*shape, dtype=dtype)

    def matmul(m, k, n):
        a, b = random(m, k), random(k, n)
        return lambda: a @ b

    def conv(batch, channels, size, kernel):
        x = random(batch, channels, size, size)
        weight, bias = random(channels, channels, kernel, kernel), random(channels)
        return lambda: F.conv2d(x, weight, bias, padding=kernel // 2)

    def attention():
        q, k, v = (random(1, 16, 4096, 40) for _ in range(3))
        return lambda: F.scaled_dot_product_attention(q, k, v)

    def group_norm():
        x, gamma, beta = random(1, 320, 64, 64), random(320), random(320)
        return lambda: F.silu(F.group_norm(x, GROUPS, gamma, beta))

    def layer_norm():
        x, gamma, beta = random(4096, 320), random(320), random(320)
        return lambda: F.layer_norm(x, (320,), gamma, beta)

    def gated():
        x = random(4096, 2560)
        return lambda: geglu(x)

    yield "matmul 4096x320x1280", lambda: matmul(4096, 320, 1280)
    yield "matmul 2048x2048x2048", lambda: matmul(2048, 2048, 2048)
    yield "conv3x3 1x320x64x64", lambda: conv(1, 320, 64, 3)
    yield "conv3x3 2x128x64x64", lambda: conv(2, 128, 64, 3)
    yield "conv3x3 2x256x32x32", lambda: conv(2, 256, 32, 3)
    yield "conv1x1 1x320x64x64", lambda: conv(1, 320, 64, 1)
    yield "attention 16x4096x40", attention
    yield "group norm + silu 1x320x64x64", group_norm
    yield "layer norm 4096x320", layer_norm
    yield "geglu 4096x2560", gated


def forward_rows(wanted):
    with torch.inference_mode():
        for precision, dtype in PRECISIONS.items():
            for name, make in operations(dtype):
                if wanted(f"{name} {precision}"):
                    row(f"{name} {precision}", median(make(), budget=1.0))
            names = {batch: f"unet forward B{batch} {precision}" for batch in (1, 2)}
            if any(wanted(name) for name in names.values()):
                unet = UNet().to(dtype).eval()
                for batch, name in names.items():
                    if wanted(name):
                        arguments = unet_input(batch, dtype)
                        row(name, median(lambda: unet(*arguments), budget=4.0))
                        if ON_GPU:
                            compiled = torch.compile(unet)
                            row(f"{name} compiled", median(lambda: compiled(*arguments), budget=4.0))


def train(batch, precision):
    """A step with AdamW; the peak is that of the whole process, so each case has one of its own."""
    unet, arguments = UNet(), unet_input(batch)
    target = torch.randn(batch, 4, 64, 64)
    optimizer = torch.optim.AdamW(unet.parameters(), 1e-4)

    def step():
        with torch.autocast(DEVICE, torch.bfloat16, enabled=precision == "bf16"):
            loss = F.mse_loss(unet(*arguments).float(), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    name = f"unet training step B{batch} {precision}"
    row(name, median(step, budget=10.0, warm=1))
    peak = torch.cuda.max_memory_allocated() / 2**20 if ON_GPU else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    row(f"{name} peak MiB", peak)


def training_rows(wanted, threads):
    for batch, precision in TRAINING:
        if wanted(f"unet training step B{batch} {precision}"):
            case = [sys.executable, __file__, "--threads", str(threads), "train", str(batch), precision]
            subprocess.run(case, check=True)


def save(folder):
    from safetensors.torch import save_file

    unet = UNet().eval()
    x, temb, context = unet_input(1)
    with torch.inference_mode():
        y = unet(x, temb, context)
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: weight.contiguous() for name, weight in unet.state_dict().items()}
    save_file(weights, folder / "unet.safetensors")
    save_file({"x": x, "temb": temb, "context": context, "y": y}, folder / "io.safetensors")


def row(name, value):
    print(f"{name}\t{value:.3f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description="PyTorch's times on the CPU")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", default="", help="rows whose name contains this")
    parser.add_argument("--quick", action="store_true", help="without the training steps")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("save", help="write the U-Net's weights, input and output").add_argument("folder", type=Path)
    case = commands.add_parser("train", help="one training case in this process")
    case.add_argument("batch", type=int)
    case.add_argument("precision", choices=PRECISIONS)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    torch.set_default_device(DEVICE)
    if options.command == "save":
        save(options.folder)
    elif options.command == "train":
        train(options.batch, options.precision)
    else:
        forward_rows(lambda name: options.only in name)
        if not options.quick:
            training_rows(lambda name: options.only in name, options.threads)


if __name__ == "__main__":
    main()
