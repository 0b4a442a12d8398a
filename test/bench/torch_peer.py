# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# One piece of work in PyTorch, for test/bench/peers: says `ready` when it is set up and warm, then times the work for as many
# seconds as each line of standard input says, and answers `MEDIAN BEST WORST RUNS PEAK_BYTES`.
import argparse
import resource
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional


def causal_attention(q, k, v):
    """Of PyTorch before 2.0, which has no attention of its own."""
    positions = q.shape[-2]
    hidden = torch.ones(positions, positions, dtype=torch.bool).triu(1)
    scores = (q @ k.transpose(-2, -1)) * q.shape[-1] ** -0.5
    return torch.softmax(scores.masked_fill(hidden, float("-inf")), -1) @ v


def attend(q, k, v):
    if hasattr(functional, "scaled_dot_product_attention"):
        return functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    return causal_attention(q, k, v)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm_1, self.norm_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.attention_out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        rows, positions, width = x.shape
        heads = self.qkv(self.norm_1(x)).view(rows, positions, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        attended = attend(*heads)
        x = x + self.attention_out(attended.transpose(1, 2).reshape(rows, positions, width))
        return x + self.down(functional.gelu(self.up(self.norm_2(x)), approximate="tanh"))


class Gpt2(nn.Module):
    """The 124M model with random weights; forward gives the loss."""

    def __init__(self, vocabulary=50257, context=1024, layers=12, heads=12, width=768):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, ids, targets):
        x = self.tokens(ids) + self.positions.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        logits = functional.linear(self.norm(x), self.tokens.weight)
        return functional.cross_entropy(logits.flatten(0, 1).float(), targets.flatten())


def fastest_adamw(parameters):
    settings = {"lr": 1e-5, "weight_decay": 0.1}
    parameters = list(parameters)
    try:
        return torch.optim.AdamW(parameters, fused=True, **settings)
    except (TypeError, RuntimeError):  # on CPUs since 2.4
        return torch.optim.AdamW(parameters, foreach=True, **settings)


def training_step(options):
    model = Gpt2()
    for parameter in model.parameters():
        if parameter.dim() > 1:
            nn.init.normal_(parameter, std=0.02)
    optimizer = fastest_adamw(model.parameters())
    loss_of = torch.compile(model) if options.compile else model
    ids, targets = (torch.randint(0, 50257, (options.batch, options.seq)) for _ in range(2))

    def step():
        with torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bf16"):
            loss = loss_of(ids, targets)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return step


def attention(options):
    """scaled_dot_product_attention of 12 heads of 64 channels, forward and backward."""
    dtype = torch.bfloat16 if options.precision == "bf16" else torch.float32
    shape = (options.batch, 12, options.seq, 64)
    q, k, v = (torch.randn(shape, dtype=dtype, requires_grad=True) for _ in range(3))
    cotangent = torch.randn(shape, dtype=dtype)

    def both():
        attend(q, k, v).backward(cotangent)
        q.grad = k.grad = v.grad = None

    return torch.compile(both) if options.compile else both


def timed(work, seconds):
    times = []
    while len(times) < 1 or sum(times) < seconds:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return times


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=["train", "attention"])
    parser.add_argument("--precision", choices=["f32", "bf16"], default="f32")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--seq", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if options.compile and not hasattr(torch, "compile"):
        parser.error(f"PyTorch {torch.__version__} has no torch.compile")
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    work = {"train": training_step, "attention": attention}[options.work](options)
    work(), work()
    print("ready", torch.__version__, flush=True)
    for line in sys.stdin:
        times = timed(work, float(line))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(statistics.median(times), min(times), max(times), len(times), peak, flush=True)


main()
