# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Every example in a description of dialects/ is what it says: MLIR of ops, attributes and enums is parsed and verified by
# tern-opt, C++ of interfaces is compiled. An MLIR example shows ops on values it does not define: they become arguments of
# a function around it, whose types the parser itself demands, one at a time.
# RUN: %check %build
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from house import ROOT, finish

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "docs"))
import ods  # noqa: E402  (lives beside the generator of the pages, which reads the same records)

VALUE = re.compile(r"%[A-Za-z0-9_$.-]+")
RESULTS = re.compile(r"^\s*(%[\w, %:]+?)\s*=", re.M)
CARRIED = re.compile(r"(%[\w.]+)\s*=\s*%")
INDEX = re.compile(r"\bindex (%\w+)")
BLOCK_ARGUMENTS = re.compile(r"\^\w+\(([^)]*)\)")
DEMAND = re.compile(r"use of value '(%\w+)' expects different type than prior uses: '(.*)' vs '(.*)'")
UNKNOWN = "none"


def free_values(text):
    """The values that an example uses and does not define."""
    own = set()
    for pattern in (RESULTS, CARRIED, INDEX, BLOCK_ARGUMENTS):
        for definitions in pattern.findall(text):
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


def shows(entry, example):
    """An op or attribute appears by its name, an enum by one of its cases, a dialect however it likes."""
    if entry.kind == "dialect":
        return True
    if entry.kind == "enum":
        return any(re.search(rf"\b{case.name}\b", example) for case in entry.parameters)
    return entry.name in example or entry.name.split(".")[-1] in example and entry.kind == "attribute"


def findings_of(entry):
    examples = entry.examples()
    findings = [f"{entry.where()}: {entry.name}: an example does not show it" for text in examples if not shows(entry, text)]
    for errors in filter(None, map(example_errors, examples)):
        findings.append(f"{entry.where()}: {entry.name}: an example does not parse\n{errors}")
    return findings


def compile_findings(interfaces, build):
    """All C++ examples as one file."""
    if not interfaces:
        return []
    code = "".join(f'#include "dialects/interfaces/{interface.name}.h"\n' for interface in interfaces)
    code += '#include "dialects/tern/GradBuilder.h"\n#include "mlir/Dialect/Func/IR/FuncOps.h"\n'
    for interface in interfaces:
        for number, example in enumerate(interface.examples("c++")):
            code += f"namespace {interface.name}{number} {{\n#line 1 \"example of {interface.name}\"\n{example}}}\n"
    folders = [f"-I{folder}" for folder in (ROOT, build)] + [f"-isystem{ods.LLVM / 'include'}"]
    command = [ods.LLVM / "bin/clang++", "-fsyntax-only", "-std=c++20", "-fno-rtti", "-Wall", "-Werror", "-Wno-deprecated-declarations",
               "-Wno-missing-prototypes", *folders, "-xc++", "-"]
    run = subprocess.run(command, input=code, capture_output=True, text=True)
    return [f"examples of the interfaces do not compile\n{run.stderr}"] if run.returncode else []


def main():
    if not shutil.which("tern-opt"):
        finish(["tern-opt is not on the path"])
    reference = ods.load(ROOT)
    entries = reference.dialects + reference.ops + reference.attributes
    print(f"{len(reference.ops)} ops, {len(reference.attributes)} attributes and enums, {len(reference.interfaces)} interfaces")
    with ThreadPoolExecutor(2) as pool:
        compiled = pool.submit(compile_findings, reference.interfaces, Path(sys.argv[2]))
        findings = [finding for findings in pool.map(findings_of, entries) for finding in findings]
    finish(findings + compiled.result())


main()
