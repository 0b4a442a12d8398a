# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Trains a small GPT-2 with every optimizer. Usage: optimizers.py MODEL.mlir WORK
import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path

MODEL, WORK = Path(sys.argv[1]), Path(sys.argv[2])
OPTIMIZERS = ["adamw", "adam", "sgd", "nesterov", "lion", "adafactor", "muon"]
STEPS = 40
DECAY = 0.75
# On bytes the first loss is ln 256 = 5.55. Plain descent is slower, and so are steps that are signs or relative to small weights.
BOUND = {"sgd": 4.6, "nesterov": 3.8, "lion": 5.2, "adafactor": 4.8}
OTHERS = 3.6


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def compile_with(optimizer):
    program = WORK / optimizer
    run("ternc", MODEL, "--objective=causal-lm", "--batch=4", "--seq=32", "--define=n_layer=2", "--define=d_model=64",
        "--define=n_head=4", f"--optimizer={optimizer}", "--no-decay=wpe.*", "--ema", "-o", program)
    return program


def train(program, out, steps, *options):
    text = run(program, "train", "--out", WORK / out, "--steps", steps, "--schedule", "constant", "--warmup", 5, "--seed", 3,
               "--ema-decay", DECAY, "--val-every", 0, "--json", *options)
    return [record["loss"] for record in map(json.loads, text.splitlines()) if "loss" in record]


def tensors(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    return {name: struct.unpack(f"<{(b - a) // 4}f", data[8 + size + a:8 + size + b])
            for name, (a, b) in ((name, entry["data_offsets"]) for name, entry in header.items())}


def state(out):
    return [(WORK / out / "latest" / file).read_bytes() for file in
            ("model.safetensors", "optimizer.safetensors", "ema.safetensors")]


def expect(condition, text):
    if not condition:
        sys.exit(text)
    print(text)


def check_learning(optimizer, program):
    losses = train(program, f"{optimizer}-whole", STEPS)
    bound = BOUND.get(optimizer, OTHERS)
    expect(losses[-1] < bound < losses[0], f"{optimizer}: loss from {losses[0]:.3f} to {losses[-1]:.3f}, bound {bound}")


def check_resume(optimizer, program):
    train(program, f"{optimizer}-parts", STEPS // 2, "--threads", 1)
    train(program, f"{optimizer}-parts", STEPS, "--threads", 2, "--resume")
    expect(state(f"{optimizer}-parts") == state(f"{optimizer}-whole"), f"{optimizer}: resumed with other threads, same bits")


def check_average(program):
    """The first average is the weights, the second one mixes them with the next."""
    train(program, "first", 1)
    train(program, "second", 2)
    first, second = (tensors(WORK / out / "model.safetensors") for out in ("first", "second"))
    average = tensors(WORK / "second" / "latest" / "ema.safetensors")
    expect(tensors(WORK / "first" / "latest" / "ema.safetensors") == first, "the average starts with the weights")
    worst = max(abs(DECAY * a + (1 - DECAY) * b - e) for name in average
                for a, b, e in zip(first[name], second[name], average[name]))
    moved = max(abs(a - b) for name in first for a, b in zip(first[name], second[name]))
    expect(worst < 1e-7 < 1e-4 < moved, f"the second average is off by {worst:.1e}, where weights moved by {moved:.1e}")


def check_decay(program):
    """One step: what is excluded from decay does not see it, the rest does."""
    weights = {}
    for decay in (0, 5):
        train(program, f"decay{decay}", 1, "--weight-decay", decay)
        weights[decay] = tensors(WORK / f"decay{decay}" / "model.safetensors")
    differing = {name for name in weights[0] if weights[0][name] != weights[5][name]}
    expect("wte.weight" in differing and "h.1.mlp.c_fc.weight" in differing, "matrices decay")
    expect("wpe.weight" not in differing, "what --no-decay names does not")
    expect("h.1.ln_1.weight" not in differing, "vectors do not")


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    for optimizer in OPTIMIZERS:
        program = compile_with(optimizer)
        check_learning(optimizer, program)
        check_resume(optimizer, program)
    check_average(WORK / "adamw")
    check_decay(WORK / "adamw")


main()
