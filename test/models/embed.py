# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The loss over 6 pairs by a program for 4 at a time, and over their parts by programs without a place that is empty.
# Usage: embed.py MODEL SCRATCH
import json
import subprocess
import sys
from pathlib import Path

model, scratch = sys.argv[1], Path(sys.argv[2])
PAIRS = ["sun\tbright", "rain\twet", "snow\tcold", "wind\tloud", "fog\tgrey", "hail\thard"]


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


def program(batch):
    path = scratch / f"batch{batch}"
    run("ternc", model, "--objective=embed", f"--batch={batch}", "--seq=8", "--quiet", "-o", path)
    return path


def evaluate(batch, pairs):
    data = scratch / "pairs.tsv"
    data.write_text("\n".join(pairs) + "\n")
    line = json.loads(run(programs[batch], "eval", "--weights", scratch / "run", "--data", data, "--json"))
    return line["loss"], line["rows"]


programs = {batch: program(batch) for batch in (2, 4)}
(scratch / "all.tsv").write_text("\n".join(PAIRS))
run("rm", "-rf", scratch / "run")
run(programs[4], "train", "--data", scratch / "all.tsv", "--val", scratch / "all.tsv", "--tokenizer", "bytes", "--steps", 3,
    "--lr", 1e-3, "--out", scratch / "run")
(whole, count), (first, _), (last, rest) = evaluate(4, PAIRS), evaluate(4, PAIRS[:4]), evaluate(2, PAIRS[4:])
expected = (4 * first + 2 * last) / 6
assert (count, rest) == (6, 2), (count, rest)
assert abs(whole - expected) < 1e-6 * expected and abs(first - last) > 0.01, (whole, expected, first, last)

# Two pairs in a program for four see each other alone.
assert abs(evaluate(4, PAIRS[4:])[0] - last) < 1e-6 * last
print(f"each of {count} pairs counts once")
