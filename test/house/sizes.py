# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Files over 600 lines and functions over 80 fail; files over 400 lines are printed as a question. Function bodies are
# found by matching braces, which is enough for code that clang-format has laid out.
# RUN: %check
import ast
import re

from house import finish, read, tracked_files

FILE_QUESTION, FILE_LIMIT, FUNCTION_LIMIT = 400, 600, 80
PREPROCESSOR = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.M)
LITERAL = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S)
CONTAINER = re.compile(r'\b(?:namespace|class|struct|union|enum|extern)\b[^()]*$')


def without_literals(text):
    """The text with comments, strings and preprocessor lines blanked, line for line."""
    for pattern in (LITERAL, PREPROCESSOR):
        text = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    return text


def cpp_functions(text):
    """(first line, line count, header) of every outermost function body. `S() : a{1} {` opens one function, not two."""
    stack, start, line = [], 0, 1
    opened = closed = None
    for position, char in enumerate(text):
        if char == "\n":
            line += 1
        elif char == "{":
            header = text[start:position].strip()
            continues = closed is not None and re.fullmatch(r"|,[^;]*", header)
            is_function = opened is None and (bool(continues) or (")" in header and not CONTAINER.search(header)))
            if is_function:
                opened = closed if continues else (line - header.count("\n"), header)
            stack.append(is_function)
            start = position + 1
        elif char == "}" and stack:
            closed = opened if stack.pop() else None
            if closed:
                yield closed[0], line - closed[0] + 1, closed[1]
                opened = None
            start = position + 1
        elif char == ";":
            start, closed = position + 1, None


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1, node.name


def functions(path, text):
    if path.suffix in (".cpp", ".h", ".c"):
        return cpp_functions(without_literals(text))
    return python_functions(text) if path.suffix == ".py" else []


def main():
    findings = []
    for path in tracked_files():
        if path.suffix not in (".cpp", ".h", ".c", ".td", ".py"):
            continue
        text = read(path)
        lines = text.count("\n")
        if lines > FILE_LIMIT:
            findings.append(f"{path}: {lines} lines, {FILE_LIMIT} at most")
        elif lines > FILE_QUESTION:
            print(f"{path}: {lines} lines; does it hold two things?")
        for first, length, header in functions(path, text):
            if length > FUNCTION_LIMIT:
                name = " ".join(header.split())[:60]
                findings.append(f"{path}:{first}: {length} lines in one function, {FUNCTION_LIMIT} at most: {name}")
    finish(findings)


main()
