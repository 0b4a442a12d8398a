# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What the .td files define, as plain records: dialects, ops, attributes, enums, interfaces, passes. llvm-tblgen evaluates
# the files; nothing here knows a page or a test, which both read from it.
import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

LLVM = Path("/usr/lib/llvm-22")
EXAMPLE = re.compile(r"^([ \t]*)```([\w+]+)\n(.*?)^[ \t]*```", re.S | re.M)


@dataclass
class Entry:
    """A thing with documentation. `file` and `line` say where the .td defines it."""
    kind: str
    name: str
    summary: str
    description: str
    file: str
    line: int = 0

    def examples(self, language="mlir"):
        return [text for _, found, text in EXAMPLE.findall(self.description) if found == language]

    def where(self):
        return f"{self.file}:{self.line}"


@dataclass
class Field:
    """An operand, attribute, result, region, parameter, case, option or statistic."""
    name: str
    type: str
    text: str = ""
    default: str = ""


@dataclass
class Op(Entry):
    dialect: str = ""
    family: str = ""
    operands: list = field(default_factory=list)
    attributes: list = field(default_factory=list)
    results: list = field(default_factory=list)
    regions: list = field(default_factory=list)
    traits: list = field(default_factory=list)
    assembly: str = ""
    folds: bool = False  # has a fold
    canonicalizes: bool = False  # has patterns of its own


@dataclass
class Pass(Entry):
    room: str = ""
    stem: str = ""
    anchor: str = ""
    options: list = field(default_factory=list)
    statistics: list = field(default_factory=list)


@dataclass
class Interface(Entry):
    methods: list = field(default_factory=list)


@dataclass
class Attribute(Entry):
    dialect: str = ""
    family: str = ""
    parameters: list = field(default_factory=list)


class Table:
    """The records of one .td file and all that it includes."""

    def __init__(self, source, path):
        command = [LLVM / "bin/llvm-tblgen", "--dump-json", "-I", source, "-I", LLVM / "include", Path(source, path)]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode:
            raise SystemExit(f"{path}: llvm-tblgen does not read it\n{run.stderr}")
        self.records = json.loads(run.stdout)
        self.source = Path(source)
        self.path = Path(path)
        self.folder = self.path.parent

    def __getitem__(self, reference):
        return self.records[reference["def"] if isinstance(reference, dict) else reference]

    def place(self, record):
        """The file of this folder that defines a record, and the line, or None for a file of somebody else."""
        name, line = record["!locs"][0].rsplit(":", 1)
        own = (self.source / self.folder / name).exists()
        return (str(self.folder / name), int(line)) if own else None

    def of(self, kind):
        """The named records of a class that this folder defines, in the order of their definition."""
        found = [self[name] for name in self.records["!instanceof"].get(kind, [])]
        found = [record for record in found if not record["!anonymous"] and self.place(record)]
        return sorted(found, key=lambda record: (self.order(self.place(record)[0]), self.place(record)[1]))

    def order(self, file):
        """Where the main file includes another: families come in the order in which the dialect tells them."""
        included = re.findall(r'^include "([^"]+)"', (self.source / self.path).read_text(encoding="utf-8"), re.M)
        return included.index(file) if file in included else len(included)

    def documentation(self, record):
        """The keyword arguments that all entries have."""
        file, line = self.place(record)
        return {"summary": tidy(record.get("summary")), "description": dedented(record.get("description")),
                "file": file, "line": line}

    def constraint(self, reference):
        """What an operand, attribute or result must be, in words, and its default."""
        if not isinstance(reference, dict):
            return str(reference), ""
        record = self[reference]
        classes = record.get("!superclasses", [])
        text = tidy(record.get("summary")) or record.get("cppType") or record["!name"]
        base = record.get("baseAttr")
        if base and (not record.get("summary") or record["!anonymous"]):
            text = self.constraint(base)[0]
        if "OptionalAttr" in classes or "Optional" in classes or "OptionalParameter" in classes:
            text += ", optional"
        if "Variadic" in classes and not text.startswith("variadic"):
            text = "variadic of " + text
        return text, record.get("defaultValue") or ""

    def fields(self, dag, wanted=lambda record: True):
        """The arguments of a dag as fields."""
        for reference, name in dag["args"]:
            record = self[reference] if isinstance(reference, dict) else None
            if wanted(record):
                text, default = self.constraint(reference)
                yield Field(name or "", text, default=default.replace("::tern::", ""))


def tidy(text):
    return " ".join((text or "").split())


def dedented(text):
    """A description without the indentation that it has in its .td file, fences included."""
    lines = (text or "").strip("\n").splitlines()
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:].rstrip() for line in lines).strip() + "\n" if lines else ""


def is_attribute(record):
    return "Attr" in record["!superclasses"]


