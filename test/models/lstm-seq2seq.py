# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The encoder-decoder learns the strings of one batch backwards: -O3 follows -O0, threads change no bit, and what lies behind
# the end of a source changes nothing. Usage: lstm-seq2seq.py MODEL.mlir WORK
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

MODEL, WORK = Path(sys.argv[1]), Path(sys.argv[2])
ROWS, LONGEST, STEPS = 16, 6, 60
START, END, IGNORED = 11, 12, -100


def make_batch(padding):
    """Digits are 1 to 10. The padding is not to be seen."""
    numbers = random.Random(5)
    batch = {"source": [], "source_lengths": [], "tokens": [], "targets": []}
    for _ in range(ROWS):
        digits = [numbers.randint(1, 10) for _ in range(numbers.randint(2, LONGEST))]
        answer = digits[::-1] + [END]
        missing = LONGEST - len(digits)
        batch["source"].append(digits + [padding] * missing)
        batch["source_lengths"].append(len(digits))
        batch["tokens"].append([START] + answer[:-1] + [0] * missing)
        batch["targets"].append(answer + [IGNORED] * missing)
    return batch


def run(*command):
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout


def compile_program(level):
    program = WORK / f"program-{level}"
    run("ternc", MODEL, "--objective=seq2seq", f"--batch={ROWS}", f"--seq={LONGEST + 1}", "--define=vocab=13", f"--define=source={LONGEST}",
        "--define=d_model=32", f"-{level}", "-o", program)
    return program


def losses(program, batch, name, *options):
    file = WORK / f"{name}.json"
    file.write_text(json.dumps(batch))
    text = run(program, "train", "--input", file, "--steps", STEPS, "--lr", "1e-2", "--seed", "3", "--out", WORK / name, "--json", *options)
    return [record["loss"] for record in map(json.loads, text.splitlines()) if "loss" in record]


def expect(what, holds):
    print(f"{what}: {'yes' if holds else 'NO'}")
    if not holds:
        sys.exit(1)


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    fast, slow = compile_program("O3"), compile_program("O0")
    batch = make_batch(padding=0)
    reference = losses(fast, batch, "one", "--threads", 1)
    print(f"loss {reference[0]:.4f} -> {reference[-1]:.4f}")
    expect("it learns", len(reference) == STEPS and reference[0] > 2.2 and reference[-1] < 0.5 * reference[0])
    for threads in (2, 3):
        expect(f"{threads} threads, same bits", losses(fast, batch, f"threads{threads}", "--threads", threads) == reference)
    expect("padding is not seen", losses(fast, make_batch(padding=7), "padded", "--threads", 1) == reference)
    naive = losses(slow, batch, "naive", "--threads", 1)
    worst = max(abs(a - b) / b for a, b in zip(reference[:20], naive[:20], strict=True))
    print(f"largest relative difference to -O0 in 20 steps: {worst:.1e}")
    expect("-O3 follows -O0", worst < 1e-3)


main()
