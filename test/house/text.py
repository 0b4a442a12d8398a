# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Lines that every source file has or must not have: the licence, no path of one machine, no unfinished work, no line over
# the column limit.
# RUN: %check
import re

from house import finish, read, tracked_files

SOURCES = {".cpp", ".h", ".c", ".td", ".py", ".mlir", ".sh"}
SPDX = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"
MACHINE_PATH = re.compile(r"(?:^|[^A-Za-z0-9_.])/(?:work|farm|root|home|Users)/")
# Spelled in two halves, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b|not (?:yet )?imple" r"mented|unimple" r"mented")
COLUMNS = 140


def is_source(path, text):
    """Code and models. Tests written in MLIR are input of a tool: their first lines say how it is run."""
    if path.suffix == ".mlir" and "test" in path.parts:
        return path.parts[:2] == ("test", "models")
    return path.suffix in SOURCES or (path.suffix == "" and text.startswith("#!"))


def text_of(path):
    try:
        return read(path)
    except UnicodeDecodeError:
        return None


def findings_in(path, text):
    source = is_source(path, text)
    if source and SPDX not in "\n".join(text.splitlines()[:3]):
        yield f"{path}: no SPDX line at the top"
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE_PATH.search(line):
            yield f"{path}:{number}: a path of one machine"
        if source and UNFINISHED.search(line):
            yield f"{path}:{number}: unfinished: {line.strip()}"
        if source and len(line) > COLUMNS:
            yield f"{path}:{number}: {len(line)} columns, {COLUMNS} at most"


def main():
    findings = []
    for path in tracked_files():
        text = text_of(path)
        if text is not None:
            findings.extend(findings_in(path, text))
    finish(findings)


main()
