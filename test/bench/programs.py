# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Programs of one kernel class: model files with an entry per shape, written here, compiled by ternc, timed by `PROG bench`.
# Everything that an entry uses is a parameter, so that calls follow each other with nothing between them.
import argparse
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = (1, 64, 256, 1024, 1031)
COLUMNS_DEPTHS = ((768, 768), (2304, 768), (3072, 768), (768, 3072), (50257, 768), (4096, 4096), (11008, 4096))
FORMS = ("y", "dx", "dw")


def product_name(form, rows, columns, depth):
    return f"{form}_{rows}x{columns}x{depth}"


def product_entry(form, rows, columns, depth, element):
    """y (M,N) = x (M,K) w, dx (M,K) = dy (M,N) w^T, dw (K,N) = x^T dy. Weights do not train: they may be packed at load."""
    types = {"x": f"tensor<{rows}x{depth}x{element}>", "w": f"tensor<{depth}x{columns}x{element}>",
             "dy": f"tensor<{rows}x{columns}x{element}>"}
    # One weight has one layout: forms and products of few rows that share one would hinder each other.
    weight = f"w_{form}_{'row' if rows <= 8 else 'rows'}_{depth}x{columns}"
    names = {"x": f"x_{rows}x{depth}", "w": weight, "dy": f"dy_{rows}x{columns}"}
    left, right, transposes, result = {"y": ("x", "w", "", types["dy"]), "dx": ("dy", "w", " transpose_b", types["x"]),
                                       "dw": ("x", "dy", " transpose_a", types["w"])}[form]

    def argument(operand):
        trains = "false" if operand == "w" else "true"
        parameter = (f'#tern.parameter<name = "{names[operand]}", layers = 0, first_layer = 0, '
                     f'init = <"normal", [2.0e-02]>, trainable = {trains}>')
        return f"%{operand}: {types[operand]} {{tern.parameter = {parameter}}}"

    name = product_name(form, rows, columns, depth)
    sums = result.replace("bf16", "f32")
    # Activations are rounded like their inputs, gradients of weights are not.
    rounding = f"    %y = arith.truncf %r : {sums} to {result}\n" if element == "bf16" and form != "dw" else ""
    result = result if rounding else sums
    return f"""  func.func @{name}({argument(left)}, {argument(right)})
      -> ({result} {{tern.role = "result"}}) attributes {{tern.entry = "{name}"}} {{
    %r = tern.matmul %{left}, %{right}{transposes} : {types[left]}, {types[right]}
{rounding}    return %{"y" if rounding else "r"} : {result}
  }}
"""


def products(shapes, precision):
    """One program with an entry for every (form, rows, columns, depth)."""
    element = "bf16" if precision == "bf16" else "f32"
    return "module @products {\n" + "".join(product_entry(*shape, element) for shape in shapes) + "}\n"


def decode(rows=1):
    """Every product of one token of GPT-2 124M, each weight read once; between them only what makes the shapes fit. With more
    rows it is a prefill, whose last row alone meets the head."""
    last = f"tern.slice %y offsets [{rows - 1}, 0] sizes [1, 768] : tensor<{rows}x768xf32>"
    head = f"    %last = {last}\n" if rows > 1 else ""
    return f"""module @decode {{
  func.func @forward(%x: tensor<{rows}x768xf32> {{tern.role = "x"}}) -> tensor<1x50257xf32> {{
    %y = tern.layers 12 "h" (%h = %x) : tensor<{rows}x768xf32> {{
      %qkv = tern.linear %h "attn.c_attn" out 2304 normal(0.02) : tensor<{rows}x768xf32>
      %q, %k, %v = tern.split %qkv dim 1 sizes [768, 768, 768] : tensor<{rows}x2304xf32>
      %s = tern.add %q, %k : tensor<{rows}x768xf32>, tensor<{rows}x768xf32>
      %t = tern.add %s, %v : tensor<{rows}x768xf32>, tensor<{rows}x768xf32>
      %proj = tern.linear %t "attn.c_proj" out 768 normal(0.02) : tensor<{rows}x768xf32>
      %fc = tern.linear %proj "mlp.c_fc" out 3072 normal(0.02) : tensor<{rows}x768xf32>
      %out = tern.linear %fc "mlp.c_proj" out 768 normal(0.02) : tensor<{rows}x3072xf32>
      tern.yield %out : tensor<{rows}x768xf32>
    }}
{head}    %logits = tern.linear {"%last" if rows > 1 else "%y"} "lm_head" out 50257 out_in normal(0.02) : tensor<1x768xf32>
    return %logits : tensor<1x50257xf32>
  }}
}}
"""


