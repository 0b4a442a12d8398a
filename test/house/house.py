# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What the checks of the plan share: the repository's files, its names, and how a finding is reported.
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(sys.argv[1]).resolve()


def tracked_files():
    """Every file that belongs to the repository, as paths relative to its root: what git tracks or would track."""
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, capture_output=True, check=True).stdout.decode()
        names = [name for name in listing.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = walk()
    return sorted(Path(name) for name in names if (ROOT / name).is_file())


def walk():
    """The same for a copy without git: everything except build trees and what programs leave behind."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in (".git", "out", "__pycache__") and not f.startswith("build")]
        for file in files:
            if file == ".git":  # of a worktree
                continue
            yield os.path.relpath(os.path.join(folder, file), ROOT)


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def kebab(name):
    """FuseQkv -> fuse-qkv, RMSNorm -> rms-norm, LowerToLLVM -> lower-to-llvm."""
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", name)
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1-\2", name).lower()


def pass_definitions():
    """(room, stem, flag) of every pass: `def FuseQkv : Pass<"tern-fuse-qkv", ...>` in compiler/<room>/Passes.td."""
    for path in tracked_files():
        if path.name == "Passes.td" and path.parts[0] == "compiler":
            for stem, flag in re.findall(r'^def\s+(\w+)\s*:\s*\w*Pass<"([^"]+)"', read(path), re.M):
                yield path.parent, stem, flag


def finish(findings):
    """Prints the findings and ends the check."""
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings")
    sys.exit(1 if findings else 0)
