# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# One model compiled in several ways gives the same loss and gradients: the plain loops of -O0 are the reference.
# Usage: gpt2-levels.py MODEL.mlir WORK
import json
import math
import subprocess
import sys
from pathlib import Path

MODEL, WORK = Path(sys.argv[1]), Path(sys.argv[2])
SIZES = {"n_layer": 2, "d_model": 48, "n_head": 3, "vocab": 67, "context": 24}
BATCH, SEQ = 3, 19  # no multiple of any vector
VARIANTS = {"fast": ["-O3"], "recomputed": ["-O3", "--remat=layer"], "narrow": ["-O3", "--mcpu=x86-64-v3"]}
TOLERANCE = 1e-4


def run(*command):
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout


def gradients(name, options):
    program = WORK / name
    defines = [f"--define={key}={value}" for key, value in SIZES.items()]
    run("ternc", MODEL, "--objective=causal-lm", f"--batch={BATCH}", f"--seq={SEQ}", *defines, *options, "-o", program)
    out = WORK / f"{name}.safetensors"
    record = json.loads(run(program, "grad", "--input", WORK / "batch.json", "--seed", 3, "--out", out, "--json").splitlines()[0])
    return record["loss"], read_f32(out)


def read_f32(path):
    import struct
    blob = path.read_bytes()
    size = struct.unpack("<Q", blob[:8])[0]
    tensors = {}
    for name, entry in json.loads(blob[8:8 + size]).items():
        if name not in ("__metadata__", "loss"):
            first, last = entry["data_offsets"]
            tensors[name] = struct.unpack(f"<{(last - first) // 4}f", blob[8 + size + first:8 + size + last])
    return tensors


def norm(values):
    return math.sqrt(sum(value * value for value in values))


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    ids = [[(7 * row + 5 * column * column) % SIZES["vocab"] for column in range(SEQ + 1)] for row in range(BATCH)]
    batch = {"tokens": [row[:-1] for row in ids], "targets": [row[1:] for row in ids]}
    (WORK / "batch.json").write_text(json.dumps(batch))
    loss, reference = gradients("plain", ["-O0"])
    scale = norm([norm(values) for values in reference.values()])
    for name, options in VARIANTS.items():
        other, tensors = gradients(name, options)
        error = max(norm([a - b for a, b in zip(tensors[key], reference[key], strict=True)]) /
                    max(norm(reference[key]), 1e-6 * scale) for key in reference)
        print(f"{name}: loss {abs(other - loss) / loss:.1e}, gradients {error:.1e}, at most {TOLERANCE:.0e}")
        if not (abs(other - loss) <= TOLERANCE * loss and error <= TOLERANCE):
            sys.exit(f"{name} disagrees with -O0")


main()
