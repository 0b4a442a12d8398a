# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The logits of a causal model as generation computes them, in chunks and steps with caches, against those of its forward entry:
# prompts shorter and longer than a chunk, whole chunks and remainders, several sequences at once at different positions; of an
# encoder-decoder each with a source of its own. And text: what `generate` writes is what greedy choices, or beams, from the
# forward entry give.
# Usage: decode-equals-forward.py MODEL.mlir WORK [--tolerance=X] [ternc options]
import json
import math
import shutil
import sys
from pathlib import Path

from tensors import read_shaped, run

MODEL, WORK = Path(sys.argv[1]), Path(sys.argv[2])
OPTIONS = [option for option in sys.argv[3:] if not option.startswith("--tolerance=")]
HAS_SOURCE = 'tern.role = "source"' in MODEL.read_text()
TOLERANCE = next((float(option.split("=")[1]) for option in sys.argv[3:] if option.startswith("--tolerance=")), 1e-5)
LENGTH, CHUNK, SOURCE = 40, 8, 24
BEGIN, END = 257, 258  # of the tokenizer of bytes
# slots -> tokens of the prompts, by turns: one token, less than a chunk, a chunk, a chunk and a remainder, chunks, all.
PROMPTS = {1: [1, 5, 8, 19, 32, 40], 3: [3, 8, 17, 30, 2, 40, 11]}


def compile_for(slots):
    program = WORK / f"slots-{slots}"
    objective = ["--objective=seq2seq", f"--define=source={SOURCE}"] if HAS_SOURCE else ["--objective=causal-lm"]
    run("ternc", MODEL, *objective, "--batch=1", f"--seq={LENGTH}", f"--slots={slots}", f"--prefill={CHUNK}", *OPTIONS,
        "-o", program)
    return program


def random_tokens(rows, vocabulary, length=LENGTH):
    state, tokens = 12345, []
    for _ in range(rows * length):
        state = state * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
        tokens.append((state >> 33) % vocabulary)
    return [tokens[row * length:(row + 1) * length] for row in range(rows)]


def random_batch(rows, vocabulary):
    """Sources of an encoder-decoder have different lengths."""
    batch = {"tokens": random_tokens(rows, vocabulary)}
    if HAS_SOURCE:
        batch["source"] = random_tokens(rows, vocabulary, SOURCE)
        batch["source_lengths"] = [1 + 7 * (row + 2) % SOURCE for row in range(rows)]
    return batch


def forward(program, weights, batch, name, *options):
    """Shape and logits."""
    source, out = WORK / f"{name}.json", WORK / f"{name}.safetensors"
    source.write_text(json.dumps(batch))
    run(program, "forward", "--weights", weights, "--input", source, "--out", out, *options)
    return read_shaped(out)["logits"]


def compare(program, weights, slots, vocabulary):
    prompts = PROMPTS[slots]
    batch = random_batch(len(prompts), vocabulary)
    shape, expected = forward(program, weights, batch, f"whole-{slots}")
    if shape != [len(prompts), LENGTH, vocabulary]:
        sys.exit(f"logits of shape {shape}")
    _, actual = forward(program, weights, batch, f"steps-{slots}", "--steps", ",".join(map(str, prompts)))
    worst, largest = 0.0, 0.0
    for row, prompt in enumerate(prompts):
        for token in range(prompt - 1, LENGTH):
            first = (row * LENGTH + token) * vocabulary
            for a, e in zip(actual[first:first + vocabulary], expected[first:first + vocabulary], strict=True):
                worst, largest = max(worst, abs(a - e)), max(largest, abs(e))
    print(f"{slots} slots: worst difference {worst:.2e} of logits up to {largest:.2f}")
    if not worst <= TOLERANCE * max(largest, 1.0) or largest < 0.05:
        sys.exit("steps and the whole sequence disagree")


def next_rows(program, weights, sequences, vocabulary, source=None):
    """The logits behind each of the sequences, by the forward entry alone."""
    batch = {"tokens": [tokens + [0] * (LENGTH - len(tokens)) for tokens in sequences]}
    if source:
        batch |= {"source": [source + [0] * (SOURCE - len(source))] * len(sequences), "source_lengths": [len(source)] * len(sequences)}
    _, logits = forward(program, weights, batch, "next")
    firsts = [(row * LENGTH + len(tokens) - 1) * vocabulary for row, tokens in enumerate(sequences)]
    return [logits[first:first + vocabulary].tolist() for first in firsts]


def greedy_text(program, weights, prompt, count, vocabulary):
    tokens = list(prompt)
    for _ in range(count):
        row, = next_rows(program, weights, [tokens], vocabulary)
        tokens.append(row.index(max(row)))
    return tokens[len(prompt):]


def search(program, weights, source, width, count, vocabulary, alpha=0.6):
    """Beam search with length penalty: the ids without begin and end."""
    def penalty(length):
        return ((5 + length) / 6) ** alpha

    beams, ended = [([BEGIN], 0.0)], []
    for _ in range(count):
        candidates = []
        for (tokens, score), row in zip(beams, next_rows(program, weights, [tokens for tokens, _ in beams], vocabulary, source)):
            norm = max(row) + math.log(sum(math.exp(logit - max(row)) for logit in row))
            allowed = sorted((norm - row[i], i) for i in [*range(256), END])
            candidates += [(tokens + [i], score - loss) for loss, i in allowed[:2 * width]]
        candidates.sort(key=lambda candidate: -candidate[1])
        if width == 1:
            candidates = candidates[:1]
        beams = []
        for tokens, score in candidates:
            if len(beams) == width:
                break
            (ended if tokens[-1] == END else beams).append((tokens, score))
        best = max((score / penalty(len(tokens) - 1) for tokens, score in ended), default=-math.inf)
        if not beams or beams[0][1] / penalty(count) <= best:
            break
    tokens, _ = max(ended or beams, key=lambda beam: beam[1] / penalty(len(beam[0]) - 1))
    return [token for token in tokens[1:] if token != END]


def check_text(program, expected, *options):
    line = json.loads(run(program, "generate", "--tokenizer", "bytes", *options, "--json"))
    if line["text"].encode() != bytes(expected).decode(errors="replace").encode():
        sys.exit(f"generated {line['text']!r}, expected {bytes(expected)!r}")


def check_search(programs, weights, vocabulary):
    source, count = "a source of words", 12
    for slots, width in [(1, 1), (3, 3), (3, 2)]:
        program = programs[slots]
        expected = search(program, weights, list(source.encode()), width, count, vocabulary)
        check_text(program, expected, "--weights", weights, "--prompt", source, "--max-tokens", count, "--beam", width)


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
    rows = random_batch(1, vocabulary)
    batch.write_text(json.dumps(rows | {"targets": [row[1:] + [-100] for row in rows["tokens"]]}))
    run(programs[1], "train", "--input", batch, "--out", WORK / "run", "--steps", 12, "--lr", 3e-3, "--save-every", 0, "--json")
    weights = WORK / "run" / "model.safetensors"
    for slots, program in programs.items():
        compare(program, weights, slots, vocabulary)
    if HAS_SOURCE:
        check_search(programs, weights, vocabulary)
    if vocabulary == 256:
        prompt, count = "A prompt of more than one chunk", 9
        expected = greedy_text(programs[1], weights, prompt.encode(), count, vocabulary)
        check_text(programs[1], expected, "--weights", weights, "--prompt", prompt, "--max-tokens", count)


main()
