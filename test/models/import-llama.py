# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# LLaMA and its relatives in f64, written from their papers and independent of the compiler, against imported checkpoints with
# random weights. Usage: import-llama.py WORK
import array
import json
import math
import random
import sys
from pathlib import Path

from tensors import check, read, run, write

WORK = Path(sys.argv[1])
VOCAB, WIDTH, INNER, LAYERS, HEADS, KEY_HEADS, SEQ = 40, 24, 20, 2, 6, 2, 14
BASE = {"model_type": "llama", "hidden_size": WIDTH, "intermediate_size": INNER, "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS, "num_key_value_heads": KEY_HEADS, "vocab_size": VOCAB, "max_position_embeddings": 32,
        "rms_norm_eps": 1e-3, "tie_word_embeddings": True}
VARIANTS = {
    "llama": {"tie_word_embeddings": False, "rope_theta": 50.0},
    "biased": {"attention_bias": True, "mlp_bias": True, "head_dim": 6, "hidden_act": "gelu_pytorch_tanh"},
    "scaled": {"rope_scaling": {"type": "linear", "factor": 4.0}, "hidden_act": "gelu"},
    "mistral": {"model_type": "mistral", "sliding_window": 3},
    "qwen2": {"model_type": "qwen2", "rope_theta": 1000.0},
}
# A setting that must not go unnoticed.
OTHERWISE = {"llama": {"rope_theta": 60.0}, "biased": {"hidden_act": "gelu"}, "scaled": {"rope_scaling": {"factor": 1.0}},
             "mistral": {"sliding_window": 4}, "qwen2": {"rope_theta": 10000.0}}
ACTIVATIONS = {
    "silu": lambda x: x / (1 + math.exp(-x)),
    "gelu": lambda x: 0.5 * x * (1 + math.erf(x / math.sqrt(2))),
    "gelu_pytorch_tanh": lambda x: 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3))),
}


