# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# T5's forward pass, written out on lists of numbers, against that of the example: logits of a small model with weights under the
# published names, buckets of distances by exact arithmetic, every bucket met, one source shorter than the other.
# Usage: t5.py MODEL.mlir WORK
import array
import json
import math
import random
import sys
from pathlib import Path

from tensors import check, difference, read, run, write

MODEL, WORK = Path(sys.argv[1]), Path(sys.argv[2])
VOCAB, LAYERS, HEADS, WIDTH, SIZE, INNER, BUCKETS, REACH = 17, 2, 2, 12, 5, 20, 8, 20
SOURCE, TARGET, LENGTHS = 30, 26, [30, 17]
TOLERANCES = {"f64": 1e-12, "f32": 1e-5}
BIAS = "{}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"


def shapes():
    """Names and shapes as in the published checkpoints."""
    yield "shared.weight", [VOCAB, WIDTH]
    for stack, sublayers in ("encoder", ["SelfAttention"]), ("decoder", ["SelfAttention", "EncDecAttention"]):
        yield BIAS.format(stack), [BUCKETS, HEADS]
        for block in range(LAYERS):
            for number, attention in enumerate(sublayers):
                at = f"{stack}.block.{block}.layer.{number}"
                for matrix in "qkv":
                    yield f"{at}.{attention}.{matrix}.weight", [HEADS * SIZE, WIDTH]
                yield f"{at}.{attention}.o.weight", [WIDTH, HEADS * SIZE]
                yield f"{at}.layer_norm.weight", [WIDTH]
            at = f"{stack}.block.{block}.layer.{len(sublayers)}"
            yield f"{at}.DenseReluDense.wi.weight", [INNER, WIDTH]
            yield f"{at}.DenseReluDense.wo.weight", [WIDTH, INNER]
            yield f"{at}.layer_norm.weight", [WIDTH]
        yield f"{stack}.final_layer_norm.weight", [WIDTH]


def random_weights():
    numbers, weights = random.Random(7), {}
    for name, shape in shapes():
        start, spread = (1, 0.3) if "norm" in name else (0, 1.5) if "relative" in name else (0, 0.5)
        weights[name] = shape, array.array("f", (numbers.gauss(start, spread) for _ in range(math.prod(shape))))
    return weights


