# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Kernels on random shapes as functions that tern-bisect compares between -O0 and -O3, gradients with respect to every operand
# included. The same arguments always make the same file.
# Usage: kernel-shapes.py attention|others|indexed COUNT
import random
import sys

PRIMES = [p for p in range(2, 132) if all(p % d for d in range(2, p))]


def extent(rng, most=131):
    prime = rng.choice([p for p in PRIMES if p <= most] or [1])
    return rng.choice([prime, rng.randint(1, most), min(rng.choice([1, 8, 16, 17, 32, 64]), most)])


def tensor(*shape, kind="f32"):
    return f"tensor<{''.join(f'{size}x' for size in shape)}{kind}>"


def integers(name, values, shape):
    return f"%{name} = arith.constant dense<{values}> : {tensor(*shape, kind='i32')}"


def function(name, arguments, lines, result=None):
    """Returns the number %loss, or the sum of %y times an argument %w: its gradient is %y itself, so the sum is moved away from 0,
    where nothing but its rounding would be compared."""
    if result:
        arguments = {**arguments, "w": result}
        lines = [*lines, f"%weighted = tern.mul %y, %w : {result}, {result}", f"%sum = tern.sum %weighted : {result}",
                 "%far = arith.constant dense<1.0e+3> : tensor<f32>", "%loss = tern.add %sum, %far : tensor<f32>, tensor<f32>"]
    listed = ", ".join(f'%{key}: {kind} {{tern.role = "{key}"}}' for key, kind in arguments.items())
    body = "\n  ".join([*lines, "return %loss : tensor<f32>"])
    attributes = f'attributes {{tern.differentiate, tern.entry = "{name}"}}'
    return f'func.func @{name}({listed}) -> (tensor<f32> {{tern.role = "loss"}}) {attributes} {{\n  {body}\n}}\n'


def attention(number, rng):
    groups, kv_heads, size = rng.choice([1, 1, 2, 3]), rng.choice([1, 2]), rng.choice([4, 8, 13, 16, 32, 40, 64])
    batch, keys = rng.choice([1, 2]), extent(rng)
    queries, heads = rng.choice([keys, extent(rng, keys)]), groups * kv_heads
    q, k = tensor(batch, queries, heads * size), tensor(batch, keys, kv_heads * size)
    causal = " causal" if rng.random() < 0.6 else ""
    lines, lengths = [], ""
    if rng.random() < 0.4:
        lines = [integers("n", [rng.randint(0, keys) for _ in range(batch)], [batch])]
        lengths = f" lengths(%n : {tensor(batch, kind='i32')})"
    lines.append(f"%y = tern.attention %q, %k, %v heads {heads} kv_heads {kv_heads}{causal}{lengths} : {q}, {k}, {k}")
    return function(f"attention_{number}", {"q": q, "k": k, "v": k}, lines, q)


def layer_norm(number, rng):
    x, c = tensor(extent(rng), columns := extent(rng)), tensor(columns)
    return function(f"layer_norm_{number}", {"x": x, "g": c, "b": c}, [f"%y = tern.layer_norm %x weight %g bias %b : {x}, {c}, {c}"], x)


def rms_norm(number, rng):
    x, c = tensor(extent(rng), columns := extent(rng)), tensor(columns)
    return function(f"rms_norm_{number}", {"x": x, "g": c}, [f"%y = tern.rms_norm %x weight %g : {x}, {c}"], x)


def softmax(number, rng):
    x = tensor(extent(rng), extent(rng))
    return function(f"softmax_{number}", {"x": x}, [f"%y = tern.softmax %x : {x}"], x)


def total(number, rng):
    shape = [extent(rng, 23), extent(rng, 31), extent(rng, 67)]
    dims = sorted(rng.sample(range(3), rng.choice([1, 2])))
    left = [size for dim, size in enumerate(shape) if dim not in dims]
    return function(f"sum_{number}", {"x": tensor(*shape)}, [f"%y = tern.sum %x dims {dims} : {tensor(*shape)}"], tensor(*left))


def cross_entropy(number, rng):
    rows, classes = extent(rng), extent(rng)
    x, n = tensor(rows, classes), tensor(rows, kind="i32")
    targets = integers("t", [rng.choice([-100, *[rng.randrange(classes)] * 4]) for _ in range(rows)], [rows])
    return function(f"cross_entropy_{number}", {"x": x}, [targets, f"%loss = tern.cross_entropy %x, %t : {x}, {n}"])


def linear_cross_entropy(number, rng):
    rows, classes, channels = extent(rng), extent(rng), extent(rng)
    x, w, n = tensor(rows, channels), tensor(classes, channels), tensor(rows, kind="i32")
    targets = integers("t", [rng.randrange(classes) for _ in range(rows)], [rows])
    return function(f"linear_cross_entropy_{number}", {"x": x, "v": w},
                    [targets, f"%loss = tern.linear_cross_entropy %x, %v, %t : {x}, {w}, {n}"])


def embedding(number, rng):
    """Rows gathered, and scattered in the gradient: an index often comes twice."""
    rows, channels, count = extent(rng), extent(rng), extent(rng)
    table, n = tensor(rows, channels), tensor(count, kind="i32")
    indices = integers("t", [rng.randrange(rows) for _ in range(count)], [count])
    return function(f"embedding_{number}", {"x": table}, [indices, f"%y = tern.embedding %t, %x : {n}, {table}"], tensor(count, channels))


