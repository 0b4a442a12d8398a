# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What the generator of the documentation must notice: faulty documents and what it says about them.
# REQUIRES: docs
# RUN: %python -B %s %source
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(sys.argv[1], "scripts", "docs")))
from ods import Entry, Reference as Records  # noqa: E402
from reference import Reference  # noqa: E402
from site_pages import Page, Site, relative  # noqa: E402
from tree import Tree  # noqa: E402


def warnings_of(readme="# Title\n", description="Words.\n", page_body="<p></p>"):
    """The warnings for a tree of one README, one dialect, and one page of our own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "README.md").write_text(readme)
        site = Site()
        tree = Tree(site, folder)
        tree.add_guides()
        entry = Entry(kind="dialect", name="d", summary="s", description=description, file="d.td", line=1)
        Reference(site, Records([entry], [], [], [], [])).build()
        tree.fill()
        site.add(Page("own.html", "own", ("Start",), page_body))
        site.write(Path(folder, "site"), "0")
        return site.warnings


CASES = [
    ({"readme": "See [this](missing.md).\n"}, "a link to missing.md, but there is no such file"),
    ({"readme": "See [this](#nothing).\n"}, "a link to #nothing, but index.html has no such anchor"),
    ({"readme": "See `tern.no_such_op`.\n"}, "`tern.no_such_op` is neither an op, nor a pass, nor an attribute"),
    ({"readme": "See `--tern-no-such-pass`.\n"}, "`--tern-no-such-pass` is neither"),
    ({"description": ""}, "d.td:1: dialect d has no description"),
    ({"description": "q (B, H*D); k (S, KV*D).\n"}, "a star became emphasis behind 'q (B, H'"),
    ({"page_body": '<p id="a"></p><p id="a"></p>'}, "the anchor a is there twice"),
    ({"page_body": '<a href="gone.html">x</a>'}, "a link to gone.html, but there is no such page"),
]


def main():
    faults = [f"a sound tree: {warning}" for warning in warnings_of()]
    for arguments, expected in CASES:
        warnings = warnings_of(**arguments)
        if not any(expected in warning for warning in warnings):
            faults.append(f"{arguments}: no warning {expected!r}, but {warnings}")
    if relative("a/b.html#c", "a/d.html") != "b.html#c" or relative("", "a/d.html") != "../":
        faults.append("relative addresses are wrong")
    print("\n".join(faults))
    sys.exit(bool(faults))


main()
