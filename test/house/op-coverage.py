# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Every op of the tern dialect has four marks, and a test that earns each:
#   refuses   a diagnostic is expected on the op in a *-invalid.mlir file
#   folds     canonicalisation takes the op out of a function of a *-fold.mlir file
#   gradient  a gradient check depends on the op, between the arguments and the loss
#   values    a comparison depends on the op on one side and not on the other, at -O0 and at -O3
# A mention earns nothing: values are followed from op to op, and folds are done. What an op needs no test for stands below, with
# the reason. Prints the table.
# RUN: %check
import re
import shutil
import subprocess
import sys
from pathlib import Path

from flow import CALLEE, STATEMENT, functions_of, without_comment
from house import ROOT, finish, read, tracked_files

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "docs"))
import ods  # noqa: E402  (lives beside the generator of the pages, which reads the same records)

MARKS = ("refuses", "folds", "gradient", "values")
EXPECTED = re.compile(r"expected-error\s*(?:re\s*)?@(below|above|[+-]\d+)")
RUN = "RUN" + ":"  # in two halves, or lit would run what follows
IS_VERIFIED = re.compile(rf"{RUN}.*-verify-diagnostics")
LEVELS = [re.compile(rf"{RUN} tern-run %s -O{level}\b") for level in (0, 3)]
COMPARISONS = ("check.equal", "check.almost_equal")
GRADIENT = re.compile(r"^\s*check\.gradient @([\w.$-]+)", re.M)

# op -> mark -> why there is nothing to test.
EXEMPT = {
    "tern.hyper": {"gradient": "no value", "values": "bind-hyper puts its number in its place"},
    "tern.param": {"gradient": "the parameter is what gradients are of", "values": "hoist-params makes it an argument"},
    "tern.argmax": {"gradient": "gives integers"},
    "tern.one_hot": {"gradient": "takes integers"},
    "tern.random_key": {"gradient": "integers to an integer"},
    "tern.uniform": {"gradient": "takes a key"},
    "tern.normal": {"gradient": "takes a key"},
    "tern.zero_state": {"gradient": "zeros, whatever its operand holds"},
    "tern.cache_write": {"gradient": "of generation, which has no loss"},
    "tern.cache_read": {"gradient": "of generation, which has no loss"},
    "tern.last_row": {"gradient": "of generation, which has no loss"},
}


def is_behind_gradients(op):
    """Gradients themselves, which are not differentiated again, and what is done with them."""
    return op.name.endswith("_grad") or op.family == "Optim"


def test_files(pattern):
    return [path for path in tracked_files() if path.match(pattern) and path.parts[0] == "test"]


#===-- refuses ----------------------------------------------------------------------------------------------------===#


def refused_ops():
    """Ops at whose line a diagnostic is expected."""
    for path in test_files("*-invalid.mlir"):
        text = read(path)
        if not IS_VERIFIED.search(text):
            continue
        places = set()
        for number, line in enumerate(text.splitlines(), 1):
            for where in EXPECTED.findall(line):
                places.add(number + {"below": 1, "above": -1}.get(where, 0) if where.isalpha() else number + int(where))
        for number, line in enumerate(text.splitlines(), 1):
            match = STATEMENT.match(without_comment(line)) if number in places else None
            if match:
                yield match["made"] or match["done"]


#===-- folds ------------------------------------------------------------------------------------------------------===#


def canonicalized(path):
    command = [shutil.which("tern-opt"), ROOT / path, "--canonicalize", "--split-input-file"]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        finish([f"{path}: tern-opt --canonicalize fails\n{run.stderr}"])
    return {function.name: function for function in functions_of(run.stdout)}


def folded_ops():
    """(op, by itself): ops that canonicalisation takes out of a function, and those whose function it changes."""
    for path in test_files("*-fold.mlir"):
        after = canonicalized(path)
        for function in functions_of(read(path)):
            names = [statement.op for statement in function.statements]
            left = [statement.op for statement in after[function.name].statements] if function.name in after else names
            for op in set(names):
                if left.count(op) < names.count(op):
                    yield op, True
                elif sorted(left) != sorted(names):
                    yield op, False


#===-- gradient, values -------------------------------------------------------------------------------------------===#


def numeric_files():
    """The functions of every file that runs at both levels, and its text."""
    for path in test_files("test/numerics/*.mlir"):
        text = read(path)
        if all(level.search(text) for level in LEVELS):
            yield {function.name: function for function in functions_of(text)}, text


def made_in(functions, function, values):
    """Ops that make some of the values, and those that make what a function called for them returns."""
    for statement in function.statements:
        if not values.intersection(statement.results):
            continue
        yield statement.op
        callee = CALLEE.search(statement.text) if statement.op in ("call", "func.call") else None
        if callee and callee[1] in functions:
            yield from made_in(functions, functions[callee[1]], returned(functions[callee[1]]))


def returned(function):
    return function.before([value for statement in function.of("return") for value in statement.operands])


def differentiated_ops():
    for functions, text in numeric_files():
        for name in GRADIENT.findall(text):
            if name in functions:
                function = functions[name]
                yield from made_in(functions, function, function.after(function.arguments) & returned(function))


def compared_ops():
    for functions, _ in numeric_files():
        for name, function in functions.items():
            if not name.startswith("test_"):
                continue
            for check in function.of(*COMPARISONS):
                left, right = (set(made_in(functions, function, function.before([side]))) for side in check.operands[:2])
                yield from left ^ right


#===-- the table --------------------------------------------------------------------------------------------------===#


def marks_of(op, refused, folded, differentiated, compared):
    """mark -> whether a test earns it; None where the op has no such thing."""
    has_gradient = "Differentiable" in op.traits or op.regions or not is_behind_gradients(op)
    takes_part = (op.name, True) in folded or op.canonicalizes and (op.name, False) in folded
    return {"refuses": op.name in refused, "folds": takes_part if op.folds or op.canonicalizes else None,
            "gradient": op.name in differentiated if has_gradient else None, "values": op.name in compared}


def findings_of(op, marks):
    exempt = EXEMPT.get(op.name, {})
    for mark, earned in marks.items():
        if earned and mark in exempt:
            yield f"{op.where()}: {op.name}: a test earns '{mark}'; nothing has to excuse it"
        if earned is False and mark not in exempt:
            yield f"{op.where()}: {op.name}: no test earns '{mark}'"


def row(op, marks):
    words = {True: "yes", False: "none needed", None: "none"}
    return f"{op.name:<32}" + "".join(f"{words[marks[mark]]:<14}" for mark in MARKS).rstrip()


def main():
    if not shutil.which("tern-opt"):
        finish(["tern-opt is not on the path"])
    ops = [op for op in ods.load(ROOT).ops if op.dialect == "tern"]
    evidence = set(refused_ops()), set(folded_ops()), set(differentiated_ops()), set(compared_ops())
    table = [(op, marks_of(op, *evidence)) for op in ops]
    print(f"{'op':<32}" + "".join(f"{mark:<14}" for mark in MARKS).rstrip())
    for op, marks in table:
        print(row(op, marks))
    known = {op.name for op in ops}
    strangers = [f"{name}: is excused, but is no op" for name in EXEMPT if known and name not in known]
    finish([finding for op, marks in table for finding in findings_of(op, marks)] + strangers)


main()
