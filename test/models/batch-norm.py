# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Running averages of a model with batch normalisation, against the same model in f64. With a learning rate of 0 the weights
# stay as they are, and with a batch of all rows every step sees the same statistics: after n steps an average has gone
# 1 - (1 - momentum)^n of its way. Usage: batch-norm.py MODEL.mlir WORK
import json
import math
import random
import shutil
import sys
from pathlib import Path

from tensors import read, run

MODEL, WORK = Path(sys.argv[1]), Path(sys.argv[2])
ROWS, STEPS, EPS = 48, 5, 1e-5


def linear(rows, weights, name):
    weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
    width = len(bias)
    return [[bias[o] + sum(x * weight[i * width + o] for i, x in enumerate(row)) for o in range(width)] for row in rows]


def statistics(rows):
    """Mean and sum of squares around it, of every channel."""
    means = [sum(column) / len(rows) for column in zip(*rows)]
    return means, [sum((x - m) ** 2 for x in column) for column, m in zip(zip(*rows), means)]


def normalized(rows, weights, name, means, variances):
    weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
    return [[(x - m) / math.sqrt(v + EPS) * w + b for x, m, v, w, b in zip(row, means, variances, weight, bias)] for row in rows]


class Model:
    """The model of batch-norm.mlir; `seen` collects what each batch_norm sees, when it uses the statistics of its rows."""

    def __init__(self, weights, training):
        self.weights, self.training, self.seen = weights, training, {}

    def batch_norm(self, rows, name):
        means, squares = statistics(rows)
        self.seen[name] = means, [s / (len(rows) - 1) for s in squares]
        if self.training:
            return normalized(rows, self.weights, name, means, [s / len(rows) for s in squares])
        return normalized(rows, self.weights, name, self.weights[f"{name}.running_mean"], self.weights[f"{name}.running_var"])

    def forward(self, rows):
        rows = linear(rows, self.weights, "fc")
        for layer in range(2):
            rows = linear(self.batch_norm(rows, f"h.{layer}.bn"), self.weights, f"h.{layer}.fc")
            slopes = self.weights[f"h.{layer}.act.weight"]
            rows = [[x if x > 0 else s * x for x, s in zip(row, slopes)] for row in rows]
        return linear(self.batch_norm(rows, "bn"), self.weights, "out")


def check(what, actual, expected, tolerance=2e-5):
    error = max(abs(a - e) / max(1.0, abs(e)) for a, e in zip(actual, expected, strict=True))
    print(f"{what}: off by {error:.1e}")
    if not error <= tolerance:
        sys.exit(f"{what}: found {list(actual)}, expected {list(expected)}")


def check_averages(weights, features):
    model = Model(weights, training=True)
    model.forward(features)
    for name, (means, variances) in model.seen.items():
        way = 1 - (1 - (0.25 if name.startswith("h.") else 0.1)) ** STEPS
        check(f"{name}.running_mean", weights[f"{name}.running_mean"], [way * m for m in means])
        check(f"{name}.running_var", weights[f"{name}.running_var"], [1 - way + way * v for v in variances])


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    random.seed(1)
    features = [[random.gauss(3, 2), random.gauss(-1, 0.5), random.uniform(0, 1)] for _ in range(ROWS)]
    labels = [x[0] * x[1] for x in features]
    lines = [",".join(f"{v:.6f}" for v in (*x, y)) for x, y in zip(features, labels)]
    (WORK / "rows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    features = [[float(f"{v:.6f}") for v in x] for x in features]
    program, out = WORK / "program", WORK / "run"
    run("ternc", MODEL, f"--batch={ROWS}", "-o", program)
    train = (program, "train", "--data", WORK / "rows.csv", "--val", WORK / "rows.csv")  # no row is held back
    run(*train, "--out", out, "--steps", STEPS, "--lr", 0, "--weight-decay", 0)
    weights = read(out / "model.safetensors")
    check_averages(weights, features)

    found = float(json.loads(run(program, "eval", "--weights", out, "--data", WORK / "rows.csv", "--json"))["loss"])
    predicted = Model(weights, training=False).forward(features)
    check("loss of eval", [found], [sum((p[0] - y) ** 2 for p, y in zip(predicted, labels)) / ROWS], 1e-4)

    other = WORK / "again"
    run(*train, "--out", other, "--steps", 200, "--lr", 0.02)
    after = float(json.loads(run(program, "eval", "--weights", other, "--data", WORK / "rows.csv", "--json"))["loss"])
    print(f"loss of eval: {found:.3f} before training, {after:.3f} after")
    if not after < 0.2 * found:
        sys.exit("training does not lower the loss with running averages")


main()
