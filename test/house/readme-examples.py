# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Code blocks of the READMEs are true: MLIR parses, and is run where it has RUN lines; options exist, files are there. What
# a tutorial says is followed by the test of that tutorial.
# RUN: %check
import re
import shlex
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from house import ROOT, finish, read, tracked_files

BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```", re.S | re.M)
RUN_LINE = re.compile(r"^// RUN" r": (.*)$", re.M)  # in two halves, so that lit does not take it for one of ours
OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][\w-]*")
TREE = ("compiler/", "dialects/", "examples/", "runtime/", "scripts/", "test/")


@cache
def options_of(tool):
    """The options that a tool takes, MLIR's included."""
    run = subprocess.run([shutil.which(tool), "--help-hidden"], capture_output=True, text=True)
    return set(OPTION.findall(run.stdout)) | {"-O0", "-O3"}


@cache
def program_options():
    """The options of a compiled program, from the source of its command line."""
    text = "".join(read(path) for path in tracked_files() if path.parts[:2] == ("runtime", "cli") and path.suffix == ".cpp")
    return set(re.findall(r'(--?[a-z][a-z-]*)', text))


def shell_findings(line, folder):
    """What is wrong with a command: an option that its tool has not, a file that is neither in the tree nor in the folder."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:  # an apostrophe: a sentence that a tool prints
        return
    tool = Path(words[0]).name if words else ""
    known = options_of(tool) if tool.startswith("tern") else program_options() if words and words[0].startswith("./") else None
    plugin = any("plugin" in word for word in words)  # which brings options of its own
    for word in words[1:]:
        option = OPTION.match(word)
        if known and option and option.group() not in known and not plugin:
            yield f"{tool} has no option {option.group()}"
    for word in words:
        word = re.sub(r"(:\d+)*:?$", "", word)  # a place in a file
        if word.startswith(TREE) and not (ROOT / word).exists() and not (ROOT / folder / word).exists():
            yield f"there is no {word}"


def mlir_findings(code):
    """Runs the RUN lines of a program, or parses it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "example.mlir")
        file.write_text(code, encoding="utf-8")
        commands = [line.replace("%s", str(file)) for line in RUN_LINE.findall(code)] or [f"tern-opt {file}"]
        for command in commands:
            run = subprocess.run(command, shell=True, capture_output=True, text=True)
            if run.returncode:
                yield f"{command} fails\n{run.stdout}{run.stderr}"


def findings_of(path):
    for info, code in BLOCK.findall(read(path)):
        if "file=" in info or info == "console":
            continue
        if info == "mlir":
            found = mlir_findings(code)
        elif info in ("", "sh") and not re.search(r"^\s*//|►", code, re.M):
            found = (finding for line in re.sub(r"\\\n", "", code).splitlines() for finding in shell_findings(line, path.parent))
        else:
            found = ()
        yield from (f"{path}: {finding}" for finding in found)


def main():
    if not shutil.which("tern-opt"):
        finish(["tern-opt is not on the path"])
    documents = [path for path in tracked_files() if path.suffix == ".md"]
    findings = [finding for path in documents for finding in findings_of(path)]
    if Path("README.md") in documents:
        models = [code for info, code in BLOCK.findall(read(Path("README.md"))) if info == "mlir"]
        if any(model not in read(Path("examples/gpt2/model.mlir")) for model in models):
            findings.append("README.md: its model is not examples/gpt2/model.mlir")
    finish(findings)


main()
