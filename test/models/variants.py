# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# One program for every kind of machine: each variant that this machine can run gives the same loss and gradients within
# rounding, and the same bits at 1, 2 and 3 threads; the others are refused; a run keeps its variant when it is resumed.
# Usage: variants.py MODEL.mlir WORK
import json
import os
import subprocess
import sys
from pathlib import Path

MODEL, WORK = Path(sys.argv[1]), Path(sys.argv[2])
SIZES = {"n_layer": 2, "d_model": 48, "n_head": 3, "vocab": 257, "context": 24}
TOLERANCE = {"f32": 1e-4, "bf16": 5e-3}
PROGRAM = WORK / "program"


def attempt(*command, isa=None):
    environment = {key: value for key, value in os.environ.items() if key != "TERN_ISA"}
    if isa:
        environment["TERN_ISA"] = isa
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, env=environment)


def run(*command, isa=None):
    result = attempt(*command, isa=isa)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} (TERN_ISA={isa})\n{result.stdout}{result.stderr}")
    return result.stdout


def refused(command, words, isa=None):
    result = attempt(*command, isa=isa)
    missing = [word for word in words if word not in result.stderr]
    if result.returncode != 1 or missing:
        sys.exit(f"{command} (TERN_ISA={isa}): status {result.returncode}, {missing} not said in\n{result.stderr}")


def gradients(isa, threads):
    out = WORK / "gradients.safetensors"
    line = run(PROGRAM, "grad", "--input", WORK / "batch.json", "--seed", 3, "--threads", threads, "--out", out, "--json", isa=isa)
    return json.loads(line.splitlines()[0])["loss"], out.read_bytes()


def values(blob):
    """The gradients as one list, without the header."""
    import struct
    size = struct.unpack("<Q", blob[:8])[0]
    header, found = json.loads(blob[8:8 + size]), []
    for name in sorted(header):
        if name not in ("__metadata__", "loss"):
            first, last = header[name]["data_offsets"]
            found += struct.unpack(f"<{(last - first) // 4}f", blob[8 + size + first:8 + size + last])
    return found


def compare(usable, precision):
    tolerance = TOLERANCE[precision]
    loss, blob = gradients(usable[0], 1)
    reference = values(blob)
    scale = sum(value * value for value in reference) ** 0.5
    for isa in usable:
        other, blob = gradients(isa, 1)
        error = sum((a - b) ** 2 for a, b in zip(values(blob), reference, strict=True)) ** 0.5 / scale
        print(f"{isa}: loss {abs(other - loss) / loss:.1e}, gradients {error:.1e}, at most {tolerance:.0e}")
        if not (abs(other - loss) <= tolerance * loss and error <= tolerance):
            sys.exit(f"{isa} disagrees with {usable[0]}")
        for threads in (2, 3):
            if gradients(isa, threads) != (other, blob):
                sys.exit(f"{isa} gives other bits on {threads} threads")


def resume(usable, picked):
    """A run keeps its variant, is refused with another one, and goes on with it where that is asked for."""
    other = next(isa for isa in usable if isa != picked)
    train = [PROGRAM, "train", "--out", WORK / "run", "--steps", 2, "--schedule", "constant", "--tokenizer", "bytes"]
    run(*train, isa=other)
    more = [*train[:4], "--steps", 3, "--resume"]
    refused(more, ["cannot be continued exactly", f"the instruction set is '{picked}', the checkpoint has '{other}'"], isa=picked)
    if other not in run(*more):
        sys.exit(f"a run of {other} was resumed with another variant")
    more[more.index(3)] = 4
    if picked not in run(*more, "--allow-inexact-resume", isa=picked):
        sys.exit(f"--allow-inexact-resume did not continue with {picked}")


def build(targets, precision):
    """The program, the batch, and what the program says of its variants."""
    batch, seq = 3, 19  # no multiple of any vector
    defines = [f"--define={key}={value}" for key, value in SIZES.items()]
    run("ternc", MODEL, "--objective=causal-lm", f"--batch={batch}", f"--seq={seq}", *defines, f"--mcpu={targets}",
        f"--precision={precision}", "-o", PROGRAM)
    ids = [[(7 * row + 5 * column * column) % SIZES["vocab"] for column in range(seq + 1)] for row in range(batch)]
    (WORK / "batch.json").write_text(json.dumps({"tokens": [row[:-1] for row in ids], "targets": [row[1:] for row in ids]}))
    return json.loads(run(PROGRAM, "info", "--json"))


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    # Products of bf16 have instructions of their own on some machines.
    info = build("x86-64-v3,x86-64-v4+avx512bf16", "bf16")
    compare([variant["isa"] for variant in info["variants"] if not variant["missing"]], "bf16")

    info = build("all", "f32")
    names = [variant["isa"] for variant in info["variants"]]
    known = ["x86-64", "x86-64-v3", "x86-64-v4", "x86-64-v4 +avx512bf16 +avx512vnni"]
    if names[:4] != known or len(names) != 5 or "+amx-bf16" not in names[4]:
        sys.exit(f"--mcpu=all made {names}")
    refused([PROGRAM, "info"], ["this program has no variant 'pdp-11'", "x86-64: can be used"], isa="pdp-11")
    usable = [variant["isa"] for variant in info["variants"] if not variant["missing"]]
    for variant in info["variants"]:
        if variant["missing"]:
            refused([PROGRAM, "info"], ["cannot be used", f"this machine lacks {variant['missing']}"], isa=variant["isa"])
    for isa in usable:
        if json.loads(run(PROGRAM, "info", "--json", isa=isa))["isa"] != isa:
            sys.exit(f"TERN_ISA={isa} picked another variant")
    compare(usable, "f32")
    if len(usable) > 1:
        resume(usable, info["isa"])


main()