def trait_names(table, record):
    """Traits and interfaces by the names that C++ knows them under; lists in lists are flattened by ODS already."""
    for reference in record["traits"]:
        trait = table[reference]
        name = trait.get("cppInterfaceName") or trait.get("trait") or trait["!name"]
        yield name.removesuffix("::Trait").split("::")[-1]


def op_of(table, record):
    dialect = table[record["opDialect"]]["name"]
    documentation = table.documentation(record)
    return Op(kind="op", name=f"{dialect}.{record['opName']}", dialect=dialect, family=Path(documentation["file"]).stem,
              operands=list(table.fields(record["arguments"], lambda r: not is_attribute(r))),
              attributes=list(table.fields(record["arguments"], is_attribute)),
              results=list(table.fields(record["results"])), regions=list(table.fields(record["regions"])),
              traits=list(dict.fromkeys(trait_names(table, record))), assembly=tidy(record.get("assemblyFormat")),
              folds=bool(record["hasFolder"]), canonicalizes=bool(record["hasCanonicalizer"] or record["hasCanonicalizeMethod"]),
              **documentation)


def attribute_of(table, record):
    documentation = table.documentation(record)
    return Attribute(kind="attribute", name=f"#{record['attrName']}", dialect=table[record["dialect"]]["name"],
                     family=Path(documentation["file"]).stem, parameters=list(table.fields(record["parameters"])), **documentation)


def enum_of(table, record, dialect):
    documentation = table.documentation(record)
    cases = [Field(case["str"], str(case["value"]), tidy(case.get("summary"))) for case in map(table.__getitem__, record["enumerants"])]
    return Attribute(kind="enum", name=record["className"], dialect=dialect, family=Path(documentation["file"]).stem,
                     parameters=cases, **documentation)


def interface_of(table, record):
    """An interface has no summary of its own in ODS: the first sentence of its description is it."""
    documentation = table.documentation(record)
    documentation["summary"] = documentation["summary"] or tidy(re.split(r"(?<=[.:])\s", documentation["description"], maxsplit=1)[0])
    methods = []
    for method in map(table.__getitem__, record["methods"]):
        arguments = ", ".join(f"{kind} {name}" for kind, name in method["arguments"]["args"])
        methods.append(Field(method["name"], f"{method['returnType']} {method['name']}({arguments})", tidy(method.get("description")),
                             default="has a default" if method.get("defaultBody") else ""))
    return Interface(kind="interface", name=record["cppInterfaceName"], methods=methods, **documentation)


def pass_of(table, record):
    options = [Field(option["argument"], option["type"], tidy(option["description"]), (option.get("defaultValue") or ""))
               for option in map(table.__getitem__, record["options"])]
    statistics = [Field(statistic["name"], "", tidy(statistic["description"]))
                  for statistic in map(table.__getitem__, record["statistics"])]
    anchor = re.search(r"OperationPass<(.*)>", record["baseClass"])
    documentation = table.documentation(record)
    documentation["summary"] = re.sub(r"^[A-Z](?=[a-z])", lambda first: first.group().lower(), documentation["summary"])
    return Pass(kind="pass", name=record["argument"], stem=record["!name"], room=table.folder.name,
                anchor=anchor.group(1).removeprefix("::mlir::") if anchor else "any op",
                options=options, statistics=statistics, **documentation)


@dataclass
class Reference:
    """Everything that the tree defines."""
    dialects: list
    ops: list
    attributes: list
    interfaces: list
    passes: list

    def entries(self):
        return self.dialects + self.ops + self.attributes + self.interfaces + self.passes


def load(source):
    """Reads every dialect (dialects/<name>/<Name>.td), interface and room of passes below `source`."""
    source = Path(source)
    reference = Reference([], [], [], [], [])
    for folder in sorted(path for path in (source / "dialects").iterdir() if path.is_dir()):
        if folder.name == "interfaces":
            tables = [Table(source, path.relative_to(source)) for path in sorted(folder.glob("*.td"))]
            reference.interfaces += [interface_of(table, record) for table in tables for record in table.of("OpInterface")]
            continue
        path = folder / f"{folder.name.capitalize()}.td"
        if not path.exists():
            continue
        table = Table(source, path.relative_to(source))
        for record in table.of("Dialect"):
            reference.dialects.append(Entry(kind="dialect", name=record["name"], **table.documentation(record)))
        name = reference.dialects[-1].name
        reference.ops += [op_of(table, record) for record in table.of("Op")]
        reference.attributes += [attribute_of(table, record) for record in table.of("AttrDef")]
        reference.attributes += [enum_of(table, record, name) for record in table.of("EnumInfo")]
    for path in sorted((source / "compiler").glob("*/Passes.td")):
        table = Table(source, path.relative_to(source))
        reference.passes += [pass_of(table, record) for record in table.of("PassBase")]
    return reference
