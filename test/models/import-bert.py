# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# BERT in f64, written from its paper and independent of the compiler, against an imported checkpoint with three ends: what it says
# of every token, the mean of the tokens, that mean at length 1. Rows of different lengths; what padding holds has no influence.
# Usage: import-bert.py FOLDER WORK
import json
import math
import random
import shutil
import sys
from pathlib import Path

from tensors import check, read, read_shaped, run

FOLDER, WORK = Path(sys.argv[1]), Path(sys.argv[2])
CONFIG = json.loads((FOLDER / "config.json").read_text())
WIDTH, HEADS, LAYERS = CONFIG["hidden_size"], CONFIG["num_attention_heads"], CONFIG["num_hidden_layers"]
SEQ, LENGTHS = 12, [12, 5, 1]
WEIGHTS = {name: ([list(values[at:at + shape[-1]]) for at in range(0, len(values), shape[-1])] if len(shape) > 1 else list(values))
           for name, (shape, values) in read_shaped(FOLDER / "model.safetensors").items()}


def linear(x, name):
    return [[sum(a * b for a, b in zip(row, weights)) + bias for weights, bias in zip(WEIGHTS[name + ".weight"], WEIGHTS[name + ".bias"])]
            for row in x]


def layer_norm(x, name):
    rows = []
    for row in x:
        mean = sum(row) / len(row)
        scale = 1 / math.sqrt(sum((value - mean) ** 2 for value in row) / len(row) + CONFIG["layer_norm_eps"])
        rows.append([(value - mean) * scale * w + b for value, w, b in zip(row, WEIGHTS[name + ".weight"], WEIGHTS[name + ".bias"])])
    return rows


def add(*matrices):
    return [list(map(sum, zip(*rows))) for rows in zip(*matrices)]


def softmax(scores):
    top = max(scores)
    values = [math.exp(score - top) for score in scores]
    return [value / sum(values) for value in values]


def attention(q, k, v):
    size = WIDTH // HEADS
    rows = [[] for _ in q]
    for head in range(HEADS):
        part = slice(head * size, (head + 1) * size)
        for row, query in zip(rows, q):
            shares = softmax([sum(a * b for a, b in zip(query[part], key[part])) / math.sqrt(size) for key in k])
            row += [sum(share * value[part][channel] for share, value in zip(shares, v)) for channel in range(size)]
    return rows


def gelu(x):
    return [[value * 0.5 * (1 + math.erf(value / math.sqrt(2))) for value in row] for row in x]


def encode(tokens, types):
    x = [add([WEIGHTS["embeddings.word_embeddings.weight"][token]], [WEIGHTS["embeddings.position_embeddings.weight"][place]],
             [WEIGHTS["embeddings.token_type_embeddings.weight"][kind]])[0] for place, (token, kind) in enumerate(zip(tokens, types))]
    x = layer_norm(x, "embeddings.LayerNorm")
    for layer in range(LAYERS):
        scope = f"encoder.layer.{layer}."
        att = attention(*(linear(x, scope + f"attention.self.{name}") for name in ("query", "key", "value")))
        x = layer_norm(add(x, linear(att, scope + "attention.output.dense")), scope + "attention.output.LayerNorm")
        inner = gelu(linear(x, scope + "intermediate.dense"))
        x = layer_norm(add(x, linear(inner, scope + "output.dense")), scope + "output.LayerNorm")
    return x


def mean(rows):
    return [sum(column) / len(rows) for column in zip(*rows)]


def unit(vector):
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector]


def outputs(name, batch):
    """What the program of the folder WORK/name gives for the batch."""
    run("ternc", "import", WORK / name, "-o", WORK / "model.mlir")
    run("ternc", WORK / "model.mlir", f"--batch={len(LENGTHS)}", f"--seq={SEQ}", "-o", WORK / "program")
    (WORK / "batch.json").write_text(json.dumps(batch))
    run(WORK / "program", "forward", "--weights", WORK / name, "--input", WORK / "batch.json", "--out", WORK / "out.safetensors")
    return list(read(WORK / "out.safetensors").values())


def folder(name, *files, **texts):
    (WORK / name / "1_Pooling").mkdir(parents=True, exist_ok=True)
    for file in ("config.json", "model.safetensors", *files):
        shutil.copy(FOLDER / file, WORK / name / file)
    for file, value in texts.items():
        (WORK / name / f"{file}.json").write_text(json.dumps(value))


def worst(actual, expected):
    return max(abs(a - e) for a, e in zip(actual, expected, strict=True))


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    numbers = random.Random(4)
    tokens = [[numbers.randrange(CONFIG["vocab_size"]) for _ in range(SEQ)] for _ in LENGTHS]
    types = [[int(place > 2) for place in range(SEQ)] for _ in LENGTHS]
    sentences = [mean(encode(row[:length], [0] * length)) for row, length in zip(tokens, LENGTHS)]

    folder("tokens")
    (states,) = outputs("tokens", {"tokens": tokens, "token_types": types, "lengths": LENGTHS})
    for row, (length, start) in enumerate(zip(LENGTHS, range(0, len(states), SEQ * WIDTH))):
        expected = sum(encode(tokens[row][:length], types[row][:length]), [])
        check(f"{length} tokens, largest error", worst(states[start:start + length * WIDTH], expected), 1e-5)

    folder("mean", "1_Pooling/config.json")
    (vectors,) = outputs("mean", {"tokens": tokens, "lengths": LENGTHS})
    check("means, largest error", worst(vectors, sum(sentences, [])), 1e-5)

    folder("unit", "1_Pooling/config.json", modules=[{"type": f"sentence_transformers.models.{kind}"}
                                                     for kind in ("Transformer", "Pooling", "Normalize")])
    (vectors,) = outputs("unit", {"tokens": tokens, "lengths": LENGTHS})
    check("means at length 1, largest error", worst(vectors, sum(map(unit, sentences), [])), 1e-5)


main()
