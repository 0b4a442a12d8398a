# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Pages of the reference: a dialect, a family of ops, a room of passes, the interfaces. Every entry is a section with its own
# anchor, its name.
import html
import re
import subprocess
from itertools import groupby
from pathlib import Path

from ods import EXAMPLE
from site_pages import Page, relative

# Constraints in ODS spell types out; users write them as IR does.
SHORT = {"32-bit float": "f32", "64-bit float": "f64", "bfloat16 type": "bf16", "16-bit float": "f16",
         "1-bit signless integer": "i1", "32-bit signless integer": "i32", "64-bit signless integer": "i64",
         " values": "", " attribute": "", "ranked tensor of any type": "any ranked tensor"}
# Rooms in the order in which a program walks through them, and what they are about.
ROOMS = {"shape": "sizes and parameters", "derive": "derived programs", "fuse": "fusion", "grad": "gradients",
         "lower": "model to tensors", "memory": "tensors to memory", "cpu": "buffers to machine code", "support": "every floor"}
LANGUAGES = {".mlir": "mlir", ".td": "tablegen", ".h": "c++", ".cpp": "c++", ".pdll": "pdll", ".sh": "sh", ".py": "python"}
DIALECTS = ["tern", "tern_kernel", "check"]


def short(text):
    for long, replacement in SHORT.items():
        text = text.replace(long, replacement)
    return text


def escape(text):
    return html.escape(str(text), quote=False)


def code(text):
    return f"<code>{escape(text)}</code>" if text else ""


