# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A model whose linears of one input the compiler packs, against the same model with plain products, which it leaves alone:
# the same initial weights, losses, gradients, checkpoints and optimizer states, under the same names.
# Usage: separate-qkv.py MODEL.mlir WORK
import json
import math
import re
import shutil
import sys
from pathlib import Path

from tensors import check, read_shaped, run

MODEL, WORK = Path(sys.argv[1]), Path(sys.argv[2])
# precision -> greatest relative error of losses, and of tensors by norm: sums run in another order.
TOLERANCES = {"f64": (1e-13, 1e-11), "f32": (1e-6, 1e-4)}
PACKED = re.compile(r'%(\w+) = tern\.linear (%\w+) "([\w.]*(?:q|k|v|gate|up)_proj)" out (.+?)( bias)? out_in (normal\(.*?\)) : !act')
BATCH = {"tokens": [[3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8], [2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5]]}
# The large epsilon keeps Adam from blowing up rounding errors: gradients of k's bias are zero but for them.
TRAIN = ("--schedule", "constant", "--warmup", 0, "--weight-decay", 0.1, "--epsilon", 1e-3, "--save-every", 0, "--json")


def check_equal(what, actual, expected):
    if actual != expected:
        sys.exit(f"{what}: {actual}, expected {expected}")


def plain(match):
    """The linear as a product and a sum: operands, names and initial values stay."""
    result, x, name, out, bias, init = match.groups()
    lines = [f'%{result}_w = tern.param "{name}.weight" [{out}, @d_model] {init} : tensor<?x?xf32>',
             f"%{result}{'_xw' if bias else ''} = tern.matmul {x}, %{result}_w transpose_b : !act, tensor<?x?xf32>"]
    if bias:
        lines += [f'%{result}_b = tern.param "{name}.bias" [{out}] zeros : tensor<?xf32>',
                  f"%{result} = tern.add %{result}_xw, %{result}_b : !act, tensor<?xf32>"]
    return "\n      ".join(lines)


def compile_both(precision):
    """The program with packed parameters and the one without."""
    text, count = PACKED.subn(plain, MODEL.read_text())
    check_equal("linears that are packed", count in (3, 5), True)
    reference = WORK / "reference.mlir"
    reference.write_text(text)
    programs = []
    for model, name in ((MODEL, "packed"), (reference, "reference")):
        programs.append(WORK / f"{name}-{precision}")
        run("ternc", model, "--objective=causal-lm", "--batch=2", "--seq=12", f"--precision={precision}", "-o", programs[-1])
        listing = run("ternc", model, "--objective=causal-lm", "--batch=2", "--seq=12", "--emit=model")
        check_equal(f"{name} model has packed parameters", "parts = " in listing, name == "packed")
    return programs


def compare(what, actual, expected, tolerance):
    """Two files of tensors."""
    actual, expected = read_shaped(actual), read_shaped(expected)
    check_equal(f"names of {what}", sorted(actual), sorted(expected))
    worst = 0.0
    for name, (shape, numbers) in expected.items():
        check_equal(f"shape of {name}", actual[name][0], shape)
        distance = math.sqrt(sum((a - e) ** 2 for a, e in zip(actual[name][1], numbers, strict=True)))
        worst = max(worst, distance / max(math.sqrt(sum(e * e for e in numbers)), 0.01))
    check(what, worst, tolerance)
    return actual


def losses(output):
    return [record["loss"] for record in map(json.loads, output.splitlines()) if "loss" in record]


def train(program, folder, steps, rate=0.01, *arguments):
    out = WORK / folder
    if "--resume" not in arguments:
        shutil.rmtree(out, ignore_errors=True)
    return losses(run(program, "train", "--input", WORK / "batch.json", "--out", out, "--steps", steps, "--lr", rate,
                      *TRAIN, *arguments)), out


def info(program):
    return re.search(r"[\d,]+ parameters in \d+ tensors", run(program, "info")).group()


def gradients(program):
    return WORK / f"{program.name}-gradients.safetensors"


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    shifted = [row[1:] + [-100] for row in BATCH["tokens"]]
    (WORK / "batch.json").write_text(json.dumps(BATCH | {"targets": shifted}))
    for precision, (loss_tolerance, tolerance) in TOLERANCES.items():
        packed, reference = compile_both(precision)
        check_equal("parameters", info(packed), info(reference))
        # Initial weights are a function of names and shapes: the same to the last bit.
        initial = {program: train(program, f"{program.name}-initial", 1, 0)[1] / "model.safetensors"
                   for program in (packed, reference)}
        compare(f"{precision} initial weights, {info(packed)}", initial[packed], initial[reference], 0.0)
        for program in (packed, reference):
            run(program, "grad", "--input", WORK / "batch.json", "--out", gradients(program))
        compare(f"{precision} loss and gradients", gradients(packed), gradients(reference), tolerance)
        # Six steps each, and four of the one continued by two of the other, which loads its weights and states.
        straight, folder = train(packed, f"{packed.name}-run", 6)
        expected, other = train(reference, f"{reference.name}-run", 6)
        check(f"{precision} losses", max(abs(a - e) / e for a, e in zip(straight, expected, strict=True)), loss_tolerance)
        for file in ("model", "optimizer"):
            compare(f"{precision} trained {file}", folder / f"latest/{file}.safetensors", other / f"latest/{file}.safetensors",
                    tolerance)
        _, mixed = train(packed, f"{precision}-mixed", 4)
        continued, _ = train(reference, f"{precision}-mixed", 6, 0.01, "--resume", "--allow-inexact-resume")
        check(f"{precision} losses of a continued run",
              max(abs(a - e) / e for a, e in zip(continued, expected[4:], strict=True)), loss_tolerance)


main()
