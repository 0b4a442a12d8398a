# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Products of random shapes as a program for tern-run, each against linalg.matmul of the same numbers, which no pass of products
# sees. The same arguments always make the same program.
# Usage: contract-shapes.py FORM TYPE COUNT    FORM is nn, nt or tn (t: stored transposed), TYPE is f32, bf16 or i8
import random
import sys

FORM, TYPE, COUNT = sys.argv[1], sys.argv[2], int(sys.argv[3])
PRIMES = [p for p in range(2, 132) if all(p % d for d in range(2, p))]
EDGES = [1, 8, 9, 15, 16, 17, 32, 33, 64, 65, 128]  # rows of a stream, vectors, tiles, and one more
LONG = [211, 256, 307, 389, 503, 601, 701]
KINDS = ["plain", "plain", "added", "bias"]  # added: to what the out held
PER_TEST = 10  # products that share their numbers
DRAWN = 131 * 701
WIDE, SUM = ("i8", "i32") if TYPE == "i8" else ("f32", "f32")  # of the numbers drawn, of the products
OLD, BIAS = ("%wide_left", "%wide_right") if TYPE == "i8" else ("%left", "%right")  # drawn in the type of the products
MAPS = {"nn": ("d0, d2", "d2, d1"), "nt": ("d0, d2", "d1, d2"), "tn": ("d2, d0", "d2, d1")}


def extent(rng):
    return rng.choice([rng.choice(PRIMES), rng.choice(PRIMES), rng.choice(EDGES), rng.randint(1, 130)])


def matrix(name, source, rows, columns, first, kind):
    """A matrix of consecutive ones of the numbers drawn."""
    size, shape = rows * columns, f"tensor<{rows}x{columns}x{kind}>"
    return [f"%{name}_row = tensor.extract_slice {source}[{first}] [{size}] [1] : tensor<{DRAWN}x{kind}> to tensor<{size}x{kind}>",
            f"%{name} = tensor.expand_shape %{name}_row [[0, 1]] output_shape [{rows}, {columns}] : "
            f"tensor<{size}x{kind}> into {shape}"], shape


def expected(tag, sizes, kind, a, b):
    """%e: by linalg, of numbers in f32, or of bytes with sums in i32."""
    m, n, k = sizes
    out = f"tensor<{m}x{n}x{SUM}>"
    shift, is_added = f"%bias{tag}", kind == "added"
    zero = "0" if SUM == "i32" else "0.0"
    lines = matrix(f"old{tag}", OLD, m, n, 7, SUM)[0] if is_added else [f"%old{tag} = arith.constant dense<{zero}> : {out}"]
    maps = ", ".join(f"affine_map<(d0, d1, d2) -> ({map})>" for map in (*MAPS[FORM], "d0, d1"))
    lines.append(f"%e{tag} = linalg.matmul indexing_maps = [{maps}] ins(%ea{tag}, %eb{tag} : {a}, {b}) outs(%old{tag} : {out}) -> {out}")
    if kind == "bias":
        lines += [f"{shift} = tensor.extract_slice {BIAS}[11] [{n}] [1] : tensor<{DRAWN}x{SUM}> to tensor<{n}x{SUM}>",
                  f"%all{tag} = tensor.empty() : {out}",
                  f"%spread{tag} = linalg.broadcast ins({shift} : tensor<{n}x{SUM}>) outs(%all{tag} : {out}) dimensions = [0]",
                  f"%shifted{tag} = arith.add{SUM[0]} %e{tag}, %spread{tag} : {out}"]
    return lines


def product(tag, rng):
    m, n = extent(rng), extent(rng)
    k = rng.choice(LONG) if rng.random() < 0.15 else extent(rng)
    kind, out = rng.choice(KINDS), f"tensor<{m}x{n}x{SUM}>"
    rows_a, rows_b = (k, m) if FORM[0] == "t" else (m, k), (n, k) if FORM[1] == "t" else (k, n)
    first_a, first_b = rng.randint(0, DRAWN - m * k), rng.randint(0, DRAWN - k * n)
    lines, a = matrix(f"ea{tag}", "%left", *rows_a, first_a, WIDE)
    more, b = matrix(f"eb{tag}", "%right", *rows_b, first_b, WIDE)
    lines += [*more, *expected(tag, (m, n, k), kind, a, b)]
    wanted, left, right = f"%shifted{tag}" if kind == "bias" else f"%e{tag}", f"%ea{tag}", f"%eb{tag}"
    if TYPE == "bf16":
        more, a = matrix(f"a{tag}", "%narrow_left", *rows_a, first_a, "bf16")
        others, b = matrix(f"b{tag}", "%narrow_right", *rows_b, first_b, "bf16")
        lines, left, right = [*lines, *more, *others], f"%a{tag}", f"%b{tag}"
    extras, argument, body = "", "", [f"tern_kernel.yield %acc : {SUM}"]
    if kind == "bias":
        extras, argument = f" extras(%bias{tag} : tensor<{n}x{SUM}>)", f", %x: {SUM}"
        body = [f"%y = arith.add{SUM[0]} %acc, %x : {SUM}", f"tern_kernel.yield %y : {SUM}"]
    flags = " transpose_a" * (FORM[0] == "t") + " transpose_b" * (FORM[1] == "t")
    init = "add" if kind == "added" else "zero"
    return [f"// {m} x {k} by {k} x {n}, {kind}", *lines,
            f"%c{tag} = tern_kernel.contract{flags} init({init}) ins({left}, {right} : {a}, {b}){extras} outs(%old{tag} : {out}) {{",
            f"^bb0(%acc: {SUM}{argument}):", *[f"  {line}" for line in body], f"}} -> {out}",
            # Terms of floats are at most 1: K of them, in another order.
            f"check.equal %c{tag}, {wanted} : {out}" if SUM == "i32" else
            f"check.almost_equal %c{tag}, {wanted} rtol 1.0e-6 atol {k * 2.0**-23:e} : {out}"]


def drawn(name, key):
    wide, narrow = f"tensor<{DRAWN}xf32>", f"tensor<{DRAWN}xbf16>"
    lines = [f"%{name}_key = arith.constant dense<{key}> : tensor<i64>"]
    if TYPE == "i8":
        return [*lines, f"%real_{name} = tern.uniform [{DRAWN}] from -128.9 to 127.9 key %{name}_key : f64",
                f"%{name} = arith.fptosi %real_{name} : tensor<{DRAWN}xf64> to tensor<{DRAWN}xi8>",
                f"%wide_{name} = arith.extsi %{name} : tensor<{DRAWN}xi8> to tensor<{DRAWN}xi32>"]
    if TYPE == "f32":
        return [*lines, f"%{name} = tern.uniform [{DRAWN}] from -1.0 to 1.0 key %{name}_key : f32"]
    return [*lines, f"%wide_{name} = tern.uniform [{DRAWN}] from -1.0 to 1.0 key %{name}_key : f32",
            f"%narrow_{name} = arith.truncf %wide_{name} : {wide} to {narrow}", f"%{name} = arith.extf %narrow_{name} : {narrow} to {wide}"]


def test(first, rng):
    lines = [*drawn("left", rng.getrandbits(62)), *drawn("right", rng.getrandbits(62))]
    for number in range(first, min(first + PER_TEST, COUNT)):
        lines += product(number, rng)
    return f"func.func @test_{FORM}_{TYPE}_{first}() {{\n  " + "\n  ".join([*lines, "return"]) + "\n}\n"


rng = random.Random(f"{FORM} {TYPE}")
print("\n".join(test(first, rng) for first in range(0, COUNT, PER_TEST)))
