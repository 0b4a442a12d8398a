# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Does what a tutorial tells its reader: run-tutorial.py TUTORIAL.md FOLDER. Code blocks in order: one that says `file=NAME` is
# saved under that name, a `console` block is typed into one shell. Lines behind `$ ` are commands, what follows is what they
# must print, `...` standing for anything; a command that says nothing prints nothing. Any other block is a mistake.
import os
import re
import subprocess
import sys
import time
from pathlib import Path

BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.S | re.M)
DONE = "--- done"


class Shell:
    """One bash for the whole tutorial, so that variables and the folder stay."""

    def __init__(self, folder):
        environment = {"HOME": os.environ["HOME"], "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        self.process = subprocess.Popen(["bash", "--noprofile", "--norc"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, cwd=folder, env=environment)

    def run(self, command):
        """(output, exit status) of a command."""
        self.process.stdin.write(f"{command}\nprintf '\\n{DONE} %d\\n' $?\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.startswith(DONE):
                return "".join(lines)[:-1], int(line.split()[-1])
            lines.append(line)
        return "".join(lines), 1


def commands(block):
    """(command, expected output) of a console block."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif not found:
            raise SystemExit(f"a console block begins with a command, not with: {line}")
        else:
            found[-1][1].append(line)
    return found


def fits(output, expected):
    """Whether the output is what is expected; a line `...` is any number of lines, `...` in a line any text."""
    pattern = ""
    for line in expected:
        pattern += r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + r"\s*?\n"
    lines = "".join(line.rstrip() + "\n" for line in output.splitlines())
    return re.fullmatch(pattern, lines) is not None


def type_in(shell, block):
    for command, expected in commands(block):
        began = time.monotonic()
        output, status = shell.run(command)
        print(f"$ {command}\n{output.rstrip()}\n[{time.monotonic() - began:.1f} s]", flush=True)
        if status:
            sys.exit(f"this command fails with status {status}")
        if not fits(output, expected):
            sys.exit("the tutorial says:\n" + "\n".join(expected))


def main():
    tutorial, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True)
    shell = Shell(folder)
    for info, block in BLOCK.findall(tutorial.read_text(encoding="utf-8")):
        name = re.search(r"\bfile=(\S+)", info)
        if name:
            target = folder / name.group(1)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block, encoding="utf-8")
        elif info == "console":
            type_in(shell, block)
        else:
            sys.exit(f"a block is neither a file nor a console: ```{info}")


main()
