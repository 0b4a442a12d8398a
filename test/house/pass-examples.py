# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Every pass shows what it does: two code blocks in its description, IR before and after it, with the options between them.
# The first one is run through the pass; the second one must be what comes out, whatever its values are called. Where the
# second one leaves text out, as `...`, the rest must be there in this order, with one value per name. A second block in
# the language `text` is what the pass says when it refuses the first.
# RUN: %check
import re
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from house import ROOT, finish

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "docs"))
import ods  # noqa: E402  (lives beside the generator of the pages, which reads the same records)

OPTIONS = re.compile(r"`(--[^`]+)`")
VALUE = re.compile(r"%([\w$-]+)")


def tern_opt(program, options=""):
    """What tern-opt prints for a program, and its diagnostics, None when there are none."""
    command = [shutil.which("tern-opt"), "-", *shlex.split(options)]
    run = subprocess.run(command, input=program, capture_output=True, text=True)
    return run.stdout, run.stderr if run.returncode else None


def examples(entry):
    """(before, options, language of what follows, after) of every pair of blocks; an odd one at the end has no after."""
    parts = ods.EXAMPLE.split(entry.description)
    blocks = [(parts[i + 1], parts[i + 2], parts[i + 3]) for i in range(1, len(parts), 4)]  # language, code, the text behind
    for i in range(0, len(blocks), 2):
        _, before, between = blocks[i]
        named = OPTIONS.search(between)
        language, after, _ = blocks[i + 1] if i + 1 < len(blocks) else ("", None, "")
        yield before, named.group(1) if named else f"--{entry.name}", language, after


def squeezed(text):
    return " ".join(text.split())


def pattern(after):
    """A regular expression for text with `...` in it; a name stands for one value, anew in each function."""
    result, function, known = "", 0, set()
    for piece in re.split(r"(\.\.\.|%[\w$-]+|func\.func)", squeezed(after)):
        function += piece == "func.func"
        value = VALUE.fullmatch(piece)
        group = value and f"f{function}_{re.sub(r'[^a-zA-Z0-9]', '_', value.group(1))}"
        if piece == "...":
            result = result.rstrip("\\ ") + r"[ \S]*?"
        elif group and group in known:
            result += rf"(?P={group})(?![\w$-])"
        elif group:
            known.add(group)
            result += rf"(?P<{group}>%[\w$-]+)"
        else:
            result += re.escape(piece.lstrip() if result.endswith("*?") else piece)
    return result


def difference(printed, after):
    """Why the printed IR is not the stated one, or None."""
    if "..." in after:
        return None if re.search(pattern(after), squeezed(printed)) else "these lines are not in what comes out"
    stated, errors = tern_opt(after)
    if errors:
        return f"the second block does not parse\n{errors}"
    return None if squeezed(stated) == squeezed(printed) else "something else comes out"


def findings_of(entry):
    pairs = list(examples(entry))
    if not pairs:
        return [f"{entry.name}: its description has no example"]
    findings = []
    for before, options, language, after in pairs:
        if f"--{entry.name}" not in options or after is None:
            findings.append(f"{entry.name}: a block before and one after, and the options between them name the pass; found {options}")
            continue
        printed, errors = tern_opt(before, options)
        if language == "text":
            if squeezed(after) not in squeezed(errors or "nothing"):
                findings.append(f"{entry.where()}: {entry.name}: {options} does not refuse the block so; it says\n{errors}")
            continue
        why = f"the first block fails\n{errors}" if errors else difference(printed, after)
        if why:
            findings.append(f"{entry.where()}: {entry.name}: {why}; {options} prints\n{printed}")
    return findings


def main():
    if not shutil.which("tern-opt"):
        finish(["tern-opt is not on the path"])
    passes = ods.load(ROOT).passes
    print(f"{len(passes)} passes")
    with ThreadPoolExecutor(2) as pool:
        finish([finding for findings in pool.map(findings_of, passes) for finding in findings])


main()
