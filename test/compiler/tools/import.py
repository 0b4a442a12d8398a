# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# `ternc import` on folders made here: families and their variants become models that compile; whatever does not fit is refused
# as a whole, and nothing is written. Usage: import.py EXAMPLES WORK
import json
import re
import struct
import subprocess
import sys
from pathlib import Path

EXAMPLES, WORK = Path(sys.argv[1]), Path(sys.argv[2])

LLAMA = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8, "intermediate_size": 12,
         "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 20,
         "max_position_embeddings": 32, "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "hidden_act": "silu",
         "tie_word_embeddings": False, "use_cache": True, "torch_dtype": "bfloat16"}
GPT2 = {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": 20, "n_positions": 16, "n_embd": 8, "n_layer": 2,
        "n_head": 2, "layer_norm_epsilon": 1e-05}


BERT = {"architectures": ["BertModel"], "model_type": "bert", "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
        "intermediate_size": 12, "vocab_size": 20, "max_position_embeddings": 16, "layer_norm_eps": 1e-12}
T5 = {"architectures": ["T5ForConditionalGeneration"], "model_type": "t5", "vocab_size": 32128, "d_model": 512, "d_kv": 64, "d_ff": 2048,
      "num_layers": 6, "num_heads": 8, "is_encoder_decoder": True, "feed_forward_proj": "relu"}
MEAN = {"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False, "word_embedding_dimension": 8}
MODULES = json.dumps([{"type": f"sentence_transformers.models.{kind}"} for kind in ("Transformer", "Pooling", "Normalize")])


def llama_shapes(prefix="model.", layers=2, head=True):
    shapes = {prefix + "embed_tokens.weight": [20, 8], prefix + "norm.weight": [8]}
    for layer in range(layers):
        scope = f"{prefix}layers.{layer}."
        shapes |= {scope + f"{name}.weight": [8] for name in ("input_layernorm", "post_attention_layernorm")}
        shapes |= {scope + f"self_attn.{name}_proj.weight": [rows, 8] for name, rows in zip("qkvo", (8, 4, 4, 8))}
        shapes |= {scope + "mlp.gate_proj.weight": [12, 8], scope + "mlp.up_proj.weight": [12, 8],
                   scope + "mlp.down_proj.weight": [8, 12]}
    return shapes | ({"lm_head.weight": [20, 8]} if head else {})


def safetensors(shapes, dtype="F32"):
    header, offset = {}, 0
    width = {"F32": 4, "BF16": 2, "I8": 1}[dtype]
    for name, shape in shapes.items():
        size = width
        for extent in shape:
            size *= extent
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(offset)


def folder(name, files):
    path = WORK / name
    for file, content in files.items():
        (path / file).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, dict):
            content = json.dumps(content)
        (path / file).write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def run(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True)


def expect(holds, what):
    if not holds:
        sys.exit(what)


def accepts(name, files, *lines, report=()):
    """The model has these lines, and the compiler takes it."""
    model = WORK / f"{name}.mlir"
    result = run("ternc", "import", folder(name, files), "-o", model)
    expect(result.returncode == 0, f"{name}: {result.stderr}")
    for words in report:
        expect(words in result.stdout, f"{name}: the report does not say {words!r}:\n{result.stdout}")
    text = model.read_text()
    lines_allowed = 100 if "@t5" in text else 64
    expect(text.count("\n") <= lines_allowed, f"{name}: the model has {text.count(chr(10))} lines")
    for line in lines:
        expect(line in text, f"{name}: no {line!r} in\n{text}")
    compiled = run("ternc", model, "--seq=4", "--context=8", "--emit=model", "-o", WORK / "out.mlir")
    expect(compiled.returncode == 0, f"{name}: {compiled.stderr}")
    return text


def refuses(name, files, *words):
    """Status 1, all of the words, and no model."""
    model = WORK / f"{name}.mlir"
    result = run("ternc", "import", folder(name, files), "-o", model)
    expect(result.returncode == 1, f"{name}: status {result.returncode}\n{result.stdout}{result.stderr}")
    for word in words:
        expect(word in result.stderr, f"{name}: does not say {word!r}:\n{result.stderr}")
    expect(not model.exists(), f"{name}: a model was written")


