# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The functions of an MLIR file as a check reads them: which op makes which value, and what follows from what. Text is enough for
# the tests of this tree, which are laid out alike: one op a statement, a function from `func.func` to its closing brace.
import re
from dataclasses import dataclass, field

FUNCTION = re.compile(r"^(\s*)func\.func\s+(?:private\s+)?@([\w.$-]+)")
VALUE = re.compile(r"%[\w$.-]+")
RESULTS = r"(?:(?P<results>%[\w$.-]+(?::\d+)?(?:\s*,\s*%[\w$.-]+(?::\d+)?)*)\s*=\s*)"
# `%a, %b = op ...`, or an op without results: with a dot in its name, quoted, or one of upstream's short ones.
STATEMENT = re.compile(rf'^\s*(?:{RESULTS}"?(?P<made>[a-z][\w.]*)"?|"?(?P<done>[a-z_]+(?:\.[a-z_]\w*)+|return|call)"?)(?=[\s(]|$)')
BINDING = re.compile(r"(%[\w$.-]+)\s*=\s*(%[\w$.-]+)")
CALLEE = re.compile(r"@([\w.$-]+)")


@dataclass
class Statement:
    """`%results = op %operands`; the results of a yield are those of the op around it."""
    op: str
    text: str
    line: int
    results: list
    operands: list
    bindings: list = field(default_factory=list)  # (inside, outside): values that enter a region under another name


@dataclass
class Function:
    name: str
    line: int
    arguments: list
    statements: list

    def of(self, *ops):
        return [statement for statement in self.statements if statement.op in ops]

    def edges(self):
        """(from, to) for every value that another one is made of."""
        for statement in self.statements:
            for inside, outside in statement.bindings:
                yield outside, inside
            for operand in statement.operands:
                for result in statement.results:
                    yield operand, result

    def before(self, values):
        """Everything that the values are made of, and they."""
        return reach(values, [(after, before) for before, after in self.edges()])

    def after(self, values):
        """Everything that is made of the values, and they."""
        return reach(values, list(self.edges()))


def reach(start, edges):
    following = {}
    for source, target in edges:
        following.setdefault(source, []).append(target)
    seen, queue = set(start), list(start)
    while queue:
        for value in following.get(queue.pop(), []):
            if value not in seen:
                seen.add(value)
                queue.append(value)
    return seen


def without_comment(line):
    return re.sub(r"//.*", "", line)


def statements_of(lines, first):
    """The statements of a body, whose first line has the number `first`."""
    found, around = [], []
    for number, raw in enumerate(lines, first):
        line = without_comment(raw)
        match = STATEMENT.match(line)
        if match:
            results = VALUE.findall(match["results"] or "")
            found.append(Statement(match["made"] or match["done"], line[match.end():], number, results, []))
        elif found and line.strip() not in ("", "}"):
            found[-1].text += " " + line.strip()
        if found and line.rstrip().endswith("{"):
            around.append(found[-1])
        if around and line.strip() == "}":
            around.pop()
        if match and around and found[-1].op.endswith(".yield"):
            owner = around[-1]
            found[-1].results = owner.results + [inside for inside, _ in BINDING.findall(owner.text)]
    for statement in found:
        statement.bindings = BINDING.findall(statement.text)
        inside = {name for name, _ in statement.bindings}
        statement.operands = [name for name in VALUE.findall(statement.text) if name not in inside]
    return found


def functions_of(text):
    """Every function with a body."""
    lines = text.splitlines()
    starts = [(number, FUNCTION.match(line)) for number, line in enumerate(lines)]
    for number, match in starts:
        if not match:
            continue
        closing = match[1] + "}"
        end = next((i for i in range(number, len(lines)) if lines[i].rstrip() == closing), len(lines))
        opening = next((i for i in range(number, end) if without_comment(lines[i]).rstrip().endswith("{")), None)
        if opening is None or any(FUNCTION.match(lines[i]) for i in range(number + 1, opening + 1)):
            continue  # a declaration
        arguments = VALUE.findall(" ".join(map(without_comment, lines[number:opening + 1])))
        yield Function(match[2], number + 1, arguments, statements_of(lines[opening + 1:end], opening + 2))
