# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The logits of a causal model as generation computes them, in chunks and steps with caches, against those of its forward entry:
# prompts shorter and longer than a chunk, whole chunks and remainders, several sequences at once at different positions. And
# text: what `generate` writes is what greedy choices from the forward entry give.
# Usage: decode-equals-forward.py MODEL.mlir WORK [--tolerance=X] [ternc options]
import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path

MODEL, WORK = Path(sys.argv[1]), Path(sys.argv[2])
OPTIONS = [option for option in sys.argv[3:] if not option.startswith("--tolerance=")]
TOLERANCE = next((float(option.split("=")[1]) for option in sys.argv[3:] if option.startswith("--tolerance=")), 1e-5)
FORMATS = {"F32": "f", "F64": "d"}
LENGTH, CHUNK = 40, 8
# slots -> tokens of the prompts, by turns: one token, less than a chunk, a chunk, a chunk and a remainder, chunks, all.
PROMPTS = {1: [1, 5, 8, 19, 32, 40], 3: [3, 8, 17, 30, 2, 40, 11]}


def run(*command):
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout


def read_logits(path):
    """Shape and numbers."""
    blob = path.read_bytes()
    size = struct.unpack("<Q", blob[:8])[0]
    entry = json.loads(blob[8:8 + size])["logits"]
    first, last = entry["data_offsets"]
    kind = FORMATS[entry["dtype"]]
    data = blob[8 + size + first:8 + size + last]
    return entry["shape"], struct.unpack(f"<{len(data) // struct.calcsize(kind)}{kind}", data)


def compile_for(slots):
    program = WORK / f"slots-{slots}"
    run("ternc", MODEL, "--objective=causal-lm", "--batch=1", f"--seq={LENGTH}", f"--slots={slots}", f"--prefill={CHUNK}", *OPTIONS,
        "-o", program)
    return program


def random_tokens(rows, vocabulary):
    state, tokens = 12345, []
    for _ in range(rows * LENGTH):
        state = state * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
        tokens.append((state >> 33) % vocabulary)
    return [tokens[row * LENGTH:(row + 1) * LENGTH] for row in range(rows)]


def compare(program, weights, slots, vocabulary):
    prompts = PROMPTS[slots]
    batch, whole, steps = WORK / f"batch-{slots}.json", WORK / f"whole-{slots}.safetensors", WORK / f"steps-{slots}.safetensors"
    batch.write_text(json.dumps({"tokens": random_tokens(len(prompts), vocabulary)}))
    run(program, "forward", "--weights", weights, "--input", batch, "--out", whole)
    run(program, "forward", "--weights", weights, "--input", batch, "--out", steps, "--steps", ",".join(map(str, prompts)))
    shape, expected = read_logits(whole)
    if shape != [len(prompts), LENGTH, vocabulary]:
        sys.exit(f"logits of shape {shape}")
    actual, worst, largest = read_logits(steps)[1], 0.0, 0.0
    for row, prompt in enumerate(prompts):
        for token in range(prompt - 1, LENGTH):
            first = (row * LENGTH + token) * vocabulary
            for a, e in zip(actual[first:first + vocabulary], expected[first:first + vocabulary], strict=True):
                worst, largest = max(worst, abs(a - e)), max(largest, abs(e))
    print(f"{slots} slots: worst difference {worst:.2e} of logits up to {largest:.2f}")
    if not worst <= TOLERANCE * max(largest, 1.0) or largest < 0.05:
        sys.exit("steps and the whole sequence disagree")


def greedy_text(program, weights, prompt, count, vocabulary):
    """By the forward entry alone, on a sequence that is longer by a token each time."""
    tokens = list(prompt)
    for _ in range(count):
        batch, out = WORK / "greedy.json", WORK / "greedy.safetensors"
        batch.write_text(json.dumps({"tokens": [tokens + [0] * (LENGTH - len(tokens))]}))
        run(program, "forward", "--weights", weights, "--input", batch, "--out", out)
        first = (len(tokens) - 1) * vocabulary
        row = read_logits(out)[1][first:first + vocabulary]
        tokens.append(row.index(max(row)))
    return tokens[len(prompt):]


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    programs = {slots: compile_for(slots) for slots in PROMPTS}
    info = json.loads(run(programs[1], "info", "--json"))
    vocabulary = info["vocab"]
    if info["memory"]["cache"] == 0 and "attention" in MODEL.read_text():
        sys.exit("attention keeps nothing")
    # Weights that were trained for some steps: the initial ones make small logits.
    batch = WORK / "train.json"
    rows = random_tokens(1, vocabulary)
    batch.write_text(json.dumps({"tokens": rows, "targets": [row[1:] + [-100] for row in rows]}))
    run(programs[1], "train", "--input", batch, "--out", WORK / "run", "--steps", 12, "--lr", 3e-3, "--save-every", 0, "--json")
    weights = WORK / "run" / "model.safetensors"
    for slots, program in programs.items():
        compare(program, weights, slots, vocabulary)
    if vocabulary != 256:
        return
    prompt, count = "A prompt of more than one chunk", 9
    expected = greedy_text(programs[1], weights, prompt.encode(), count, vocabulary)
    line = json.loads(run(programs[1], "generate", "--weights", weights, "--tokenizer", "bytes", "--prompt", prompt, "--max-tokens",
                          count, "--json"))
    if line["text"].encode() != bytes(expected).decode(errors="replace").encode():
        sys.exit(f"generated {line['text']!r}, expected {bytes(expected)!r}")


main()