def index(shapes, file="model-00001-of-00002.safetensors", **others):
    return {"weight_map": {name: others.get(name.replace(".", "_"), file) for name in shapes}}


def check_models():
    text = accepts("llama", {"config.json": LLAMA, "model.safetensors": safetensors(llama_shapes(), "BF16")},
                   "// llama, imported: llama", "tern.hyper @n_kv_head = 2", "tern.hyper @head_dim = 2", "tern.hyper @theta = 10000.0",
                   '"model.embed_tokens.weight"', 'tern.layers @n_layer "model.layers"', 'tern.linear %n "lm_head" out @vocab',
                   report=("llama: 1320 parameters in 21 tensors", "change nothing: torch_dtype, use_cache",
                           "weights: model.safetensors, BF16, all shapes as in the model"))
    for word in (" bias", "window", "dropout", "linear @"):
        expect(word not in text, f"{word!r} in a plain model")
    accepts("variant", {"config.json": LLAMA | {"tie_word_embeddings": True, "attention_bias": True, "mlp_bias": True, "head_dim": 6,
                                                "rope_scaling": {"type": "linear", "factor": 4}, "attention_dropout": 0.5,
                                                "hidden_act": "gelu_pytorch_tanh", "rope_theta": 500000}},
            '"self_attn.o_proj" out @d_model bias', '"mlp.down_proj" out @d_model bias', "tern.hyper @head_dim = 6",
            "tern.hyper @theta = 5.0e+05", "theta @theta linear @rope_factor", "tern.hyper @rope_factor = 4.0", "tern.gelu %gate tanh",
            "causal dropout @attention_dropout", "tied %table", report=("weights: none here, shapes were not compared",))
    mistral = LLAMA | {"model_type": "mistral", "architectures": ["MistralForCausalLM"], "sliding_window": 4}
    accepts("mistral", {"config.json": mistral}, "module @mistral", "causal window @window", "tern.hyper @window = 4")
    text = accepts("mistral-whole", {"config.json": mistral | {"sliding_window": None}})
    expect("window" not in text, "a window where the configuration says null")
    qwen2 = LLAMA | {"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "use_sliding_window": False, "sliding_window": 9,
                     "max_window_layers": 1}
    text = accepts("qwen2", {"config.json": qwen2}, "module @qwen2", '"self_attn.q_proj" out @n_head * @head_dim bias')
    expect('"self_attn.o_proj" out @d_model out_in' in text and "window" not in text, text)
    accepts("gpt2", {"config.json": GPT2}, "module @gpt2", 'tern.param "wte.weight"', "tern.hyper @d_ff = 32", "tern.gelu %fc tanh",
            "tern.hyper @attn_pdrop = 0.1", "tied %wte", report=("gpt2: 2048 parameters in 28 tensors",))
    old = {key: value for key, value in GPT2.items() if key not in ("model_type", "n_positions")}
    accepts("gpt2-old", {"config.json": old | {"n_ctx": 16, "tie_word_embeddings": False, "scale_attn_weights": False, "n_inner": 24,
                                               "pruned_heads": {}, "activation_function": "relu"}},
            "causal scale 1.0", '"lm_head" out @vocab', "tern.relu %fc", "tern.hyper @d_ff = 24", "tern.hyper @context = 16")


