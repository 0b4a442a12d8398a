# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The Markdown files of the tree as pages: guides first, then a README per folder. Links to files that are no page lead to
# a page with their source.
import html
import os
import re
import subprocess
from pathlib import Path

from render import slug
from site_pages import Page, relative

LINK = re.compile(r'(<a [^>]*?href=")([^"#:]+)(#[^"]*)?(")')
# Documents with a place of their own in the navigation: file, path on the site, title.
GUIDES = [("README.md", "index.html", "Tern"),
          ("examples/first-pass/README.md", "first-pass.html", "Your first pass in 15 minutes"),
          ("examples/plugin/README.md", "plugin.html", "A pass of your own"),
          ("compiler/tools/lsp/editors.md", "editors.html", "Editors")]
# A table whose first column names what descriptions refer to: file, heading.
NAMED = ("dialects/tern/README.md", "Attributes that passes leave")
TOP = {"dialects": "Dialects", "compiler": "Compiler", "runtime": "Runtime", "examples": "Examples", "test": "Tests", "scripts": "Scripts"}


def markdown_files(source):
    """The Markdown files that belong to the repository, or, in a copy without git, all outside of build trees."""
    command = ["git", "-c", "safe.directory=*", "-C", str(source), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"]
    run = subprocess.run(command, capture_output=True)
    if run.returncode == 0:
        return sorted(Path(name.decode()) for name in run.stdout.split(b"\0") if name)
    return sorted(path.relative_to(source) for path in Path(source).rglob("*.md")
                  if not any(part.startswith(("build", ".")) for part in path.relative_to(source).parts))


def sections(body):
    """The text behind every heading of a page, by its anchor."""
    parts = re.split(r'<h\d id="([^"]+)">', body)
    return {anchor: html.unescape(re.sub(r"<[^>]+>", " ", text)) for anchor, text in zip(parts[1::2], parts[2::2])}


class Tree:
    def __init__(self, site, source):
        self.site = site
        self.source = Path(source)
        self.guides = {file: (path, title) for file, path, title in GUIDES}
        self.places = {}  # a file -> its page
        self.sources = set()  # files that are shown because something links to them

    def add_guides(self):
        for file, path, title in GUIDES:
            if (self.source / file).exists():
                self.places[file] = self.site.add(Page(path, title, ("Start",)))

    def add_folders(self):
        for file in markdown_files(self.source):
            if str(file) not in self.places:
                folder = file.parent
                section = ("The house", TOP.get(folder.parts[0], folder.parts[0])) if folder.parts else ("The house",)
                title = str(folder) if file.name == "README.md" else str(file)
                self.places[str(file)] = self.site.add(Page(f"house/{file.with_suffix('.html')}", title, section))

    def register_names(self):
        """Names that a table explains: from now on they are links to it."""
        file, heading = NAMED
        if file not in self.places:
            return
        text = (self.source / file).read_text(encoding="utf-8")
        section = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", text, re.S | re.M)
        if not section:
            self.site.warn(file, f"has no section '{heading}'")
            return
        address = f"{self.places[file].path}#{slug(heading)}"
        for first, says in re.findall(r"^\| (`.*?) \|.*\| (.*?) \|$", section.group(1), re.M):
            for name in re.findall(r"`([^`]+)`", first):
                self.site.name(name, address)
                self.site.index(name, "IR attribute", address, says.replace("`", ""))

    def fill(self):
        """Renders every document; a heading is a line of the search index."""
        for file, page in self.places.items():
            text = (self.source / file).read_text(encoding="utf-8")
            body, contents = self.site.markdown(text, page)
            page.body = LINK.sub(lambda match: self.redirected(match, file, page), body)
            self.index(page, contents, sections(body))

    def index(self, page, tokens, texts):
        for token in tokens:
            if token["level"] in (2, 3):
                page.contents.append((token["id"], token["name"], token["level"]))
            kind = "guide" if page.section[0] == "Start" else "page"
            self.site.index(token["name"], kind, f"{page.path}#{token['id']}", page.title if token["level"] > 1 else "",
                            texts.get(token["id"], ""))
            self.index(page, token["children"], texts)

    def redirected(self, match, file, page):
        """A link as the file means it, to another file, becomes one to that file's page."""
        start, target, anchor, end = match.groups()
        if target.startswith(("reference/", "../reference/")) and page.path in target:
            return match.group()
        meant = os.path.normpath(os.path.join(os.path.dirname(file), target))
        if meant in self.places:
            return start + relative(self.places[meant].path, page.path) + (anchor or "") + end
        if (self.source / meant).is_file():
            self.sources.add(meant)
            return start + relative(f"source/{meant}.html", page.path) + end
        if (self.source / meant / "README.md").is_file():
            return start + relative(self.places[os.path.join(meant, "README.md")].path, page.path) + end
        if self.is_page(target, page):
            return match.group()
        self.site.warn(file, f"a link to {target}, but there is no such file")
        return match.group()

    def is_page(self, target, page):
        """Links that the renderer made from code spans are addresses of the site already."""
        return os.path.normpath(os.path.join(os.path.dirname(page.path), target)) in self.site.pages
