# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Every op has an example in its description, and tern-opt parses and verifies it. An example shows ops on values it does
# not define: they become arguments of a function around it, whose types the parser itself demands, one at a time.
# RUN: %check
import json
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from house import ROOT, finish, tracked_files

LLVM = Path("/usr/lib/llvm-22")
EXAMPLE = re.compile(r"^[ \t]*```mlir\n(.*?)^[ \t]*```", re.S | re.M)
VALUE = re.compile(r"%[A-Za-z0-9_$.-]+")
RESULTS = re.compile(r"^\s*(%[\w, %:]+?)\s*=", re.M)
CARRIED = re.compile(r"(%[\w.]+)\s*=\s*%")
BLOCK_ARGUMENTS = re.compile(r"\^\w+\(([^)]*)\)")
DEMAND = re.compile(r"use of value '(%\w+)' expects different type than prior uses: '(.*)' vs '(.*)'")
UNKNOWN = "none"


def ops_of(dialect_file):
    """(full name, whether it ends a block, description) of the ops that a dialect's main file includes."""
    command = [LLVM / "bin/llvm-tblgen", "--dump-json", "-I", ROOT, "-I", LLVM / "include", ROOT / dialect_file]
    table = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    for name in table["!instanceof"]["Op"]:
        record = table[name]
        dialect = table[record["opDialect"]["def"]]["name"]
        terminator = any(trait["def"] == "Terminator" for trait in record["traits"])
        yield f"{dialect}.{record['opName']}", terminator, record.get("description") or ""


def free_values(text):
    """The values that an example uses and does not define."""
    own = set()
    for definitions in RESULTS.findall(text) + CARRIED.findall(text) + BLOCK_ARGUMENTS.findall(text):
        own.update(VALUE.findall(definitions))
    return [name for name in dict.fromkeys(VALUE.findall(text)) if name not in own]


def wrapped(text, types):
    if "func.func" in text or "module" in text or "tern.hyper" in text:
        return text
    arguments = ", ".join(f"{name}: {kind}" for name, kind in types.items())
    return f"func.func @example({arguments}) {{\n{text}return\n}}\n"


def parse(program):
    """The diagnostics, empty when the program parses and verifies."""
    run = subprocess.run([shutil.which("tern-opt"), "-", "-o", "/dev/null"], input=program, capture_output=True, text=True)
    return run.stderr if run.returncode else ""


def example_errors(text):
    """Parses an example; each time the parser demands a type for an argument that has none yet, gives it that type."""
    types = dict.fromkeys(free_values(text), UNKNOWN)
    while True:
        errors = parse(wrapped(text, types))
        demand = DEMAND.search(errors)
        if not demand or types.get(demand.group(1)) != UNKNOWN:
            return errors and wrapped(text, types) + errors
        types[demand.group(1)] = demand.group(2)


def findings_of(op):
    name, terminator, description = op
    examples = EXAMPLE.findall(description)
    if not examples and not terminator:
        return [f"{name}: its description has no ```mlir example"]
    findings = [f"{name}: an example does not show it" for example in examples if name not in example]
    for errors in filter(None, map(example_errors, examples)):
        findings.append(f"{name}: an example does not parse\n{errors}")
    return findings


def main():
    if not shutil.which("tern-opt"):
        finish(["tern-opt is not on the path"])
    files = [path for path in tracked_files() if path.suffix == ".td" and path.parts[0] == "dialects"]
    dialects = [path for path in files if path.stem.lower() == path.parent.name]
    ops = [op for path in dialects for op in ops_of(path)]
    print(f"{len(ops)} ops of {len(dialects)} dialects")
    with ThreadPoolExecutor(2) as pool:
        finish([finding for findings in pool.map(findings_of, ops) for finding in findings])


main()