def check_weights():
    shapes = llama_shapes(prefix="")
    text = accepts("bare", {"config.json": LLAMA, "model.safetensors": safetensors(
        shapes | {"layers.0.self_attn.rotary_emb.inv_freq": [1]})}, 'tern.layers @n_layer "layers"', '"embed_tokens.weight"',
        report=("1 tensor is left out: angles, which the program computes",))
    expect("model." not in text, "a prefix that the checkpoint has not")
    accepts("tied", {"config.json": LLAMA | {"tie_word_embeddings": True}, "model.safetensors": safetensors(llama_shapes())},
            report=("1 tensor is left out: the configuration ties it to the embedding",))
    one, two = llama_shapes(head=False), {"lm_head.weight": [20, 8]}
    second = "model-00002-of-00002.safetensors"
    shards = {"config.json": LLAMA, "model-00001-of-00002.safetensors": safetensors(one), second: safetensors(two)}
    good = index(one | two, lm_head_weight=second)
    accepts("sharded", shards | {"model.safetensors.index.json": good},
            report=("weights: 2 files of model.safetensors.index.json, F32, all shapes as in the model",))
    refuses("wrong-shard", shards | {"model.safetensors.index.json": index(one | two)},
            "says that 21 tensors are in 'model-00001-of-00002.safetensors', where 20 are")
    refuses("unlisted", shards | {"model.safetensors.index.json": index(dict(list(one.items())[1:]) | two, lm_head_weight=second)},
            "does not say that tensor 'model.embed_tokens.weight' is in")
    for name, place in {"climb": "../model.safetensors", "absolute": "/etc/passwd", "hidden": ".safetensors", "other": "weights.bin",
                        "below": "a/b.safetensors", "zero": "a\0.safetensors", "number": 7, "back": "..\\x.safetensors"}.items():
        refuses(f"index-{name}", shards | {"model.safetensors.index.json": index(one | two, lm_head_weight=place)},
                "tensor 'lm_head.weight' is said to be in", "the name of a .safetensors file in the same folder is expected")
    refuses("index-lost", shards | {"model.safetensors.index.json": index(one | two, lm_head_weight="lost.safetensors")},
            "cannot read", "lost.safetensors")
    refuses("index-empty", shards | {"model.safetensors.index.json": {"weight_map": {}}}, "has no 'weight_map'")
    refuses("index-text", shards | {"model.safetensors.index.json": "nothing"}, "is not valid JSON")


def check_headers():
    def refuses_header(name, content, *words):
        refuses(f"header-{name}", {"config.json": LLAMA, "model.safetensors": content}, *words)

    def header(text, data=b""):
        return struct.pack("<Q", len(text)) + text.encode() + data

    refuses_header("short", b"1234", "has 4 bytes, too few for a safetensors file")
    refuses_header("long", struct.pack("<Q", 1 << 60) + b"{}", "claims a header of 1152921504606846976 bytes, but has 2 left")
    refuses_header("text", header("{"), "is not valid JSON")
    refuses_header("list", header("[]"), "the safetensors header is not a JSON object")
    refuses_header("deep", header("[" * 100000), "nested more than 64 deep")
    refuses_header("row", header('{"a": {"dtype": "F32", "shape": [1]}}'), "'a' has no 'dtype', 'shape' and pair of 'data_offsets'")
    refuses_header("negative", header('{"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}', b"1234"), "'a' has no 'dtype'")
    refuses_header("type", header('{"a": {"dtype": "F7", "shape": [1], "data_offsets": [0, 4]}}', b"1234"), "type 'F7', which is not known")
    refuses_header("beyond", header('{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}', b"1234"), "but the file holds 4")
    refuses_header("size", header('{"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 4]}}', b"1234"), "which does not match")
    refuses_header("huge", header('{"a": {"dtype": "F32", "shape": [4294967296, 4294967296], "data_offsets": [0, 4]}}', b"1234"),
                   "which does not match")
    refuses_header("cut", safetensors(llama_shapes())[:-1], "truncated or damaged")
    wrong = llama_shapes() | {"model.norm.weight": [9], "extra": [2]}
    del wrong["model.layers.1.mlp.up_proj.weight"]
    refuses_header("shapes", safetensors(wrong), "not of one model (3 problems)", "wrong shape: 'model.norm.weight' is (9)",
                   "missing: 'model.layers.1.mlp.up_proj.weight' (12, 8)", "unknown: 'extra' (2) is no parameter")
    refuses_header("bytes", safetensors(llama_shapes(), "I8"), "(21 problems)", "wrong type: 'lm_head.weight' is I8")
    refuses_header("twice", safetensors(llama_shapes() | {"norm.weight": [8]}), "twice: 'norm.weight'")


