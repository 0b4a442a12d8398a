# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A small LLaMA with random weights, written as safetensors in one file and in two, and as .bin in both versions: the programs of
# all imports compute the same bits from all of them. Usage: llama2c.py WORK
import array
import json
import random
import struct
import sys
from pathlib import Path

from tensors import read, run, write

WORK = Path(sys.argv[1])
WIDTH, INNER, LAYERS, HEADS, KEY_HEADS, SIZE, VOCAB, POSITIONS = 24, 20, 2, 4, 2, 6, 30, 16
CONFIG = {"model_type": "llama", "hidden_size": WIDTH, "intermediate_size": INNER, "num_hidden_layers": LAYERS,
          "num_attention_heads": HEADS, "num_key_value_heads": KEY_HEADS, "vocab_size": VOCAB, "tie_word_embeddings": False,
          "max_position_embeddings": POSITIONS, "rms_norm_eps": 1e-5}
LAYER = {"input_layernorm": [WIDTH], "self_attn.q_proj": [WIDTH, WIDTH], "self_attn.k_proj": [KEY_HEADS * SIZE, WIDTH],
         "self_attn.v_proj": [KEY_HEADS * SIZE, WIDTH], "self_attn.o_proj": [WIDTH, WIDTH], "post_attention_layernorm": [WIDTH],
         "mlp.gate_proj": [INNER, WIDTH], "mlp.down_proj": [WIDTH, INNER], "mlp.up_proj": [INNER, WIDTH]}


def random_weights():
    numbers = random.Random(11)
    shapes = {"model.embed_tokens.weight": [VOCAB, WIDTH], "model.norm.weight": [WIDTH], "lm_head.weight": [VOCAB, WIDTH]}
    shapes |= {f"model.layers.{layer}.{name}.weight": shape for layer in range(LAYERS) for name, shape in LAYER.items()}
    # Large enough that attention is far from uniform: another order of rows is another text.
    return {name: (shape, array.array("f", (numbers.gauss(0, 0.6) for _ in range(shape[0] * (shape + [1])[1]))))
            for name, shape in shapes.items()}


def paired(values, heads):
    """The rows of every head as pairs lie: first of a pair, second of it, and so on."""
    result = array.array("f")
    for head in range(heads):
        for row in range(SIZE):
            place = (head * SIZE + row // 2 + row % 2 * (SIZE // 2)) * WIDTH
            result += values[place:place + WIDTH]
    return result


def write_bin(path, weights, version, order=paired):
    def kind(name):
        heads = {"self_attn.q_proj": HEADS, "self_attn.k_proj": KEY_HEADS}.get(name)
        layers = [weights[f"model.layers.{layer}.{name}.weight"][1] for layer in range(LAYERS)]
        return b"".join((order(values, heads) if heads else values).tobytes() for values in layers)

    table, norm, head = (weights[name][1].tobytes() for name in ("model.embed_tokens.weight", "model.norm.weight", "lm_head.weight"))
    attention = b"".join(map(kind, ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj")))
    inner = b"".join(map(kind, ("mlp.gate_proj", "mlp.down_proj", "mlp.up_proj")))
    first, second = kind("input_layernorm"), kind("post_attention_layernorm")
    sizes = [WIDTH, INNER, LAYERS, HEADS, KEY_HEADS, VOCAB if version else -VOCAB, POSITIONS]
    if version == 0:
        blob = struct.pack("<7i", *sizes) + table + first + attention + second + inner + norm + bytes(4 * POSITIONS * SIZE) + head
    else:
        header = struct.pack("<9iB", 0x616b3432, 1, *sizes, 0)
        blob = header + bytes(256 - len(header)) + first + second + norm + table + attention + inner + head
    path.write_bytes(blob)


def write_folders(weights):
    for name in ("single", "sharded"):
        (WORK / name).mkdir(parents=True, exist_ok=True)
        (WORK / name / "config.json").write_text(json.dumps(CONFIG))
    write(WORK / "single/model.safetensors", weights)
    places = {name: f"model-{1 + index % 2}.safetensors" for index, name in enumerate(weights)}
    for file in set(places.values()):
        write(WORK / "sharded" / file, {name: tensor for name, tensor in weights.items() if places[name] == file})
    (WORK / "sharded/model.safetensors.index.json").write_text(json.dumps({"weight_map": places}))


def logits(source):
    run(WORK / "program", "forward", "--weights", WORK / source, "--input", WORK / "tokens.json", "--out", WORK / "out.safetensors")
    return read(WORK / "out.safetensors")["logits"]


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    weights = random_weights()
    write_folders(weights)
    write_bin(WORK / "old.bin", weights, 0)
    write_bin(WORK / "new.bin", weights, 1)
    write_bin(WORK / "halves.bin", weights, 1, order=lambda values, heads: values)
    numbers = random.Random(2)
    (WORK / "tokens.json").write_text(json.dumps({"tokens": [[numbers.randrange(VOCAB) for _ in range(POSITIONS)]]}))
    sources, results = ("single", "sharded", "old.bin", "new.bin"), {}
    for model in ("single", "old.bin"):
        run("ternc", "import", WORK / model, "-o", WORK / "model.mlir")
        run("ternc", WORK / "model.mlir", f"--seq={POSITIONS}", "--prefill=0", "-o", WORK / "program")
        for source in sources:
            results[model, source] = logits(source)
    first = results["single", "single"]
    for (model, source), values in results.items():
        print(f"program of {model}, weights of {source}: logits from {min(values):.3f} to {max(values):.3f}")
        if values != first:
            sys.exit("differ from those of the single file")
    if max(abs(a - b) for a, b in zip(logits("halves.bin"), first)) < 0.1:
        sys.exit("the order of rows changes nothing: this checks nothing")


main()
