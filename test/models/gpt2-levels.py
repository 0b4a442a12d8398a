# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# One model compiled in several ways gives the same loss and gradients: the plain loops of -O0 are the reference.
# Usage: gpt2-levels.py MODEL.mlir WORK vectors|tiles
import json
import math
import subprocess
import sys
from pathlib import Path

MODEL, WORK = Path(sys.argv[1]), Path(sys.argv[2])
SIZES = {"n_layer": 2, "d_model": 48, "n_head": 3, "vocab": 67, "context": 24}
BATCH, SEQ = 3, 19  # no multiple of any vector
EMULATED = "--mcpu=x86-64-v4+avx512bf16+emulated-amx"
# Per precision: the tolerance of the loss, that of gradients, and the ways to compile.
VARIANTS = {"f32": (1e-4, 1e-4, {"fast": [], "recomputed": ["--remat=layer"],
                                 "selective": ["--remat=selective"], "avx2": ["--mcpu=x86-64-v3"],
                                 "tiles": [EMULATED, "--f32=split6"], "tiles-fewer": [EMULATED, "--f32=split3"]}),
            # Against products of f32: what bf16 costs, for every way.
            "bf16": (2e-3, 3e-2, {"fast": [], "plain": ["-O0"], "recomputed": ["--remat=layer"],
                                  "selective": ["--remat=selective"], "avx2": ["--mcpu=x86-64-v3"], "tiles": [EMULATED]})}


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


def has_avx512():
    return "avx512_bf16" in Path("/proc/cpuinfo").read_text()


def norm(values):
    return math.sqrt(sum(value * value for value in values))


def main():
    if sys.argv[3] == "tiles" and not has_avx512():
        print("tile registers are emulated with AVX-512, which this machine has not: nothing to compare")
        return
    WORK.mkdir(parents=True, exist_ok=True)
    ids = [[(7 * row + 5 * column * column) % SIZES["vocab"] for column in range(SEQ + 1)] for row in range(BATCH)]
    batch = {"tokens": [row[:-1] for row in ids], "targets": [row[1:] for row in ids]}
    (WORK / "batch.json").write_text(json.dumps(batch))
    loss, reference = gradients("plain", ["-O0"])
    scale = norm([norm(values) for values in reference.values()])
    for precision, (of_loss, of_gradients, ways) in VARIANTS.items():
        for name, options in ways.items():
            if (EMULATED in options) != (sys.argv[3] == "tiles"):
                continue
            other, tensors = gradients(f"{precision}-{name}", [f"--precision={precision}", *options])
            error = max(norm([a - b for a, b in zip(tensors[key], reference[key], strict=True)]) /
                        max(norm(reference[key]), 1e-3 * scale) for key in reference)
            print(f"{precision} {name}: loss {abs(other - loss) / loss:.1e} of {of_loss:.0e}, "
                  f"gradients {error:.1e} of {of_gradients:.0e}")
            if not (abs(other - loss) <= of_loss * loss and error <= of_gradients):
                sys.exit(f"{precision} {name} disagrees with -O0")


main()
