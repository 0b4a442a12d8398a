# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Published checkpoints, imported and run: parameter counts of full-size configurations; activations at the head of nano-sort;
# logits of a LLaMA of 260 thousand parameters as PyTorch computes them; the greedy text of two llama2.c models, token for token,
# as the forward entry and as generation compute it. Usage: import.py DATA WORK
import json
import sys
from pathlib import Path

from tensors import check, read, run

DATA, WORK = Path(sys.argv[1]), Path(sys.argv[2])
COUNTS = {"gpt2.json": 124439808, "gpt2-medium.reconstructed.json": 354823168, "gpt2-large.json": 774030080,
          "distilgpt2.old-style.json": 81912576, "Llama-2-7b-hf.json": 6738415616, "Llama-2-7b-chat-hf.json": 6738415616,
          "TinyLlama-1.1B-Chat-v1.0.json": 1100048384, "SmolLM2-135M.json": 134515008, "SmolLM-135M-Instruct.json": 134515008,
          "MiniMind2-Small.json": 25829888, "bert-base-uncased.json": 109482240, "all-MiniLM-L6-v2.json": 22713216,
          "gte-small.json": 33360000, "t5-small.json": 60506624}


def check_counts():
    for name, count in COUNTS.items():
        report = run("ternc", "import", DATA / "configs" / name, "-o", WORK / "model.mlir")
        print(name, report.splitlines()[0])
        if f": {count} parameters" not in report:
            sys.exit(f"{name}: {count} parameters were published")


def compile_import(source, name, *options):
    run("ternc", "import", source, "-o", WORK / f"{name}.mlir")
    run("ternc", WORK / f"{name}.mlir", *options, "-o", WORK / name)
    return WORK / name


def logits(program, weights, tokens):
    (WORK / "tokens.json").write_text(json.dumps({"tokens": tokens}))
    run(program, "forward", "--weights", weights, "--input", WORK / "tokens.json", "--out", WORK / "out.safetensors")
    return read(WORK / "out.safetensors")["logits"]


def rows(values, width):
    return [list(map(int, values[i:i + width])) for i in range(0, len(values), width)]


def largest(actual, expected):
    return max(abs(a - e) for a, e in zip(actual, expected, strict=True))


def check_nano_sort():
    published = read(DATA / "nano_sort/partials.safetensors")
    program = compile_import(DATA / "nano_sort", "nano", "--batch=3", "--seq=11")
    actual = logits(program, DATA / "nano_sort", rows(published["idx"], 11))
    check("nano-sort, largest error of a logit", largest(actual, published["lm_head"]), 1e-5)


def check_stories():
    reference = read(DATA / "torch_ref/stories260K.f64.safetensors")
    program = compile_import(DATA / "stories260K/hf", "stories", "--batch=4", "--seq=64")
    actual = logits(program, DATA / "stories260K/hf", rows(reference["x"], 64))
    check("stories260K, largest error of a logit", largest(actual, reference["logits"]), 1e-4)
    for file in ("stories260K.bin", "stories260K_v1.bin"):
        if logits(program, DATA / "stories260K" / file, rows(reference["x"], 64)) != actual:
            sys.exit(f"{file} gives other logits than the safetensors file")


def greedy(values, vocabulary):
    """The most likely next token behind every position."""
    rows = (values[at:at + vocabulary] for at in range(0, len(values), vocabulary))
    return [max(range(vocabulary), key=row.__getitem__) for row in rows]


def check_greedy(name, vocabulary):
    """If every prefix of the published ids is followed by the published next one, the text is the published one."""
    ids = list(map(int, (DATA / name / f"{name}_greedy_ids.txt").read_text().split()))
    program = compile_import(DATA / name / f"{name}.bin", name, "--objective=causal-lm", f"--seq={len(ids)}", "--prefill=32")
    actual = greedy(logits(program, DATA / name / f"{name}.bin", [ids]), vocabulary)
    run(program, "forward", "--weights", DATA / name / f"{name}.bin", "--input", WORK / "tokens.json", "--out", WORK / "steps.safetensors",
        "--steps", 1)
    stepped = greedy(read(WORK / "steps.safetensors")["logits"], vocabulary)
    for what, tokens in (("forward", actual), ("prefill and decode", stepped)):
        matching = sum(a == e for a, e in zip(tokens, ids[1:]))
        print(f"{name}: {matching} of {len(ids) - 1} published tokens by {what}")
        if matching != len(ids) - 1:
            sys.exit("the greedy text differs")


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    check_counts()
    check_nano_sort()
    check_stories()
    check_greedy("stories260K", 512)
    check_greedy("stories15M", 32000)


main()
