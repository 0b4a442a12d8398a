# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Files over 600 lines and functions over 80 fail; files over 400 lines are printed as a question. Function bodies are
# found by matching braces, which is enough for code that clang-format has laid out.
# RUN: %check
import ast
import re

from house import finish, read, tracked_files

FILE_QUESTION, FILE_LIMIT, FUNCTION_LIMIT = 400, 600, 80
LITERAL = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S)
CONTAINER = re.compile(r'\b(?:namespace|class|struct|union|enum|extern)\b[^()]*$')


def without_literals(text):
    """The text with comments and strings blanked, line for line."""
    return LITERAL.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def cpp_functions(text):
    """(first line, line count, header) of every outermost function body."""
    stack, start, line, open_function = [], 0, 1, None
    for position, char in enumerate(text):
        if char == "\n":
            line += 1
        elif char == "{":
            header = text[start:position].strip()
            is_function = open_function is None and ")" in header and not CONTAINER.search(header)
            if is_function:
                open_function = (line - header.count("\n"), header)
            stack.append(is_function)
            start = position + 1
        elif char == "}" and stack:
            if stack.pop():
                first, header = open_function
                yield first, line - first + 1, header
                open_function = None
            start = position + 1
        elif char == ";":
            start = position + 1


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
