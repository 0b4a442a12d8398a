# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Every example in an op's description is parsed and verified by tern-opt, and every op has one. An example shows ops on
# values it does not define: they become arguments of a function around it, with the types that the example states.
# RUN: %check
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from house import ROOT, finish, tracked_files

LLVM = Path("/usr/lib/llvm-22")
EXAMPLE = re.compile(r"^[ \t]*```mlir\n(.*?)^[ \t]*```", re.S | re.M)
VALUE = re.compile(r"%[A-Za-z0-9_$.-]+")
STATEMENT = re.compile(r"(?:^|\n)[ \t]*(?=(?:%[\w, %:]+=\s*)?\"?[a-z_]+\.[a-z_]+)")


def records(dialect_file):
    command = [LLVM / "bin/llvm-tblgen", "--dump-json", "-I", ROOT, "-I", LLVM / "include", ROOT / dialect_file]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def ops_of(dialect_file):
    """(full name, traits, description) of the ops of the dialect that the file is about."""
    table = records(dialect_file)
    for name in table["!instanceof"].get("Op", []):
        record = table[name]
        dialect = table[record["opDialect"]["def"]]["name"]
        traits = {trait["def"] for trait in record["traits"]}
        yield f"{dialect}.{record['opName']}", traits, record.get("description") or ""


def split_types(text):
    """The types of `A, B<C, D>, (E) -> F` at the top level, commas inside brackets kept."""
    depth, current, types = 0, "", []
    for char in text.replace("->", "\x00"):
        depth += (char in "<([") - (char in ">)]")
        if char == "," and depth == 0:
            types.append(current)
            current = ""
        else:
            current += char
    return [t.replace("\x00", "->").strip() for t in types + [current] if t.strip()]


def stated_types(statement):
    """The types after the last colon that stands outside of brackets, up to a region, an arrow or the end."""
    head = statement.split("{")[0] if statement.rstrip().endswith("{") else statement
    depth, colon = 0, -1
    for position, char in enumerate(head):
        depth += (char in "<([{") - (char in ">)]}" and head[position - 1] != "-")
        if char == ":" and depth == 0:
            colon = position
    if colon < 0:
        return []
    return split_types(re.split(r"->", head[colon + 1:])[0])


def operands(statement):
    """Operand names in the order in which they stand; in `(%h = %x0)` the second is the operand."""
    body = statement.split("=", 1)[1] if re.match(r"\s*%[^=]*=", statement) else statement
    body = re.sub(r"(%[\w.]+)\s*=\s*(?=%)", "", body)
    return VALUE.findall(body)


def defined(text):
    names = set()
    for results in re.findall(r"^\s*(%[\w, %:]+?)\s*=", text, re.M):
        names.update(VALUE.findall(results))
    names.update(re.findall(r"\(?(%[\w.]+)\s*=\s*%", text))
    names.update(re.findall(r"(%[\w.]+)\s*:\s*[\w!<]", "".join(re.findall(r"\^\w*\([^)]*\)", text))))
    return names


def free_values(text):
    """name -> type of what the example uses and does not define."""
    own, types = defined(text), {}
    for statement in STATEMENT.split(text):
        names, stated = operands(statement), stated_types(statement)
        key = re.search(r"\bkey (%\w+)", statement)
        if key and len(stated) < len(names):
            types[key.group(1)] = "tensor<i64>"
            names.remove(key.group(1))
        if len(stated) == 1:
            stated = stated * len(names)
        for name, kind in zip(names, stated):
            if name not in own:
                types.setdefault(name, kind)
    return types


def wrapped(text):
    arguments = ", ".join(f"{name}: {kind}" for name, kind in free_values(text).items())
    hyper = [line for line in text.splitlines() if line.strip().startswith("tern.hyper")]
    if hyper or "func.func" in text or "module" in text:
        return text
    return f"func.func private @sink()\nfunc.func @example({arguments}) {{\n{text}\nreturn\n}}\n"


def parse(program):
    with tempfile.NamedTemporaryFile("w", suffix=".mlir") as file:
        file.write(program)
        file.flush()
        run = subprocess.run([shutil.which("tern-opt"), file.name, "-o", "/dev/null"], capture_output=True, text=True)
    return run.stderr.replace(file.name, "example") if run.returncode else ""


def findings_of(name, traits, description):
    examples = EXAMPLE.findall(description)
    if not examples and "Terminator" not in traits:
        yield f"{name}: its description has no ```mlir example"
    for example in examples:
        if name not in example:
            yield f"{name}: its example does not show it"
        errors = parse(wrapped(example))
        if errors:
            yield f"{name}: its example does not parse\n{wrapped(example)}{errors}"


def main():
    if not shutil.which("tern-opt"):
        finish(["tern-opt is not on the path"])
    findings = []
    for path in tracked_files():
        if path.parts[0] == "dialects" and path.stem.lower() == path.parent.name and path.suffix == ".td":
            for op in ops_of(path):
                findings.extend(findings_of(*op))
    finish(findings)


main()
