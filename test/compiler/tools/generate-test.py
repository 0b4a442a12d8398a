# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Every test that tern-opt generates passes when it is run, and fails when one of its lines or one of its values is changed,
# or when the pass does not run. Inputs are the inputs of the passes' own tests.
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
OPTIONS = {  # those that a pass cannot do without
    "derive/derive-decode": "{context=32 slots=2}",
    "derive/derive-objective": "{objective=causal-lm}",
    "shape/specialize-shapes": "{batch=4 seq=16}",
}
FAILS = {"expand-kernels-naive"}  # on its own input, which shows its messages
BROKEN = "a_line_that_is_nowhere"


def subjects():
    """(pass, file): the pass that a test file is named for, and in lower/ the one pass that lowers every family."""
    for file in sorted(TESTS.glob("*/*.mlir")):
        room, stem = file.parent.name, file.stem
        if room in ("tools", "support", "emit") or stem.endswith("-invalid") or stem in FAILS:
            continue
        text = file.read_text()
        name = stem if f"tern-{stem}" in text else "lower-to-linalg"
        if "tern-" + name in text:
            yield name + OPTIONS.get(f"{room}/{stem}", ""), file


def run(command, **options):
    return subprocess.run(command, shell=True, capture_output=True, text=True, **options)


def check(test, output):
    """Whether the lines of the test describe the output."""
    with tempfile.NamedTemporaryFile("w", suffix=".mlir") as file:
        file.write(test)
        file.flush()
        return run(f"FileCheck {file.name}", input=output).returncode == 0


def visible(lines):
    """Values that the last line of these can see and that no region shares a name with: those of the function itself."""
    label = max(number for number, line in enumerate(lines) if "CHECK-LABEL" in line)
    return re.findall(r"CHECK-SAME:.*%\[\[(\w+):|CHECK-NEXT:    %\[\[(\w+):", "\n".join(lines[label:]))


def mutations(test):
    """(what was changed, the changed test): ops and operands of lines here and there."""
    lines = test.split("\n")
    places = [number for number, line in enumerate(lines) if re.search(r"CHECK(-NEXT|-SAME):.*%\[\[", line)]
    for number in places[::max(1, len(places) // 6)]:
        words = re.sub(r"(= |: )([a-z])", rf"\1{BROKEN}\2", lines[number], count=1)
        if words != lines[number]:
            yield f"line {number + 1}", "\n".join(lines[:number] + [words] + lines[number + 1:])
        uses = re.findall(r"%\[\[(\w+)\]\]", lines[number])
        others = [name for pair in visible(lines[:number]) for name in pair if name and name not in uses]
        if uses and others:
            changed = lines[number].replace(f"%[[{uses[0]}]]", f"%[[{others[-1]}]]", 1)
            yield f"operand of line {number + 1}", "\n".join(lines[:number] + [changed] + lines[number + 1:])


def findings_of(subject):
    name, file = subject
    title = f"{name} on {file.relative_to(TESTS)}"
    generated = run(f"tern-opt '--generate-test={name}' {file}")
    if generated.returncode:
        return [f"{title}: {generated.stderr}"]
    test = generated.stdout
    if re.search(r"CHECK.*%(\d|arg|cst)", test):
        return [f"{title}: a value is not captured"]
    command = re.match(r"// RUN: (tern-opt .*) \| FileCheck %s\n", test).group(1)
    with tempfile.NamedTemporaryFile("w", suffix=".mlir") as input_file:
        input_file.write(test)
        input_file.flush()
        output = run(command.replace("%s", input_file.name)).stdout
        before = run(re.sub(r" --tern-\S+(=\".*\")?", "", command).replace("%s", input_file.name)).stdout
    if not check(test, output):
        return [f"{title}: does not pass"]
    findings = [f"{title}: passes in spite of another {what}" for what, changed in mutations(test) if check(changed, output)]
    if before != output and check(test, before):
        findings.append(f"{title}: passes without the pass")
    return findings


def main():
    found = list(subjects())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        findings = [line for lines in pool.map(findings_of, found) for line in lines]
    print("\n".join(findings) or f"{len(found)} generated tests pass and can fail")
    sys.exit(bool(findings))


main()
