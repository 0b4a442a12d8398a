# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The top level holds what the plan says and nothing else; every folder has a README; test files are named in kebab-case.
# RUN: %check
import re

from house import finish, tracked_files

FOLDERS = {"compiler", "dialects", "runtime", "test", "examples", "scripts"}
FILES = {"CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md"}
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.(mlir|test|py|sh|csv|txt|json)")


def folders(files):
    """Every folder that holds a file, directly or further down."""
    return sorted({parent for file in files for parent in file.parents if parent.parts})


def needs_readme(folder):
    """Dot folders are configuration; below test/<room> the path says what is tested; inputs belong to their test."""
    if folder.parts[0].startswith(".") or folder.name == "inputs":
        return False
    return folder.parts[0] != "test" or len(folder.parts) <= 2


def main():
    files = tracked_files()
    findings = []
    for name in sorted({file.parts[0] for file in files}):
        if name not in FOLDERS | FILES and not name.startswith("."):
            findings.append(f"{name}: does not belong on the top level")
    for folder in folders(files):
        if needs_readme(folder) and folder / "README.md" not in files:
            findings.append(f"{folder}: has no README.md")
    for file in files:
        if file.parts[0] == "test" and file.suffix in (".mlir", ".test") and not KEBAB.fullmatch(file.name):
            findings.append(f"{file}: test files are named in kebab-case")
    finish(findings)


main()