def around(rng):
    """Shape of rank 3, and a dimension of it."""
    return [extent(rng, 13), extent(rng, 29), extent(rng, 67)], rng.randrange(3)


def indices_of(rng, shape, dim, count, most):
    """A constant of indices for a look-up along a dimension, of its own for every element or shared by some dimensions."""
    own = [count if d == dim else rng.choice([1, size]) for d, size in enumerate(shape)]
    values = [[[rng.randrange(most) for _ in range(own[2])] for _ in range(own[1])] for _ in range(own[0])]
    return integers("t", values, own), tensor(*own, kind="i32")


def gather(number, rng):
    shape, dim = around(rng)
    count = extent(rng, 31)
    indices, kind = indices_of(rng, shape, dim, count, shape[dim])
    result = tensor(*[count if d == dim else size for d, size in enumerate(shape)])
    return function(f"gather_{number}", {"x": tensor(*shape)},
                    [indices, f"%y = tern.gather %x, %t dim {dim} : {tensor(*shape)}, {kind}"], result)


def scatter_add(number, rng):
    shape, dim = around(rng)
    size = extent(rng, 31)
    indices, kind = indices_of(rng, shape, dim, shape[dim], size)
    result = tensor(*[size if d == dim else other for d, other in enumerate(shape)])
    return function(f"scatter_add_{number}", {"x": tensor(*shape), "o": result},
                    [indices, f"%y = tern.scatter_add %x, %t dim {dim} size {size} onto %o : {tensor(*shape)}, {kind}, {result}"], result)


def top_k(number, rng):
    shape, dim = around(rng)
    k = rng.randint(1, min(shape[dim], 9))
    result = tensor(*[k if d == dim else size for d, size in enumerate(shape)])
    return function(f"top_k_{number}", {"x": tensor(*shape)}, [f"%y, %i = tern.top_k %x k {k} dim {dim} : {tensor(*shape)}"], result)


def cumsum(number, rng):
    shape, dim = around(rng)
    how = rng.choice(["", " exclusive"]) + rng.choice(["", " reverse"])
    return function(f"cumsum_{number}", {"x": tensor(*shape)}, [f"%y = tern.cumsum %x dim {dim}{how} : {tensor(*shape)}"], tensor(*shape))


def group_norm(number, rng):
    groups = rng.choice([1, 2, 3, 8])
    shape = [extent(rng, 5), extent(rng, 29), groups * extent(rng, 19)]
    x, c = tensor(*shape), tensor(shape[2])
    return function(f"group_norm_{number}", {"x": x, "g": c, "b": c},
                    [f"%y = tern.group_norm %x weight %g bias %b groups {groups} : {x}, {c}, {c}"], x)


def batch_norm(number, rng):
    x, c = tensor(1 + extent(rng), columns := extent(rng)), tensor(columns)
    return function(f"batch_norm_{number}", {"x": x, "g": c, "b": c},
                    [f"%y, %m, %v = tern.batch_norm %x weight %g bias %b running %g, %b training : {x}, {c}, {c}, {c}, {c}"], x)


def swiglu(number, rng):
    rows, half = extent(rng), extent(rng)
    x = tensor(rows, 2 * half)
    return function(f"swiglu_{number}", {"x": x}, [f"%y = tern.swiglu %x : {x}"], tensor(rows, half))


def masked_mean(number, rng):
    batch, length, channels = extent(rng, 9), extent(rng, 37), extent(rng)
    x, n = tensor(batch, length, channels), tensor(batch, kind="i32")
    lengths = integers("n", [rng.randint(0, length) for _ in range(batch)], [batch])
    return function(f"masked_mean_{number}", {"x": x}, [lengths, f"%y = tern.masked_mean %x, %n : {x}, {n}"], tensor(batch, channels))


def cosine_similarity(number, rng):
    x = tensor(rows := extent(rng), extent(rng))
    return function(f"cosine_similarity_{number}", {"x": x, "v": x}, [f"%y = tern.cosine_similarity %x, %v : {x}, {x}"], tensor(rows))


def smoothed(number, rng):
    rows, classes, channels = extent(rng), extent(rng), extent(rng)
    x, w, n = tensor(rows, channels), tensor(classes, channels), tensor(rows, kind="i32")
    targets = integers("t", [rng.choice([-100, *[rng.randrange(classes)] * 4]) for _ in range(rows)], [rows])
    return function(f"smoothed_{number}", {"x": x, "v": w},
                    [targets, f"%loss = tern.linear_cross_entropy %x, %v, %t label_smoothing 0.2 : {x}, {w}, {n}"])


KERNELS = {"attention": [attention], "others": [layer_norm, rms_norm, softmax, total, cross_entropy, linear_cross_entropy, embedding],
           "indexed": [gather, scatter_add, top_k, cumsum, group_norm, batch_norm, swiglu, masked_mean, cosine_similarity, smoothed]}
kernels, rng = KERNELS[sys.argv[1]], random.Random(sys.argv[1])
for number in range(int(sys.argv[2])):
    print(kernels[number % len(kernels)](number, rng))
# A model has one.
print('func.func @forward(%x: tensor<1xf32> {tern.role = "x"}) -> (tensor<1xf32> {tern.role = "y"}) {')
print("  return %x : tensor<1xf32>\n}")
