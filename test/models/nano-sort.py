# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A published model against published numbers: logits of a third party, and loss, gradients and ten AdamW steps computed by
# PyTorch in f32 and f64. Usage: nano-sort.py MODEL.mlir DATA WORK
import json
import sys
from pathlib import Path

from tensors import check, difference, read, run

MODEL, DATA, WORK = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
WEIGHTS = DATA / "nano_sort/model.safetensors"
IGNORED = -100
# precision -> greatest relative error of gradients (by norm) and of losses. The model is converged, its gradients are tiny
# differences: PyTorch's own f32 differs from its f64 by this much.
TOLERANCES = {"f64": (1e-9, 1e-9), "f32": (1e-2, 1e-3)}


def rows(values, width):
    return [list(map(int, values[i:i + width])) for i in range(0, len(values), width)]


def compile_program(precision):
    program = WORK / f"nano-{precision}"
    run("ternc", MODEL, "--objective=causal-lm", "--batch=4", "--seq=11", f"--precision={precision}", "-o", program)
    return program


def check_logits(program):
    published = read(DATA / "nano_sort/partials.safetensors")
    logits = []
    for row in rows(published["idx"], 11):
        (WORK / "tokens.json").write_text(json.dumps({"tokens": [row]}))
        run(program, "forward", "--weights", WEIGHTS, "--input", WORK / "tokens.json", "--out", WORK / "out.safetensors")
        logits += read(WORK / "out.safetensors")["logits"]
    check("largest error of a logit", max(abs(a - e) for a, e in zip(logits, published["lm_head"], strict=True)), 1e-5)


def slice_of_layer(values, size, layer):
    """Layer `layer` of (B, L, ...) for B = 3 sequences, where one layer of all of them has `size` numbers."""
    per_row, layers = size // 3, len(values) // size
    starts = [(row * layers + layer % layers) * per_row for row in range(3)]
    return [value for start in starts for value in values[start:start + per_row]]


def check_activations():
    """Every published activation that the model keeps as one value. Inside the layers they are stacked; the published
    ones are of layer 0, and block0, block1, block2 are what each layer returns."""
    program = WORK / "nano-taps"
    run("ternc", MODEL, "--objective=causal-lm", "--batch=3", "--seq=11", "--taps", "-o", program)
    published = read(DATA / "nano_sort/partials.safetensors")
    (WORK / "tokens.json").write_text(json.dumps({"tokens": rows(published["idx"], 11)}))
    run(program, "forward", "--weights", WEIGHTS, "--input", WORK / "tokens.json", "--out", WORK / "taps.safetensors")
    taps = read(WORK / "taps.safetensors")
    targets = [(name, name, 0) for name in taps if name != "logits"]
    targets += [("logits", "lm_head", 0)] + [("mlpResid", f"block{layer}", layer) for layer in range(3)]
    worst = 0.0
    for tap, name, layer in targets:
        expected = published[name]
        actual = slice_of_layer(taps[tap], len(expected), layer)
        worst = max(worst, max(abs(a - e) for a, e in zip(actual, expected, strict=True)))
    check(f"largest error of {len(targets)} activations", worst, 1e-5)


def check_gradients(program, precision, reference, batch):
    run(program, "grad", "--weights", WEIGHTS, "--input", batch, "--out", WORK / "gradients.safetensors")
    actual = read(WORK / "gradients.safetensors")
    expected = {name.removeprefix("grad.").removeprefix("transformer."): values
                for name, values in reference.items() if name.startswith("grad.")}
    if missing := sorted(set(expected) - set(actual)):
        sys.exit(f"no gradient of {', '.join(missing)}")
    worst = max((difference(actual[name], values), name) for name, values in expected.items())
    check(f"{precision} gradients, worst of {len(expected)} ({worst[1]})", worst[0], TOLERANCES[precision][0])


def check_training(program, precision, batch):
    published = json.loads((DATA / "torch_ref/nano_sort.json").read_text())
    lines = run(program, "train", "--weights", WEIGHTS, "--input", batch, "--steps", 10, "--schedule", "constant",
                "--warmup", 0, "--lr", published["lr"], "--beta1", published["betas"][0], "--beta2", published["betas"][1],
                "--epsilon", published["eps"], "--weight-decay", published["weight_decay"], "--decay-all", "--clip", 0,
                "--json").splitlines()
    losses = [record["loss"] for record in map(json.loads, lines) if "loss" in record]
    expected = published[f"losses_{precision}"]
    if len(losses) != len(expected):
        sys.exit(f"{len(losses)} losses, {len(expected)} expected")
    check(f"{precision} losses", max(abs(a - e) / e for a, e in zip(losses, expected)), TOLERANCES[precision][1])


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    check_activations()
    for precision in TOLERANCES:
        program = compile_program(precision)
        reference = read(DATA / f"torch_ref/nano_sort.{precision}.safetensors")
        targets = [[IGNORED if target < 0 else target for target in row] for row in rows(reference["y"], 11)]
        batch = WORK / "batch.json"
        batch.write_text(json.dumps({"tokens": rows(reference["x"], 11), "targets": targets}))
        check_logits(program)
        check_gradients(program, precision, reference, batch)
        check_training(program, precision, batch)


main()
