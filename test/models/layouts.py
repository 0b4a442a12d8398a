# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Programs that pack their weights when they are loaded against programs that do not: the same outputs within rounding, from a
# file, from @init and after --set, and the same bits at 1, 2 and 3 threads.
# Usage: layouts.py MODEL.mlir WORK
import json
import random
import struct
import subprocess
import sys
from pathlib import Path

MODEL, WORK = Path(sys.argv[1]), Path(sys.argv[2])
SEQ, LAYERS = 41, 3
TARGETS = ["native", "x86-64-v3", "native+emulated-amx"]
# Packing rounds as the products do, so only the order of sums may differ where tasks are cut in another way.
TOLERANCE = 1e-5
LAYER = {"q.weight": (251, 251), "k.weight": (251, 251), "v.weight": (251, 251), "up.weight": (251, 509), "down.weight": (509, 251),
         "q.bias": (251,), "k.bias": (251,), "v.bias": (251,), "up.bias": (509,)}


def attempt(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True)


def run(*command):
    result = attempt(*command)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout + result.stderr


def write_weights(path):
    shapes = {f"h.{layer}.{name}": shape for layer in range(LAYERS) for name, shape in LAYER.items()}
    shapes |= {"wte.weight": (509, 251), "head.weight": (251, 251)}
    header, data, numbers = {}, b"", random.Random(7)
    for name, shape in shapes.items():
        count = shape[0] * (shape[1] if len(shape) > 1 else 1)
        blob = struct.pack(f"<{count}f", *(numbers.gauss(0, 0.1) for _ in range(count)))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(blob)]}
        data += blob
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def forward(program, *more):
    out = WORK / "out.safetensors"
    run(program, "forward", "--input", WORK / "batch.json", "--out", out, *more)
    blob = out.read_bytes()
    size = struct.unpack("<Q", blob[:8])[0]
    count = (len(blob) - 8 - size) // 4
    return struct.unpack(f"<{count}f", blob[8 + size:8 + size + 4 * count])


def compare(what, packed, plain):
    scale = sum(value * value for value in plain) ** 0.5
    error = sum((a - b) ** 2 for a, b in zip(packed, plain, strict=True)) ** 0.5
    print(f"{what}: {error / scale:.1e}, at most {TOLERANCE:.0e}")
    if not (scale > 0 and error <= TOLERANCE * scale):
        sys.exit(f"{what}: packed and plain weights disagree")


def build(target, precision, layouts):
    program = WORK / f"{layouts}"
    said = run("ternc", MODEL, "--batch=1", f"--seq={SEQ}", f"--mcpu={target}", f"--precision={precision}", f"--layouts={layouts}",
               "--remarks=choose-layouts", "-o", program)
    return program, said


def check(target, precision, weights):
    packed, said = build(target, precision, "auto")
    plain, _ = build(target, precision, "none")
    in_parts = "amx" in target and precision == "f32"
    expected = ["'wte.weight' is read by tern_kernel.gather too"]
    expected += (["'head.weight' is multiplied as a sum of parts in bf16"] if in_parts
                 else ["'head.weight' as tensor<", "'h.{i}.up.weight' as tensor<3x"])
    if any(text not in said for text in expected):
        sys.exit(f"{target} {precision}: {expected} not all said in\n{said}")
    infos = [json.loads(run(program, "info", "--json")) for program in (packed, plain)]
    if infos[0]["parameters"] != infos[1]["parameters"]:
        sys.exit("packing changes the number of parameters")
    name = f"{target} {precision}"
    outputs = {threads: forward(packed, "--weights", weights, "--threads", threads) for threads in (1, 2, 3)}
    if len(set(outputs.values())) != 1:
        sys.exit(f"{name}: other bits on other numbers of threads")
    compare(f"{name}, from a file", outputs[1], forward(plain, "--weights", weights))
    compare(f"{name}, from @init", forward(packed), forward(plain))
    some = ["--set", "h.1.down.weight=0.25", "--set", "head.weight=0.125", "--weights", weights]
    compare(f"{name}, set", forward(packed, *some), forward(plain, *some))
    return packed, infos, in_parts


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    weights = WORK / "weights.safetensors"
    write_weights(weights)
    (WORK / "batch.json").write_text(json.dumps({"tokens": [[(7 * i * i + 3) % 509 for i in range(SEQ)]]}))
    for target in TARGETS:
        for precision in ("f32", "bf16"):
            packed, infos, in_parts = check(target, precision, weights)
            if in_parts:
                continue
            part = attempt(packed, "forward", "--input", WORK / "batch.json", "--out", WORK / "o", "--set", "h.0.q.weight=1")
            if part.returncode != 1 or "is packed together with" not in part.stderr:
                sys.exit(f"a part alone was set: {part.stdout}{part.stderr}")
    # Where the machine multiplies bf16, packed weights are bf16: half of what files hold.
    sizes = [info["memory"]["parameters"] for info in infos]
    print(f"bytes of parameters: {sizes[0]} packed, {sizes[1]} plain")
    if not sizes[0] < 0.75 * sizes[1]:
        sys.exit("packed weights of bf16 are not smaller")


main()
