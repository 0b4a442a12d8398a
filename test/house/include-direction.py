# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Who may include whom (architecture, "the plan of the house"): rooms of the compiler have no doors to each other, compiler
# and runtime meet at runtime/abi, and the runtime's folders include downwards only.
# RUN: %check
import re
from pathlib import Path

from house import finish, read, tracked_files

INCLUDE = re.compile(r'^\s*#?\s*include\s+"((?:dialects|compiler|runtime)/[^"]+)"', re.M)
# A folder of the runtime sees its own level and the levels before it.
RUNTIME_LEVELS = [{"abi"}, {"core"}, {"device", "io", "text"}, {"data", "train", "generate"}, {"serve"}, {"cli"}]


def folder_of(path):
    """dialects/tern, compiler/fuse, compiler (the corridor), runtime/io, or None outside of these."""
    parts = path.parts[:-1]
    return Path(*parts[:2]) if parts and parts[0] in ("dialects", "compiler", "runtime") else None


def level(folder):
    for number, names in enumerate(RUNTIME_LEVELS):
        if folder.name in names:
            return number
    return None


def runtime_may(source, target):
    return target.parts[0] == "runtime" and level(target) is not None and level(target) <= level(source)


def dialects_may(source, target):
    """interfaces stand alone; a dialect sees the interfaces."""
    return target == Path("dialects/interfaces")


def compiler_may(source, target, included):
    room = source.name
    if room == "tools":
        return target.parts[0] != "runtime" or target == Path("runtime/abi")
    if target == Path("runtime/abi"):
        return room == "emit"
    if target.parts[0] == "runtime":
        return False
    if source == Path("compiler"):  # the corridor sees every room, through its one header
        doors = ("Passes.h", "Passes.h.inc")
        return target.parts[0] == "dialects" or target.name in ("support", "emit") or included.name in doors
    return target.parts[0] == "dialects" or target == Path("compiler/support")


def allowed(source, included):
    target = folder_of(included)
    if target is None or source == target:
        return True
    if source.parts[0] == "runtime":
        return runtime_may(source, target)
    if source.parts[0] == "dialects":
        return dialects_may(source, target)
    return compiler_may(source, target, included)


def cycle(edges):
    """A folder that reaches itself through includes, as a path, or None."""
    def visit(folder, path):
        if folder in path:
            return path[path.index(folder):] + [folder]
        for target in sorted(edges.get(folder, ())):
            found = visit(target, path + [folder])
            if found:
                return found
        return None

    for folder in sorted(edges):
        found = visit(folder, [])
        if found:
            return found
    return None


def main():
    findings, edges = [], {}
    for file in tracked_files():
        source = folder_of(file)
        if source is None or file.suffix not in (".h", ".cpp", ".c", ".td"):
            continue
        if source.parts[0] == "runtime" and level(source) is None:
            findings.append(f"{file}: {source} is no folder of the plan")
            continue
        for name in INCLUDE.findall(read(file)):
            included = Path(name)
            if not allowed(source, included):
                findings.append(f"{file}: may not include {name}")
            if folder_of(included) not in (None, source):
                edges.setdefault(source, set()).add(folder_of(included))
    found = cycle(edges)
    if found:
        findings.append("folders include each other in a circle: " + " -> ".join(map(str, found)))
    finish(findings)


main()