def check_configurations():
    def refuses_config(name, config, *words):
        refuses(f"config-{name}", {"config.json": config}, *words)

    refuses_config("empty", "", "is not valid JSON")
    refuses_config("list", "[]", "is not a JSON object")
    refuses_config("deep", '{"a":' * 100000, "nested more than 64 deep")
    refuses_config("nan", '{"model_type": "llama", "rms_norm_eps": NaN}', "is not valid JSON")
    refuses_config("nameless", {}, "has neither 'model_type' nor 'architectures'")
    refuses_config("type", {"model_type": "whisper"}, "type 'whisper' cannot be imported",
                   "those of llama, mistral, qwen2, gpt2, bert, t5 can")
    refuses_config("number", LLAMA | {"model_type": 7}, "'model_type' = 7: a text is expected")
    refuses_config("architecture", LLAMA | {"architectures": ["LlamaForSequenceClassification"]},
                   "of this family is imported: LlamaForCausalLM")
    refuses_config("sizes", LLAMA | {"hidden_size": 7.5, "vocab_size": 0, "num_hidden_layers": -1, "intermediate_size": 1 << 40,
                                     "max_position_embeddings": "many"}, "(6 problems)", "'hidden_size' = 7.5: a whole number",
                   "'vocab_size' = 0: a whole number", "'num_hidden_layers' = -1", "'intermediate_size' = 1099511627776",
                   "'max_position_embeddings' = \"many\"")
    refuses_config("layers", LLAMA | {"num_hidden_layers": 2000000000}, "'num_hidden_layers' = 2000000000: a model of at most 4096 layers")
    refuses_config("missing", {"model_type": "llama"}, "'hidden_size' is missing", "'vocab_size' is missing")
    refuses_config("heads", LLAMA | {"num_attention_heads": 3}, "'hidden_size' = 8: does not split into 'num_attention_heads' heads",
                   "'num_key_value_heads' = 2: 'num_attention_heads' is no multiple of it")
    refuses_config("odd", LLAMA | {"head_dim": 3}, "'head_dim' = 3: rotary positions turn pairs")
    refuses_config("reals", LLAMA | {"rms_norm_eps": 0, "rope_theta": -1, "attention_dropout": 1.5, "initializer_range": []},
                   "(4 problems)", "'rms_norm_eps' = 0: a number above 0", "'attention_dropout' = 1.5: a number from 0 to below 1")
    refuses_config("infinite", json.dumps(LLAMA).replace("10000.0", "1e999"), "'rope_theta' = ")
    refuses_config("scaling", LLAMA | {"rope_scaling": {"rope_type": "llama3", "factor": 8}},
                   "'rope_scaling' = {", "scales positions by a factor (linear), not in this way")
    refuses_config("factor", LLAMA | {"rope_scaling": {"type": "linear"}}, "a factor above 0 is expected")
    refuses_config("unknown", LLAMA | {"logit_scale": 2, "hidden_act": "relu2", "quantization_config": {"bits": 4}}, "(3 problems)",
                   "'logit_scale' = 2: no rule says what it changes", "'hidden_act' = \"relu2\": known are silu",
                   "'quantization_config' = {\"bits\":4}: the weights are in a format of their own")
    refuses_config("flag", LLAMA | {"tie_word_embeddings": "yes"}, "'tie_word_embeddings' = \"yes\": true or false is expected")
    refuses_config("kinds", LLAMA | {"layer_types": ["full_attention", "sliding_attention"]}, "'full_attention' is expected of each")
    refuses_config("qwen2", LLAMA | {"model_type": "qwen2", "architectures": None, "use_sliding_window": True}, "'max_window_layers'")
    refuses_config("positions", GPT2 | {"n_ctx": 8}, "'n_ctx' = 8: differs from 'n_positions'")
    refuses_config("inverse", GPT2 | {"scale_attn_by_inverse_layer_idx": True}, "layers are written once, with one scale")
    refuses_config("split", GPT2 | {"n_head": 3}, "'n_head' = 3: 'n_embd' does not split into so many heads")
    refuses_config("pruned", GPT2 | {"pruned_heads": {"0": [1]}, "add_cross_attention": True, "is_encoder_decoder": True},
                   "(3 problems)", "'pruned_heads'", "with no part added or shared", "a model that reads one text is expected")
    refuses_config("large", " " * (1 << 20) + "{}", "too many for a configuration")