def table(heads, rows, kind=""):
    """`kind` is a class of the style; an overview is stacked on a phone."""
    head = "".join(f"<th>{escape(title)}</th>" for title in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


FLOORS = {"model": "tern to tern: every entry, specialised and fused", "tensor": "tern to linalg and tern_kernel on tensors",
          "buffer": "tensors to memrefs in one planned arena", "llvm": "memrefs to the LLVM dialect"}
PASS_NAME = re.compile(r"(?<=[(,])[a-z][\w-]*(?=[,)])")


def corridor(tern_opt, floor):
    """The passes of a floor in their order, as tern-opt prints its pipeline."""
    run = subprocess.run([tern_opt, f"--tern-{floor}-pipeline", "--dump-pass-pipeline", "-"], input="", capture_output=True, text=True)
    pipeline, count = re.sub(r"\s", "", run.stderr.partition("builtin.module")[2]), 1
    while count:
        pipeline, count = re.subn(r"\{[^{}]*\}", "", pipeline)
    return PASS_NAME.findall(pipeline)


class Reference:
    """Makes the pages of everything that the .td files define."""

    def __init__(self, site, reference):
        self.site = site
        self.reference = reference

    def build(self):
        """First every name, so that any description can refer to any entry; then the pages."""
        self.pages = {}
        for entry in sorted(self.reference.entries(), key=self.order):
            self.pages[entry.kind, entry.name] = self.page_of(entry)
        for entry in self.reference.entries():
            self.register(entry)
        for page, entries in self.by_page():
            self.fill(page, entries)

    def build_corridor(self, tern_opt):
        """The page before the rooms: every pass in the order in which a program meets it."""
        page = self.site.add(Page("reference/passes/index.html", "Passes in their order", ("Passes",), label="Overview"))
        summaries = {entry.name: entry.summary for entry in self.reference.passes}
        body = [f"<h1>{page.title}</h1>", "<p>Every pass can be run alone by tern-opt. A pass of a plugin is placed before or after "
                "any of them that runs once: <code>--insert-pass=after:fuse-qkv:my-pass</code>, the flag without "
                "<code>tern-</code>. What has no link is MLIR's own.</p>"]
        for floor, purpose in FLOORS.items():
            names = corridor(tern_opt, floor)
            if not names:
                self.site.warn(page.path, f"tern-opt does not print the passes of the {floor} floor")
            rows = [(self.linked(name, page), self.inline(summaries.get(name, ""), page)) for name in names]
            body += [f'<h2 id="{floor}">{floor} floor: {purpose}</h2>', table(("", ""), rows, "overview")]
            page.contents.append((floor, f"{floor} floor", 2))
        page.body = "\n".join(body)

    # Which page, which names ---------------------------------------------------------------------------------------------

    def order(self, entry):
        """Pages are made in this order: dialects as they are read, rooms as a program walks; what is unknown comes last."""
        known = list(ROOMS) if entry.kind == "pass" else DIALECTS
        name = {"pass": "room", "dialect": "name", "interface": "name"}.get(entry.kind, "dialect")
        value = getattr(entry, name)
        return known.index(value) if value in known else len(known)

    def page_of(self, entry):
        path, title, section = self.place_of(entry)
        label = "Overview" if entry.kind == "dialect" else ""
        return self.site.pages.get(path) or self.site.add(Page(path, title, section, label=label))

    def place_of(self, entry):
        """(path, title, section) of the page that an entry is on; a dialect of one family is one page."""
        if entry.kind == "pass":
            return f"reference/passes/{entry.room}.html", f"{entry.room}: {ROOMS.get(entry.room, 'passes')}", ("Passes",)
        if entry.kind == "interface":
            return "reference/interfaces.html", "Interfaces", ("Dialects",)
        if entry.kind == "dialect":
            return f"reference/{entry.name}/index.html", f"{entry.name}: {entry.summary}", ("Dialects", entry.name)
        families = {op.family for op in self.reference.ops if op.dialect == entry.dialect}
        if len(families) == 1:
            return self.place_of(next(d for d in self.reference.dialects if d.name == entry.dialect))
        title = {"Attrs": "Attributes"}.get(entry.family, entry.family)
        return f"reference/{entry.dialect}/{entry.family.lower()}.html", title, ("Dialects", entry.dialect)

    def address(self, entry):
        return f"{self.pages[entry.kind, entry.name].path}#{anchor(entry)}"

    def register(self, entry):
        """The names that lead to an entry from a code span, and its lines in the search index."""
        address = self.address(entry)
        self.site.name(entry.name, address)
        if entry.kind == "pass":
            for name in (entry.stem, f"--{entry.name}", entry.name.removeprefix("tern-")):
                self.site.name(name, address)
            for option in entry.options:
                self.site.index(f"{entry.name}={option.name}", "option", f"{address}-{option.name}", option.text)
        if entry.kind in ("enum", "attribute"):
            self.site.name(entry.name.lstrip("#"), address)
        words = " ".join(part.name for parts in vars(entry).values() if isinstance(parts, list) for part in parts if hasattr(part, "name"))
        self.site.index(entry.name, entry.kind, address, entry.summary, f"{words} {EXAMPLE.sub('', entry.description)}")

    def by_page(self):
        entries = sorted(self.reference.entries(), key=lambda entry: self.pages[entry.kind, entry.name].path)  # stable
        for path, group in groupby(entries, key=lambda entry: self.pages[entry.kind, entry.name].path):
            yield self.site.pages[path], list(group)

    # Content ------------------------------------------------------------------------------------------------------------

    def fill(self, page, entries):
        """A heading, what the page is about, an overview table, then the entries."""
        dialects = [entry for entry in entries if entry.kind == "dialect"]
        rest = [entry for entry in entries if entry.kind != "dialect"]
        body = [f"<h1>{escape(page.title)}</h1>"]
        for dialect in dialects:
            body.append(f'<div id="{anchor(dialect)}">{self.described(dialect, page)}</div>')
            body += self.families(dialect, page)
        if len(rest) > 1:
            body.append(self.overview(rest, page))
        for entry in rest:
            body.append(self.section(entry, page))
            page.contents.append((anchor(entry), entry.name.split(".", 1)[-1] if entry.kind == "op" else entry.name, 2))
        page.body = "\n".join(body)

    def families(self, dialect, page):
        """The families of a dialect with several pages."""
        own = [op for op in self.reference.ops if op.dialect == dialect.name]
        for family, ops in groupby(own, key=lambda op: op.family):
            ops = list(ops)
            target = self.pages["op", ops[0].name]
            if target is page:
                return
            yield f'<h2 id="{family.lower()}"><a href="{relative(target.path, page.path)}">{family}</a></h2>'
            yield self.overview(ops, page)
            page.contents.append((family.lower(), family, 2))

    def overview(self, entries, page):
        """A line per entry: its name, its summary."""
        return table(("", ""), [(self.linked(entry.name, page), self.inline(entry.summary, page)) for entry in entries], "overview")

    def section(self, entry, page):
        """One entry: name, summary, description, what it takes, where it is defined."""
        parts = [f'<section class="entry" id="{anchor(entry)}">',
                 f'<h2><a class="anchor" href="#{anchor(entry)}">{escape(entry.name)}</a> <span class="kind">{entry.kind}</span></h2>',
                 f'<p class="summary">{self.inline(entry.summary, page)}</p>' if entry.kind != "interface" else "",
                 self.described(entry, page), *self.details(entry, page),
                 f'<p class="origin">defined in {self.source_link(entry, page)}</p>', "</section>"]
        return "\n".join(part for part in parts if part)

    def described(self, entry, page):
        """The description; an emphasis in it is always a formula whose stars Markdown took."""
        if not entry.description:
            self.site.warn(entry.where(), f"{entry.kind} {entry.name} has no description")
        body = self.site.markdown(entry.description, page)[0]
        if "<em>" in body:
            behind = re.sub(r"<[^>]+>", "", body[:body.index("<em>")])[-40:].strip()
            self.site.warn(entry.where(), f"a star became emphasis behind '{behind}'; write the formula as code")
        return body

    def inline(self, text, page):
        return self.site.markdown(text.replace("*", "\\*").replace("_", "\\_"), page)[0].removeprefix("<p>").removesuffix("</p>")

    def details(self, entry, page):
        """The tables behind the description."""
        if entry.kind == "op":
            yield from self.op_details(entry, page)
        elif entry.kind == "pass":
            yield from self.pass_details(entry, page)
        elif entry.kind == "interface":
            yield table(("method", ""), [(code(method.type), self.inline(method.text, page) + (" Has a default." if method.default else ""))
                                         for method in entry.methods])
            ops = [self.linked(op.name, page) for op in self.reference.ops if entry.name in op.traits]
            yield f'<p class="traits">Ops that have it: {", ".join(ops)}</p>'
        elif entry.kind == "enum":
            yield table(("case", "value"), [(code(case.name), escape(case.type)) for case in entry.parameters])
        else:
            yield table(("parameter", "C++ type"), [(code(field.name), code(field.type)) for field in entry.parameters])

    def op_details(self, op, page):
        kinds = (("operand", op.operands), ("attribute", op.attributes), ("result", op.results), ("region", op.regions))
        rows = [(kind, code(field.name), escape(short(field.type)), code(field.default)) for kind, fields in kinds for field in fields]
        if rows:
            yield table(("", "name", "is", "default"), rows)
        if op.assembly:
            yield f'<details class="assembly"><summary>assembly format</summary><pre><code>{escape(op.assembly)}</code></pre></details>'
        traits = ", ".join(self.linked(trait, page) for trait in op.traits)
        if traits:
            yield f'<p class="traits">Traits and interfaces: {traits}</p>'

    def pass_details(self, entry, page):
        yield f'<p class="traits">Runs on: {code(entry.anchor)}</p>'
        if entry.options:
            rows = [(f'<code id="{anchor(entry)}-{option.name}">{escape(option.name)}</code>', code(option.type), code(option.default),
                     self.inline(option.text, page)) for option in entry.options]
            yield table(("option", "type", "default", ""), rows)
        if entry.statistics:
            yield table(("statistic", ""), [(code(one.name), self.inline(one.text, page)) for one in entry.statistics])

    def linked(self, name, page):
        address = self.site.names.get(name)
        return f'<a href="{relative(address, page.path)}">{code(name)}</a>' if address else code(name)

    def source_link(self, entry, page):
        target = f"source/{entry.file}.html#L{entry.line}"
        return f'<a href="{relative(target, page.path)}">{escape(entry.file)}</a>, line {entry.line}'


def anchor(entry):
    """An anchor is the name, without the sign of attributes."""
    return entry.name.lstrip("#") if entry.kind != "dialect" else f"dialect-{entry.name}"


def source_pages(site, source, files):
    """A page per source file that something links to, every line with an anchor."""
    from render import highlighted
    for file in sorted(files):
        text = (Path(source) / file).read_text(encoding="utf-8")
        language = LANGUAGES.get(Path(file).suffix, "text")
        lines = highlighted(text, language).split("\n")
        numbered = "\n".join(f'<span id="L{number}">{line}</span>' for number, line in enumerate(lines, 1))
        site.add(Page(f"source/{file}.html", str(file), ("Sources",), shown=False,
                      body=f'<h1>{escape(file)}</h1><pre class="source"><code>{numbered}</code></pre>'))
