# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Training is a function of program, seed and data: threads, a kill -9 and a resume do not change one bit of it.
# Usage: gpt2-bits.py MODEL.mlir WORK
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

MODEL, WORK = Path(sys.argv[1]), Path(sys.argv[2])
STEPS = 24
SETTINGS = ["--seed", "5", "--steps", str(STEPS), "--warmup", "4", "--lr", "1e-3", "--accumulate", "2", "--val-every", "0",
            "--save-every", "4", "--json"]


def train(program, out, *options):
    command = [program, "train", "--out", out, *SETTINGS, *options]
    return subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def losses(process):
    text, errors = process.communicate()
    if process.returncode != 0:
        sys.exit(f"{' '.join(process.args)}\n{errors}")
    return {record["step"]: record["loss"] for record in map(json.loads, text.splitlines()) if "loss" in record}


def kill_in_the_middle(process):
    """Reads lines until half of the steps are done, then kills; gives back the losses so far."""
    seen = {}
    for line in process.stdout:
        record = json.loads(line)
        if "loss" in record:
            seen[record["step"]] = record["loss"]
        if len(seen) >= STEPS // 2:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    return seen


def expect_equal(what, actual, expected):
    if actual != expected:
        sys.exit(f"{what}: {actual}\nexpected {expected}")
    print(f"{what}: equal to the last bit")


def weights(out):
    return (out / "model.safetensors").read_bytes()


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    program = WORK / "program"
    # Dropout on, so that random numbers are part of the claim.
    model = WORK / "model.mlir"
    text = MODEL.read_text()
    model.write_text(text.replace("causal :", "causal dropout 0.1 :"))
    if model.read_text() == text:
        sys.exit("the model has no attention to drop from")
    subprocess.run(["ternc", str(model), "--objective=causal-lm", "--batch=2", "--seq=24", "--define=n_layer=2",
                    "--define=d_model=64", "--define=n_head=4", "-o", str(program)], check=True)
    reference = losses(train(program, WORK / "one", "--threads", 1))
    for threads in (2, 3):
        expect_equal(f"{threads} threads", losses(train(program, WORK / f"threads{threads}", "--threads", threads)), reference)
        expect_equal(f"{threads} threads, weights", weights(WORK / f"threads{threads}") == weights(WORK / "one"), True)
    before = kill_in_the_middle(train(program, WORK / "killed", "--threads", 2))
    after = losses(train(program, WORK / "killed", "--threads", 2, "--resume"))
    if not after or min(after) == 1 or max(after) != STEPS:
        sys.exit(f"the resumed run did steps {sorted(after)}")
    expect_equal("killed and resumed", {**before, **after}, reference)
    expect_equal("killed and resumed, weights", weights(WORK / "killed") == weights(WORK / "one"), True)


main()