def check_encoders():
    bert = {"config.json": BERT}
    text = accepts("bert", bert, "module @bert", "tern.role = \"token_types\"", '"pooler.dense"', "-> (!act, !row)", "tensor<2x?xf32>",
                   "tern.hyper @hidden_dropout = 0.1", "eps 1.0e-12", report=("bert: 1456 parameters in 39 tensors",))
    expect("masked_mean" not in text, "a mean where no pooling is published")
    sentence = bert | {"1_Pooling/config.json": MEAN}
    text = accepts("sentence", sentence, "-> !row", "return %mean", "tern.slice %kinds", report=("bert: 1384 parameters in 37 tensors",))
    expect("token_types" not in text and "pooler" not in text and "%unit" not in text, text)
    accepts("unit", sentence | {"modules.json": MODULES}, "return %unit")

    refuses("task", {"config.json": BERT | {"architectures": ["BertForMaskedLM"]}}, "of this family is imported: BertModel")
    refuses("relative", {"config.json": BERT | {"position_embedding_type": "relative_key", "is_decoder": True, "num_attention_heads": 3}},
            "(3 problems)", "'absolute' is expected", "an encoder is expected", "'hidden_size' does not split into so many heads")
    for name, pooling in {"first": MEAN | {"pooling_mode_cls_token": True}, "last": {"pooling_mode_lasttoken": True},
                          "odd": MEAN | {"pooling_mode_max_tokens": 1}}.items():
        refuses(f"pooling-{name}", bert | {"1_Pooling/config.json": pooling}, "the mean of the tokens alone")
    refuses("pooling-text", bert | {"1_Pooling/config.json": "mean"}, "is not valid JSON")
    refuses("modules-text", sentence | {"modules.json": "{}"}, "'modules.json' is not a list of modules")
    refuses("modules-dense", sentence | {"modules.json": MODULES.replace("Normalize", "Dense")},
            "a module of type 'sentence_transformers.models.Dense': Transformer, Pooling and Normalize are imported")


def same_program(ours, theirs, *options):
    """Two model files are one program but for the name of the module."""
    texts = []
    for model in (ours, theirs):
        result = run("ternc", model, "--seq=4", "--prefill=0", "--emit=model", *options, "-o", WORK / "same.mlir")
        expect(result.returncode == 0, result.stderr)
        texts.append(re.sub(r'"tokenizer.json"|"bytes"|^module @\w+', "", (WORK / "same.mlir").read_text(), flags=re.M))
    expect(texts[0] == texts[1], f"{ours} and {theirs} are not the same program")


def check_t5():
    accepts("t5", {"config.json": T5}, "module @t5", "tern.hyper @n_decoder_layer = 6", "tern.relu %wi", "tied %shared",
            report=("t5: 60506624 parameters in 131 tensors",))
    same_program(WORK / "t5.mlir", EXAMPLES / "t5/model.mlir", "--define=unit=0.044194174")
    text = accepts("t5-gated", {"config.json": T5 | {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False, "d_model": 64,
                                                     "num_decoder_layers": 3, "vocab_size": 40}},
                   "DenseReluDense.wi_1", "tern.gelu %wi tanh", '"lm_head" out @vocab', "@n_decoder_layer = 3", "@unit = 0.125 //")
    expect("tern.scale" not in text, "a scale in front of a head of its own")
    refuses("t5-inner", {"config.json": T5 | {"feed_forward_proj": "gated-swiglu", "relative_attention_num_buckets": 3, "num_layers": 0,
                                              "is_encoder_decoder": False}},
            "(4 problems)", "known are relu, silu, gelu and gelu_new", "an even number from 4 on", "an encoder and a decoder are expected")


