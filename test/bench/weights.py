# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# All products of GPT-2 124M as a program, with weights of any storage type: of one token, or of many with the head for the last
# one alone, as a prefill needs them. Between the products there is only what makes the shapes fit.
LAYERS, CHANNELS = 12, 768
BLOCK_BYTES = {"q8_0": 34, "q4_0": 18}
STORAGES = ("f32", "bf16", *BLOCK_BYTES)
STACKS = {"qkv": (CHANNELS, 3 * CHANNELS), "proj": (CHANNELS, CHANNELS), "fc": (CHANNELS, 4 * CHANNELS), "mlp": (4 * CHANNELS, CHANNELS)}


def weight_shape(storage, depth, columns, transposed):
    """B of a product as it is stored: (K, N), (N, K), or interleaved blocks."""
    if storage in BLOCK_BYTES:
        return f"{-(-columns // 16)}x{depth // 32}x{16 * BLOCK_BYTES[storage]}xi8"
    return f"{columns}x{depth}x{storage}" if transposed else f"{depth}x{columns}x{storage}"


def layer_weight(storage, name, source, depth, columns):
    shape = weight_shape(storage, depth, columns, False)
    *sizes, element = shape.split("x")
    rank = len(sizes)
    return (f"      %{name} = tensor.extract_slice %{source}[%l{', 0' * rank}] [1, {', '.join(sizes)}] [1{', 1' * rank}]\n"
            f"          : tensor<{LAYERS}x{shape}> to tensor<{shape}>\n")


def product(storage, rows, result, x, weight, depth, columns, residual=None, transposed=False):
    blocks = f"blocks({storage}) " if storage in BLOCK_BYTES else ""
    transpose = "transpose_b " if transposed and not blocks else ""
    out, row = f"tensor<{rows}x{columns}xf32>", f"tensor<{rows}x{depth}xf32>"
    extras = f" extras(%{residual} : {out})" if residual else ""
    body = ("    ^bb0(%acc: f32, %r: f32):\n      %sum = arith.addf %acc, %r : f32\n      tern_kernel.yield %sum : f32\n" if residual
            else "    ^bb0(%acc: f32):\n      tern_kernel.yield %acc : f32\n")
    return (f"    %{result}_out = tensor.empty() : {out}\n"
            f"    %{result} = tern_kernel.contract {transpose}init(zero) {blocks}ins(%{x}, %{weight} : {row}, "
            f"tensor<{weight_shape(storage, depth, columns, transposed)}>){extras} outs(%{result}_out : {out}) {{\n{body}    }} -> {out}\n")


def program(storage, rows=1, vocabulary=50257):
    """@forward: `rows` tokens through all layers, the last of them through the head."""
    arguments = "".join(f",\n      %{name}: tensor<{LAYERS}x{weight_shape(storage, *sizes, False)}> {{tern.role = \"{name}\"}}"
                        for name, sizes in STACKS.items())
    head = weight_shape(storage, CHANNELS, vocabulary, True)
    x, last = f"tensor<{rows}x{CHANNELS}xf32>", f"tensor<1x{CHANNELS}xf32>"
    text = f"""module {{
  func.func @forward(%x: {x} {{tern.role = "x"}}{arguments},
      %head: tensor<{head}> {{tern.role = "head"}})
      -> (tensor<1x{vocabulary}xf32> {{tern.role = "logits"}}) attributes {{tern.entry = "forward", tern.test}} {{
    %first = arith.constant 0 : index
    %step = arith.constant 1 : index
    %layers = arith.constant {LAYERS} : index
    %h = scf.for %l = %first to %layers step %step iter_args(%x0 = %x) -> ({x}) {{
"""
    for name, sizes in STACKS.items():
        text += layer_weight(storage, f"w_{name}", name, *sizes)
    text += product(storage, rows, "q", "x0", "w_qkv", *STACKS["qkv"])
    text += (f"    %att = tensor.extract_slice %q[0, 0] [{rows}, {CHANNELS}] [1, 1] : "
             f"tensor<{rows}x{3 * CHANNELS}xf32> to {x}\n")
    text += product(storage, rows, "x1", "att", "w_proj", *STACKS["proj"], residual="x0")
    text += product(storage, rows, "f", "x1", "w_fc", *STACKS["fc"])
    text += product(storage, rows, "x2", "f", "w_mlp", *STACKS["mlp"], residual="x1")
    text += f"      scf.yield %x2 : {x}\n    }}\n"
    text += f"    %last = tensor.extract_slice %h[{rows - 1}, 0] [1, {CHANNELS}] [1, 1] : {x} to {last}\n"
    text += product(storage, 1, "logits", "last", "head", CHANNELS, vocabulary, transposed=True)
    return text + f"    return %logits : tensor<1x{vocabulary}xf32>\n  }}\n}}\n"


def flops(rows, vocabulary=50257):
    return 2 * rows * LAYERS * sum(depth * columns for depth, columns in STACKS.values()) + 2 * CHANNELS * vocabulary
