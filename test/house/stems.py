# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The stem rule: one word per thing, so that its definition, its code and its tests are found by name.
# RUN: %check
from pathlib import Path

from house import finish, kebab, pass_definitions, tracked_files

# Files of dialects/tern that are not families: the dialect itself and what all families share.
SHARED = {"Tern", "Base", "Attrs"}
# Families whose ops have all become something else before `lower`: there is nothing to lower.
NOTHING_TO_LOWER = set()


def family_findings(files):
    for file in files:
        if file.parent != Path("dialects/tern") or file.suffix != ".td" or file.stem in SHARED:
            continue
        family = file.stem
        if file.with_suffix(".cpp") not in files:
            yield f"family {family}: no dialects/tern/{family}.cpp"
        if family not in NOTHING_TO_LOWER and Path(f"compiler/lower/{family}.cpp") not in files:
            yield f"family {family}: no compiler/lower/{family}.cpp"
        if Path(f"test/dialects/tern/{kebab(family)}.mlir") not in files:
            yield f"family {family}: no test/dialects/tern/{kebab(family)}.mlir"


def pass_findings(files):
    for room, stem, flag in pass_definitions():
        if flag != "tern-" + kebab(stem):
            yield f"pass {stem}: its flag is {flag}, not tern-{kebab(stem)}"
        if room / f"{stem}.cpp" not in files:
            yield f"pass {stem}: no {room}/{stem}.cpp"
        if Path("test") / room / f"{kebab(stem)}.mlir" not in files:
            yield f"pass {stem}: no test/{room}/{kebab(stem)}.mlir"


def main():
    files = set(tracked_files())
    finish(sorted(family_findings(files)) + sorted(pass_findings(files)))


main()
