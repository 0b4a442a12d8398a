# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Whatever a .td file defines is documented: ops, attributes, enums, interfaces and passes have a summary of one line, a
# description in words and an example; options and statistics of passes, methods of interfaces say what they are.
# RUN: %check
import re
import sys
from pathlib import Path

from house import ROOT, finish

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "docs"))
import ods  # noqa: E402  (lives beside the generator of the pages, which reads the same records)

SUMMARY_LIMIT = 110
FENCE = re.compile(r"^[ \t]*```(.*)\n(?:.*\n)*?[ \t]*```", re.M)
# The languages of code blocks that a test reads: ods-examples.py and pass-examples.py.
TESTED = {"pass": {"mlir", "text"}, "interface": {"c++"}}


def prose(entry):
    """The description without its code blocks."""
    return ods.EXAMPLE.sub("", entry.description).strip()


def parts(entry):
    """(what it is, the part) of everything in an entry that needs a description of its own."""
    if entry.kind == "pass":
        yield from (("option", option) for option in entry.options)
        yield from (("statistic", statistic) for statistic in entry.statistics)
    if entry.kind == "interface":
        yield from (("method", method) for method in entry.methods)


def findings_of(entry):
    where = f"{entry.where()}: {entry.kind} {entry.name}"
    if not entry.summary:
        yield f"{where}: has no summary"
    elif entry.kind != "interface" and (len(entry.summary) > SUMMARY_LIMIT or entry.summary.endswith(".")):
        yield f"{where}: its summary is one line of {SUMMARY_LIMIT} columns without a full stop"
    if not prose(entry):
        yield f"{where}: has no description in words"
    if entry.kind != "dialect" and not entry.examples("c++" if entry.kind == "interface" else "mlir"):
        yield f"{where}: has no example in its description"
    for language in FENCE.findall(entry.description):
        if language not in TESTED.get(entry.kind, {"mlir"}):
            yield f"{where}: no test reads a block of '{language}'"
    for kind, part in parts(entry):
        if not part.text:
            yield f"{where}: its {kind} {part.name} has no description"


def main():
    entries = ods.load(ROOT).entries()
    print(f"{len(entries)} entries")
    finish([finding for entry in entries for finding in findings_of(entry)])


main()
