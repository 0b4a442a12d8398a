# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A published LLaMA of 260 thousand parameters, grouped-query and tied: logits, loss, every gradient and ten AdamW steps, computed by
# PyTorch in f32 and f64. Usage: llama2-reference.py MODEL.mlir DATA WORK
import json
import sys
from pathlib import Path

from tensors import check, difference, read, run

MODEL, DATA, WORK = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
WEIGHTS = DATA / "stories260K/hf/model.safetensors"
SIZES = {"vocab": 512, "d_model": 64, "n_layer": 5, "n_head": 8, "n_kv_head": 4, "head_dim": 8, "d_ff": 172}
BATCH, SEQ = 4, 64
# Relative, of tensors by norm.
TOLERANCES = {"f64": 1e-9, "f32": 1e-4}


def rows(values):
    return [list(map(int, values[i:i + SEQ])) for i in range(0, len(values), SEQ)]


def compile_program(precision):
    program = WORK / f"llama2-{precision}"
    defines = [f"--define={name}={value}" for name, value in SIZES.items()]
    run("ternc", MODEL, "--objective=causal-lm", f"--batch={BATCH}", f"--seq={SEQ}", f"--precision={precision}", *defines,
        "-o", program)
    return program


def check_logits(program, precision, reference):
    run(program, "forward", "--weights", WEIGHTS, "--input", WORK / "tokens.json", "--out", WORK / "out.safetensors")
    check(f"{precision} logits", difference(read(WORK / "out.safetensors")["logits"], reference["logits"]), TOLERANCES[precision])


def check_gradients(program, precision, reference):
    line = run(program, "grad", "--weights", WEIGHTS, "--input", WORK / "batch.json", "--out", WORK / "gradients.safetensors", "--json")
    loss = json.loads(line.splitlines()[0])["loss"]
    check(f"{precision} loss", abs(loss - reference["loss"][0]) / reference["loss"][0], TOLERANCES[precision])
    actual = read(WORK / "gradients.safetensors")
    expected = {name.removeprefix("grad.model."): values for name, values in reference.items() if name.startswith("grad.")}
    if missing := sorted(set(expected) - set(actual)):
        sys.exit(f"no gradient of {', '.join(missing)}")
    worst = max((difference(actual[name], values), name) for name, values in expected.items())
    check(f"{precision} gradients, worst of {len(expected)} ({worst[1]})", worst[0], TOLERANCES[precision])


def check_training(program, precision):
    published = json.loads((DATA / "torch_ref/stories260K.json").read_text())
    lines = run(program, "train", "--weights", WEIGHTS, "--input", WORK / "batch.json", "--steps", 10, "--schedule", "constant",
                "--warmup", 0, "--lr", published["lr"], "--beta1", published["betas"][0], "--beta2", published["betas"][1],
                "--epsilon", published["eps"], "--weight-decay", published["weight_decay"], "--decay-all", "--clip", 0,
                "--json").splitlines()
    losses = [record["loss"] for record in map(json.loads, lines) if "loss" in record]
    expected = published[f"losses_{precision}"]
    if len(losses) != len(expected):
        sys.exit(f"{len(losses)} losses, {len(expected)} expected")
    check(f"{precision} losses", max(abs(a - e) / e for a, e in zip(losses, expected)), TOLERANCES[precision])


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    for precision in TOLERANCES:
        program = compile_program(precision)
        reference = read(DATA / f"torch_ref/stories260K.{precision}.safetensors")
        tokens, targets = rows(reference["x"]), rows(reference["y"])
        (WORK / "tokens.json").write_text(json.dumps({"tokens": tokens}))
        (WORK / "batch.json").write_text(json.dumps({"tokens": tokens, "targets": targets}))
        check_logits(program, precision, reference)
        check_gradients(program, precision, reference)
        check_training(program, precision)


main()
