# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# One file, three kinds of attention: the 15M model with 6 query heads and 1, 2, 3 and 6 key-value heads has as many parameters
# as the formula says, and grouped queries compute what 6 heads with repeated keys and values do.
# Usage: llama2.py MODEL.mlir WORK
import array
import json
import random
import sys
from pathlib import Path

from tensors import check, difference, read, run, write

MODEL, WORK = Path(sys.argv[1]), Path(sys.argv[2])
VOCAB, LAYERS, HEADS, SIZE, WIDTH, INNER, SEQ = 32000, 6, 6, 48, 288, 768, 16


def shapes(kv_heads):
    yield "embed_tokens.weight", [VOCAB, WIDTH]
    for layer in range(LAYERS):
        yield f"layers.{layer}.input_layernorm.weight", [WIDTH]
        yield f"layers.{layer}.self_attn.q_proj.weight", [HEADS * SIZE, WIDTH]
        yield f"layers.{layer}.self_attn.k_proj.weight", [kv_heads * SIZE, WIDTH]
        yield f"layers.{layer}.self_attn.v_proj.weight", [kv_heads * SIZE, WIDTH]
        yield f"layers.{layer}.self_attn.o_proj.weight", [WIDTH, HEADS * SIZE]
        yield f"layers.{layer}.post_attention_layernorm.weight", [WIDTH]
        yield f"layers.{layer}.mlp.gate_proj.weight", [INNER, WIDTH]
        yield f"layers.{layer}.mlp.up_proj.weight", [INNER, WIDTH]
        yield f"layers.{layer}.mlp.down_proj.weight", [WIDTH, INNER]
    yield "norm.weight", [WIDTH]


def formula(kv_heads):
    layer = 2 * WIDTH + 2 * WIDTH * HEADS * SIZE + 2 * WIDTH * kv_heads * SIZE + 3 * WIDTH * INNER
    return VOCAB * WIDTH + LAYERS * layer + WIDTH


def random_weights(kv_heads):
    """Windows of a long enough row of random numbers, each tensor from another place on."""
    numbers = random.Random(5)
    row = array.array("f", (numbers.gauss(0, 0.06) for _ in range(262147)))
    weights = {}
    for name, shape in shapes(kv_heads):
        count, start = shape[0] * (shape[1] if len(shape) > 1 else 1), numbers.randrange(len(row))
        values = row[start:] + row * (count // len(row) + 1)
        values = values[:count] if len(shape) > 1 else array.array("f", (1 + 2 * value for value in values[:count]))
        weights[name] = (shape, values)
    return weights


def repeated(weights, kv_heads):
    """The same model with a key-value head of its own for every query head."""
    block, times = SIZE * WIDTH, HEADS // kv_heads
    result = {}
    for name, (shape, values) in weights.items():
        if "k_proj" in name or "v_proj" in name:
            heads = [values[head * block:(head + 1) * block] for head in range(kv_heads)]
            values = sum((head for head in heads for _ in range(times)), array.array("f"))
            shape = [HEADS * SIZE, WIDTH]
        result[name] = (shape, values)
    return result


def compile_program(kv_heads):
    program = WORK / f"llama2-{kv_heads}"
    run("ternc", MODEL, "--objective=causal-lm", "--batch=1", f"--seq={SEQ}", "--define", f"n_kv_head={kv_heads}", "-o", program)
    return program


def logits(program, weights):
    write(WORK / "weights.safetensors", weights)
    run(program, "forward", "--weights", WORK / "weights.safetensors", "--input", WORK / "tokens.json", "--out",
        WORK / "out.safetensors")
    return read(WORK / "out.safetensors")["logits"]


def check_counts():
    for kv_heads in (1, 2, 3, 6):
        report = json.loads(run("ternc", MODEL, "--objective=causal-lm", "--batch=1", f"--seq={SEQ}", "--define",
                                f"n_kv_head={kv_heads}", "--report=memory", "--json"))
        print(f"{kv_heads} key-value heads: {formula(kv_heads)} parameters")
        if report["parameters"] != 4 * formula(kv_heads):
            sys.exit(f"{report['parameters']} bytes of parameters, expected {4 * formula(kv_heads)}")


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    check_counts()
    numbers = random.Random(3)
    (WORK / "tokens.json").write_text(json.dumps({"tokens": [[numbers.randrange(VOCAB) for _ in range(SEQ)]]}))
    multi_head = compile_program(HEADS)
    for kv_heads in (2, 3):
        weights = random_weights(kv_heads)
        grouped = logits(compile_program(kv_heads), weights)
        whole = logits(multi_head, repeated(weights, kv_heads))
        worst = max(abs(a - e) for a, e in zip(grouped, whole, strict=True)) / max(map(abs, whole))
        check(f"{kv_heads} key-value heads against {HEADS} with repeated keys, largest error of a logit", worst, 1e-6)
        check("the same by norm", difference(grouped, whole), 1e-6)


main()