def check_llama2c():
    def old(*sizes, extra=0):
        width, inner, layers, heads, kv_heads, vocabulary, positions = sizes
        keys = width // max(heads, 1) * kv_heads
        floats = abs(vocabulary) * width + width + positions * (width // max(heads, 1))
        floats += layers * (2 * width + 2 * width * width + 2 * width * keys + 3 * width * inner)
        return struct.pack("<7i", *sizes) + bytes(4 * (floats + (-vocabulary * width if vocabulary < 0 else 0)) + extra)

    def takes(name, content, *lines, report):
        path = folder("llama2c", {f"{name}.bin": content}) / f"{name}.bin"
        result = run("ternc", "import", path, "-o", WORK / f"{name}.mlir")
        expect(result.returncode == 0 and report in result.stdout, f"{name}: {result.stdout}{result.stderr}")
        text = (WORK / f"{name}.mlir").read_text()
        for line in (*lines, 'tern.tokenizer = "tokenizer.bin"', "eps 1.0e-05", f"// {name}.bin, imported: llama"):
            expect(line in text, f"{name}: no {line!r} in\n{text}")

    def refuses_file(name, content, *words):
        path = folder("llama2c", {f"{name}.bin": content}) / f"{name}.bin"
        result = run("ternc", "import", path, "-o", WORK / f"{name}.mlir")
        expect(result.returncode == 1, f"{name}: status {result.returncode}")
        for word in words:
            expect(word in result.stderr, f"{name}: does not say {word!r}:\n{result.stderr}")
        expect(not (WORK / f"{name}.mlir").exists(), f"{name}: a model was written")

    sizes = (8, 12, 2, 4, 2, 20, 32)
    takes("tied", old(*sizes), "tied %table", "tern.hyper @n_kv_head = 2", "up to 32 positions", report="version 0 of llama2.c's format")
    takes("untied", old(8, 12, 2, 4, 2, -20, 32), '"lm_head" out @vocab', report="llama: 1320 parameters in 21 tensors")
    body = 4 * (1320 - 160)
    new = struct.pack("<9iB", 0x616b3432, 1, *sizes, 1) + bytes(219)
    takes("new", new + bytes(body), "tied %table", report="version 1 of llama2.c's format")
    refuses_file("long", old(*sizes, extra=1), "its header asks for", "truncated, damaged or no llama2.c model")
    refuses_file("cut", old(*sizes)[:-1], "its header asks for")
    refuses_file("short", old(*sizes)[:20], "20 bytes, too few for a llama2.c model")
    refuses_file("half", new[:100], "100 bytes, too few for a llama2.c model")
    refuses_file("quantised", struct.pack("<2i", 0x616b3432, 2) + bytes(248), "version 2 of llama2.c's format; 0 and 1 are read")
    refuses_file("pickle", b"PK\x03\x04" + bytes(300), "is a PyTorch file, which may hold code: name its folder")
    refuses_file("zeros", bytes(300), "'hidden_size' = 0: a whole number from 1", "'num_attention_heads' = 0")
    refuses_file("negative", struct.pack("<7i", 8, 12, -2, 4, 2, 20, 32) + bytes(300), "'num_hidden_layers' = -2")
    refuses_file("heads", struct.pack("<7i", 8, 12, 2, 3, 2, 20, 32) + bytes(300), "does not split into 'num_attention_heads' heads")
    refuses_file("lost-head", new[:36] + b"\0" + new[37:] + bytes(body), "its header asks for")


WORK.mkdir(parents=True, exist_ok=True)
check_models()
check_weights()
check_headers()
check_configurations()
check_llama2c()
check_encoders()
check_t5()