def attention(batch, positions, heads, channels, words="causal"):
    """Attention forward, and forward with backward: @loss is a weighted sum, so that the cotangent is not constant. `words` say what
    a query sees; %t is a table of 32 buckets."""
    sizes = f"[{batch}, {positions}, {heads * channels}]"
    parameters = "\n".join(f'    %{name} = tern.param "{name}" {sizes} normal(1.0) : !act' for name in "qkv")
    if "%t" in words:
        parameters += f'\n    %t = tern.param "t" [32, {heads}] normal(1.0) : tensor<32x{heads}xf32>'
        words = words.replace("%t", f"%t : tensor<32x{heads}xf32>")
    head = f"{parameters}\n    %o = tern.attention %q, %k, %v heads {heads} {words} : !act, !act, !act\n"
    return f"""!act = tensor<?x?x?xf32>
module @attention {{
  func.func @forward() -> !act {{
{head}    return %o : !act
  }}
  func.func @loss() -> tensor<f32> {{
{head}    %c = tern.param "c" {sizes} normal(1.0) : !act
    %m = tern.mul %o, %c : !act, !act
    %r = tern.mean %m : !act
    return %r : tensor<f32>
  }}
}}
"""


def add_arguments(parser):
    parser.add_argument("--ternc", default=shutil.which("ternc") or str(ROOT / "build" / "bin" / "ternc"), metavar="FILE",
                        help="the compiler (default: on the path, else build/bin/ternc)")
    parser.add_argument("--ternc-flag", action="append", default=[], metavar="FLAG", help="handed to ternc (repeatable)")
    parser.add_argument("--precision", default="f32", choices=["f32", "bf16"])
    parser.add_argument("--threads", type=numbers, default=(1, 2), metavar="N,N", help="thread counts (default: 1,2)")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds, of which the median counts (default: 3)")
    parser.add_argument("--seconds", type=float, default=0.1, help="at least this long per round and entry (default: 0.1)")
    parser.add_argument("--json", action="store_true", help="one object a line instead of a table")


def numbers(text):
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"takes numbers with commas between them, not '{text}'") from None


def shapes(text):
    try:
        return tuple((int(columns), int(depth)) for columns, depth in (pair.split("x") for pair in text.split(",")))
    except ValueError:
        raise argparse.ArgumentTypeError(f"takes NxK with commas between them, not '{text}'") from None


class Program:
    """A compiled model that is asked for one entry after another. Ends with the block that it is used in."""

    def __init__(self, options, text, *flags):
        self.folder = tempfile.TemporaryDirectory(prefix="tern-bench-")
        self.file = Path(self.folder.name) / "program"
        model = Path(self.folder.name) / "model.mlir"
        model.write_text(text)
        self.build(options, model, flags)
        self.process = None

    def build(self, options, model, flags):
        command = [options.ternc, str(model), "-o", str(self.file), "--quiet", *flags, *options.ternc_flag]
        try:
            made = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError:
            raise SystemExit(f"there is no compiler at '{options.ternc}'; build it, or name it with --ternc") from None
        if made.returncode:
            raise SystemExit(f"ternc failed:\n{made.stderr}")

    def start(self, options, threads):
        """Measures the ceilings, which are returned by their names, and then waits for entries."""
        self.stop()
        command = [self.file, "bench", "--json", "--from-input", "--threads", str(threads), "--seconds", str(options.seconds),
                   "--repeats", "3"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ceilings = {}
        while "ceiling.update" not in ceilings:
            line = self.line()
            ceilings[line["name"]] = line["ceiling"]
        return ceilings

    def time(self, entry):
        """What `bench` says of the entry."""
        self.process.stdin.write(entry + "\n")
        self.process.stdin.flush()
        return self.line()

    def line(self):
        text = self.process.stdout.readline()
        if not text:
            raise SystemExit(f"the program ended with status {self.process.wait()}")
        return json.loads(text)

    def stop(self):
        if self.process:
            self.process.communicate()
            self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()


def median(values):
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def geometric_mean(values):
    product = 1.0
    for value in values:
        product *= value ** (1 / len(values))
    return product


def peak_bytes(command):
    """Runs a command and returns its peak resident memory."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with status {process.returncode}")
    return usage.ru_maxrss * 1024