def bucket(distance, causal):
    """Of a key that stands `distance` behind the query, or before it where negative: half of the buckets of a direction hold one
    distance, bucket exact + k those from exact (reach / exact)^(k / ranges) on."""
    count, first = (BUCKETS, 0) if causal else (BUCKETS // 2, BUCKETS // 2 if distance > 0 else 0)
    away, exact = abs(distance), count // 2
    if away < exact:
        return first + away
    ranges = count - exact
    passed = sum(away**ranges * exact**k >= exact**ranges * REACH**k for k in range(1, ranges))
    return first + exact + passed


class Stack:
    """Encoder or decoder. Rows are lists of numbers, one per position."""

    def __init__(self, name, weights):
        self.name, self.weights, self.met = name, weights, set()

    def matrix(self, name):
        (rows, columns), values = self.weights[name]
        return [values[row * columns:(row + 1) * columns] for row in range(rows)]

    def linear(self, rows, name):
        matrix = self.matrix(f"{self.name}.block.{name}.weight")
        return [[sum(a * b for a, b in zip(row, column)) for column in matrix] for row in rows]

    def norm(self, rows, name):
        weight = self.weights[f"{self.name}.{name}.weight"][1]
        scaled = []
        for row in rows:
            root = math.sqrt(sum(x * x for x in row) / len(row) + 1e-6)
            scaled.append([x / root * w for x, w in zip(row, weight)])
        return scaled

    def bias(self, head, query, key, causal):
        number = bucket(key - query, causal)
        self.met.add(number)
        return self.matrix(BIAS.format(self.name))[number][head]

    def attention(self, rows, memory, at, length, causal=False, relative=True):
        """softmax(q k + bias) v of every head, the scores not scaled, then the last projection."""
        q, k, v = self.linear(rows, f"{at}.q"), self.linear(memory, f"{at}.k"), self.linear(memory, f"{at}.v")
        mixed = [[] for _ in rows]
        for head in range(HEADS):
            part = slice(head * SIZE, (head + 1) * SIZE)
            for t, query in enumerate(q):
                seen = range(t + 1 if causal else length)
                scores = [sum(a * b for a, b in zip(query[part], k[s][part])) for s in seen]
                if relative:
                    scores = [score + self.bias(head, t, s, causal) for score, s in zip(scores, seen)]
                shares = [math.exp(score - max(scores)) for score in scores]
                mixed[t] += [sum(share * v[s][part][c] for share, s in zip(shares, seen)) / sum(shares) for c in range(SIZE)]
        return self.linear(mixed, f"{at}.o")

    def forward(self, rows, length, memory=None):
        for block in range(LAYERS):
            at = f"{block}.layer.0"
            normed = self.norm(rows, f"block.{at}.layer_norm")
            rows = add(rows, self.attention(normed, normed, f"{at}.SelfAttention", length, causal=memory is not None))
            if memory:
                at = f"{block}.layer.1"
                normed = self.norm(rows, f"block.{at}.layer_norm")
                rows = add(rows, self.attention(normed, memory, f"{at}.EncDecAttention", length, relative=False))
            at = f"{block}.layer.{2 if memory else 1}"
            inner = self.linear(self.norm(rows, f"block.{at}.layer_norm"), f"{at}.DenseReluDense.wi")
            rows = add(rows, self.linear([[max(x, 0) for x in row] for row in inner], f"{at}.DenseReluDense.wo"))
        return self.norm(rows, "final_layer_norm")


def add(rows, others):
    return [[a + b for a, b in zip(row, other)] for row, other in zip(rows, others)]


def expected_logits(weights, batch):
    encoder, decoder = Stack("encoder", weights), Stack("decoder", weights)
    table, logits = encoder.matrix("shared.weight"), []
    for source, length, tokens in zip(batch["source"], batch["source_lengths"], batch["tokens"]):
        memory = encoder.forward([table[token] for token in source], length)
        for row in decoder.forward([table[token] for token in tokens], length, memory):
            logits += [sum(x * e for x, e in zip(row, entry)) / math.sqrt(WIDTH) for entry in table]
    if encoder.met != set(range(BUCKETS)) - {BUCKETS // 2} or decoder.met != set(range(BUCKETS)):
        sys.exit(f"buckets met: {encoder.met}, {decoder.met}")  # no key ahead is at no distance
    return logits


def random_batch():
    numbers = random.Random(11)
    tokens = lambda count: [numbers.randrange(VOCAB) for _ in range(count)]
    return {"source": [tokens(SOURCE) for _ in LENGTHS], "source_lengths": LENGTHS, "tokens": [tokens(TARGET) for _ in LENGTHS]}


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    weights, batch = random_weights(), random_batch()
    write(WORK / "weights.safetensors", weights)
    (WORK / "batch.json").write_text(json.dumps(batch))
    expected = expected_logits(weights, batch)
    sizes = {"vocab": VOCAB, "source": SOURCE, "n_layer": LAYERS, "n_head": HEADS, "d_model": WIDTH, "d_kv": SIZE, "d_ff": INNER,
             "buckets": BUCKETS, "max_distance": REACH, "unit": 1 / math.sqrt(WIDTH)}
    for precision, tolerance in TOLERANCES.items():
        program = WORK / f"t5-{precision}"
        run("ternc", MODEL, "--objective=seq2seq", "--batch=2", f"--seq={TARGET}", f"--precision={precision}",
            *(f"--define={name}={value}" for name, value in sizes.items()), "-o", program)
        run(program, "forward", "--weights", WORK / "weights.safetensors", "--input", WORK / "batch.json", "--out",
            WORK / "out.safetensors")
        check(f"{precision} logits", difference(read(WORK / "out.safetensors")["logits"], expected), tolerance)


main()
