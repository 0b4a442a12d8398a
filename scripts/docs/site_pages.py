# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The site: pages with anchors, navigation, the search index, and the checks that make a warning an error.
import html
import json
import os
import re
import string
from dataclasses import dataclass, field
from pathlib import Path

from render import Renderer

HERE = Path(__file__).resolve().parent
ID = re.compile(r'\bid="([^"]+)"')
LINK = re.compile(r'<a [^>]*?href="([^"]*)"')
# Ops and attributes, flags of passes. Files and tools that are named alike are known by their endings.
OURS = re.compile(r"#?tern\.(?!lit$|h$)[a-z_0-9]+|(?:tern_kernel|check)\.[a-z_0-9]+|--tern-[a-z-]+")
KEYWORDS = 800  # columns of text behind a name that are searched
SECTIONS = ["Start", "Dialects", "Passes", "The house"]
OPEN = {("Start",), ("Dialects",), ("Passes",)}  # groups of the navigation that are never folded at first


@dataclass
class Page:
    """`path` is relative to the site; `section` is where the navigation shows it, a path of titles."""
    path: str
    title: str
    section: tuple
    body: str = ""
    contents: list = field(default_factory=list)  # (anchor, title, level)
    shown: bool = True  # in the navigation
    label: str = ""  # what the navigation calls it, where that is not the title


@dataclass
class Found:
    """One line of the search index."""
    name: str
    kind: str
    address: str
    text: str
    keywords: str  # found, but not shown


class Site:
    def __init__(self):
        self.pages = {}
        self.names = {}  # a name in a code span -> its address on the site
        self.found = []
        self.warnings = []
        self.renderer = Renderer(self.link_of)

    def warn(self, where, what):
        self.warnings.append(f"{where}: {what}")

    def add(self, page):
        if page.path in self.pages:
            self.warn(page.path, "two pages of one name")
        self.pages[page.path] = page
        return page

    def name(self, name, address):
        """From now on `name` in a code span is a link."""
        self.names.setdefault(name, address)

    def index(self, name, kind, address, text="", keywords=""):
        self.found.append(Found(name, kind, address, " ".join(text.split()), " ".join(keywords.split())[:KEYWORDS]))

    def link_of(self, name, page):
        """Where a code span leads; one that looks like an op, an attribute or a pass of ours must be one."""
        address = self.names.get(name)
        if not address and OURS.fullmatch(name):
            self.warn(page.path, f"`{name}` is neither an op, nor a pass, nor an attribute")
        return relative(address, page.path) if address and address != page.path else None

    def markdown(self, text, page):
        """(HTML, contents) of a document."""
        return self.renderer.render(text, page)

    # Writing ------------------------------------------------------------------------------------------------------------

    def write(self, output, version):
        """Writes every page, the script, the style and the index; then checks every link."""
        template = string.Template((HERE / "page.html").read_text(encoding="utf-8"))
        output = Path(output)
        for page in self.pages.values():
            target = output / page.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(template.substitute(
                title=html.escape(page.title), body=page.body, navigation=self.navigation(page), contents=contents_html(page),
                root=relative("", page.path), version=html.escape(version)), encoding="utf-8")
        for name in ("style.css", "search.js"):
            (output / name).write_text((HERE / name).read_text(encoding="utf-8"), encoding="utf-8")
        rows = [[found.name, found.kind, found.address, found.text, found.keywords] for found in self.found]
        (output / "search-index.js").write_text("window.TERN_INDEX = " + json.dumps(rows, indent=0) + ";\n", encoding="utf-8")
        self.check_links()

    def navigation(self, current):
        """Nested lists: sections as folding groups, the one of the current page open."""
        tree = {title: {} for title in SECTIONS}
        for page in self.pages.values():
            if page.shown:
                node = tree
                for title in page.section:
                    node = node.setdefault(title, {})
                node.setdefault(None, []).append(page)
        return self.navigation_list(tree, current, ())

    def navigation_list(self, node, current, path):
        items = []
        for title, child in node.items():
            if not child:
                continue
            if title is None:
                items += [self.navigation_link(page, current) for page in sorted(child, key=lambda page: page.label != "Overview")]
            else:
                here = path + (title,)
                opened = " open" if current.section[:len(here)] == here or here in OPEN else ""
                items.append(f"<li><details{opened}><summary>{html.escape(title)}</summary>"
                             f"{self.navigation_list(child, current, here)}</details></li>")
        return "<ul>" + "".join(items) + "</ul>"

    def navigation_link(self, page, current):
        here = ' aria-current="page"' if page is current else ""
        return f'<li><a href="{relative(page.path, current.path)}"{here}>{html.escape(page.label or page.title)}</a></li>'

    # Checks -------------------------------------------------------------------------------------------------------------

    def check_links(self):
        anchors = {path: set(ID.findall(page.body)) for path, page in self.pages.items()}
        for path, page in self.pages.items():
            doubled = [anchor for anchor in anchors[path] if page.body.count(f'id="{anchor}"') > 1]
            for anchor in doubled:
                self.warn(path, f"the anchor {anchor} is there twice")
            for target in LINK.findall(page.body):
                self.check_link(path, html.unescape(target), anchors)
        for found in self.found:
            self.check_link("", found.address, anchors)

    def check_link(self, path, target, anchors):
        if re.match(r"https?:", target):
            return
        file, _, anchor = target.partition("#")
        address = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
        if address not in anchors:
            self.warn(path, f"a link to {target}, but there is no such page")
        elif anchor and anchor not in anchors[address]:
            self.warn(path, f"a link to {target}, but {address} has no such anchor")


def relative(address, path):
    """An address of the site as a page sees it; "" is the site's folder, with a slash unless it is empty."""
    file, hash_sign, anchor = address.partition("#")
    folder = os.path.dirname(path) or "."
    if not file:
        up = os.path.relpath(".", folder)
        return "" if up == "." else up + "/"
    return os.path.relpath(file, folder) + hash_sign + anchor


def contents_html(page):
    """The headings of a page, beside it."""
    if len(page.contents) < 2:
        return ""
    items = "".join(f'<li class="level{level}"><a href="#{html.escape(anchor)}">{html.escape(title)}</a></li>'
                    for anchor, title, level in page.contents)
    return f'<nav class="contents" aria-label="On this page"><h2>On this page</h2><ul>{items}</ul></nav>'
