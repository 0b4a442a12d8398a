# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Reads a built site as a browser would: check-site.py SITE TREE. Links and anchors lead somewhere, nothing is loaded from
# elsewhere, every op and pass has its section and its line in the search index.
import json
import os
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

SITE, TREE = Path(sys.argv[1]), Path(sys.argv[2])
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Document(HTMLParser):
    """The anchors, links and loaded files of a page; notes elements that are closed wrongly."""

    def __init__(self, text):
        super().__init__()
        self.anchors, self.links, self.loaded, self.faults, self.open = set(), [], [], [], []
        self.feed(text)
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            if attributes["id"] in self.anchors:
                self.faults.append(f"two anchors {attributes['id']}")
            self.anchors.add(attributes["id"])
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        self.loaded += [attributes[name] for name in ("src", "href") if name in attributes and tag in ("script", "link", "img")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if self.open and self.open[-1] == tag:
            self.open.pop()
        elif tag not in ("p", "li"):
            self.faults.append(f"</{tag}> closes <{self.open[-1] if self.open else 'nothing'}>")


def link_faults(path, page, pages):
    for link in page.links:
        if re.match(r"https?:", link):
            continue
        file, _, anchor = link.partition("#")
        target = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
        if target not in pages:
            yield f"{path}: {link} leads nowhere"
        elif anchor and anchor not in pages[target].anchors:
            yield f"{path}: {link} names an anchor that is not there"
    for file in page.loaded:
        if not file.startswith("data:") and not (SITE / os.path.dirname(path) / file).is_file():
            yield f"{path}: loads {file}, which is not part of the site"


def defined_names():
    """Every op and pass, from the text of the .td files: a second opinion beside the generator's."""
    for path in sorted(TREE.glob("compiler/*/Passes.td")):
        yield from re.findall(r'^def \w+ : \w*Pass<"([^"]+)"', path.read_text(), re.M)
    for dialect, folder in (("tern", "tern"), ("tern_kernel", "kernel"), ("check", "check")):
        for path in sorted((TREE / "dialects" / folder).glob("*.td")):
            for mnemonic in re.findall(r'^def \w+Op\b[^<]*<(?:Check_Dialect, |Kernel_Dialect, )?"([a-z_0-9]+)"', path.read_text(), re.M):
                yield f"{dialect}.{mnemonic}"


def main():
    pages = {str(path.relative_to(SITE)): Document(path.read_text(encoding="utf-8")) for path in sorted(SITE.rglob("*.html"))}
    index = json.loads((SITE / "search-index.js").read_text(encoding="utf-8").removeprefix("window.TERN_INDEX = ").rstrip(";\n"))
    faults = [f"{path}: {fault}" for path, page in pages.items() for fault in page.faults]
    faults += [fault for path, page in pages.items() for fault in link_faults(path, page, pages)]
    found = {name: address for name, kind, address, *_ in index if kind in ("op", "pass")}
    names = list(defined_names())
    for name in names:
        path, _, anchor = found.get(name, "").partition("#")
        if path not in pages or anchor != name or anchor not in pages[path].anchors:
            faults.append(f"{name}: has no section that the search index leads to")
    print("\n".join(faults))
    print(f"{len(pages)} pages, {len(index)} names, {len(names)} ops and passes, {len(faults)} faults")
    sys.exit(bool(faults) or len(names) < 100)


main()