def shapes(config):
    size = config.get("head_dim", WIDTH // HEADS)
    qkv_bias = config["model_type"] == "qwen2" or config.get("attention_bias")
    yield "model.embed_tokens.weight", [VOCAB, WIDTH]
    for layer in range(LAYERS):
        scope = f"model.layers.{layer}."
        products = [("self_attn.q_proj", HEADS * size, WIDTH, qkv_bias), ("self_attn.k_proj", KEY_HEADS * size, WIDTH, qkv_bias),
                    ("self_attn.v_proj", KEY_HEADS * size, WIDTH, qkv_bias),
                    ("self_attn.o_proj", WIDTH, HEADS * size, config.get("attention_bias")),
                    ("mlp.gate_proj", INNER, WIDTH, config.get("mlp_bias")), ("mlp.up_proj", INNER, WIDTH, config.get("mlp_bias")),
                    ("mlp.down_proj", WIDTH, INNER, config.get("mlp_bias"))]
        for name, rows, columns, bias in products:
            yield scope + name + ".weight", [rows, columns]
            if bias:
                yield scope + name + ".bias", [rows]
        yield scope + "input_layernorm.weight", [WIDTH]
        yield scope + "post_attention_layernorm.weight", [WIDTH]
    yield "model.norm.weight", [WIDTH]
    if not config["tie_word_embeddings"]:
        yield "lm_head.weight", [VOCAB, WIDTH]


class Model:
    def __init__(self, config, weights):
        self.config, self.size = config, config.get("head_dim", WIDTH // HEADS)
        self.weights = {name: list(values) for name, (_, values) in weights.items()}

    def linear(self, x, name):
        matrix, width = self.weights[name + ".weight"], len(x[0])
        bias = self.weights.get(name + ".bias", [0.0] * (len(matrix) // width))
        rows = [matrix[at:at + width] for at in range(0, len(matrix), width)]
        return [[sum(a * b for a, b in zip(row, weights)) + start for weights, start in zip(rows, bias)] for row in x]

    def norm(self, x, name):
        scales = [1 / math.sqrt(sum(value * value for value in row) / len(row) + self.config["rms_norm_eps"]) for row in x]
        return [[value * scale * w for value, w in zip(row, self.weights[name + ".weight"])] for row, scale in zip(x, scales)]

    def turn(self, x, heads):
        """Channel i of a head turns with channel i + D/2."""
        theta, half = self.config.get("rope_theta", 10000.0), self.size // 2
        factor = self.config.get("rope_scaling", {"factor": 1.0})["factor"]
        result = [list(row) for row in x]
        for place, row in enumerate(result):
            for head in range(heads):
                for pair in range(half):
                    angle = place / factor * theta ** (-2 * pair / self.size)
                    first, second = head * self.size + pair, head * self.size + pair + half
                    a, b = row[first], row[second]
                    row[first], row[second] = (a * math.cos(angle) - b * math.sin(angle), b * math.cos(angle) + a * math.sin(angle))
        return result

    def attention(self, q, k, v):
        window, rows = self.config.get("sliding_window", SEQ), []
        for place, query in enumerate(q):
            row = []
            for head in range(HEADS):
                part, shared = (slice(at * self.size, (at + 1) * self.size) for at in (head, head // (HEADS // KEY_HEADS)))
                seen = range(max(0, place - window + 1), place + 1)
                shares = [math.exp(sum(a * b for a, b in zip(query[part], k[s][shared])) / math.sqrt(self.size)) for s in seen]
                row += [sum(share * v[s][shared][channel] for share, s in zip(shares, seen)) / sum(shares) for channel in range(self.size)]
            rows.append(row)
        return rows

    def logits(self, tokens):
        table, act = self.weights["model.embed_tokens.weight"], ACTIVATIONS[self.config.get("hidden_act", "silu")]
        x = [table[token * WIDTH:(token + 1) * WIDTH] for token in tokens]
        for layer in range(LAYERS):
            scope = f"model.layers.{layer}."
            n = self.norm(x, scope + "input_layernorm")
            q, k, v = (self.linear(n, scope + f"self_attn.{name}_proj") for name in "qkv")
            a = self.linear(self.attention(self.turn(q, HEADS), self.turn(k, KEY_HEADS), v), scope + "self_attn.o_proj")
            x = [list(map(sum, zip(*rows))) for rows in zip(x, a)]
            n = self.norm(x, scope + "post_attention_layernorm")
            inner = [[act(g) * u for g, u in zip(*rows)] for rows in
                     zip(self.linear(n, scope + "mlp.gate_proj"), self.linear(n, scope + "mlp.up_proj"))]
            x = [list(map(sum, zip(*rows))) for rows in zip(x, self.linear(inner, scope + "mlp.down_proj"))]
        head = "model.embed_tokens" if self.config["tie_word_embeddings"] else "lm_head"
        return sum(self.linear(self.norm(x, "model.norm"), head), [])


def make_folder(folder, config):
    """Weights are large enough that attention is far from uniform."""
    numbers = random.Random(8)
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: (shape, array.array("f", (numbers.gauss(0, 0.5) for _ in range(shape[0] * (shape + [1])[1]))))
               for name, shape in shapes(config)}
    write(folder / "model.safetensors", weights)
    (folder / "config.json").write_text(json.dumps(config))
    return weights


def largest(actual, expected):
    return max(abs(a - e) for a, e in zip(actual, expected, strict=True))


def logits(folder, *options):
    run(folder / "program", "forward", "--weights", folder, "--input", WORK / "tokens.json", "--out", WORK / "out.safetensors", *options)
    return read(WORK / "out.safetensors")["logits"]


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    numbers = random.Random(3)
    tokens = [numbers.randrange(VOCAB) for _ in range(SEQ)]
    (WORK / "tokens.json").write_text(json.dumps({"tokens": [tokens]}))
    for name, changes in VARIANTS.items():
        config, folder = BASE | changes, WORK / name
        weights = make_folder(folder, config)
        run("ternc", "import", folder, "-o", folder / "model.mlir")
        run("ternc", folder / "model.mlir", "--objective=causal-lm", f"--seq={SEQ}", "--prefill=4", "-o", folder / "program")
        expected = Model(config, weights).logits(tokens)
        if largest(expected, Model(config | OTHERWISE[name], weights).logits(tokens)) < 5e-4:
            sys.exit(f"{name}: {OTHERWISE[name]} gives the same logits: this checks nothing")
        check(f"{name} by forward, largest error of a logit", largest(logits(folder), expected), 1e-4)
        last = 4 * VOCAB  # a prompt of 5 tokens tells its last row only
        check(f"{name} by prefill and decode", largest(logits(folder, "--steps", 5)[last:], expected[last:]), 1e-4)


main()
