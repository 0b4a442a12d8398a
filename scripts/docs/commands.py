# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The command line: what every tool and a compiled program print for --help. Of tools that take all of MLIR's options only
# what is Tern's own is shown.
import re
import subprocess
import tempfile
from pathlib import Path

from ods import LLVM
from render import code_block
from site_pages import Page

# Tool, what it is for, and the upstream tool whose options it has too.
TOOLS = [("ternc", "a model file becomes a program, or any stage on the way", None),
         ("tern-opt", "any pass on any file", "mlir-opt"),
         ("tern-run", "runs the tests of a file, or checks its gradients, in this process", None),
         ("tern-reduce", "makes a file that shows a fault smaller", "mlir-reduce"),
         ("tern-bisect", "finds the pass and the op that change a model's values", None),
         ("tern-lsp-server", "editors", "mlir-lsp-server")]
DESCRIBED = re.compile(r"^  (?:-\w,)?(-{1,2}[\w-]+)\S*(?: <[^>]*>)?(?: +[A-Z:{}x| ]+)? +(?:- )?(\S.*)$", re.M)
OPTION = re.compile(r"^  (-{1,2}[\w-]+)")


def help_of(program, *arguments):
    run = subprocess.run([program, *arguments, "--help"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return (run.stdout or run.stderr).rstrip() + "\n" if run.returncode == 0 else None


def own_options(text, upstream):
    """The usage line and the options that upstream's tool has not. Passes, which stand deeper, have pages of their own."""
    usage = next((line for line in text.splitlines() if line.startswith("USAGE:")), "")
    known = {match.group(1) for match in map(OPTION.match, upstream.splitlines()) if match} - {"--load-pass-plugin"}
    kept, keep = [], False
    for line in text.splitlines():
        option = OPTION.match(line)
        keep = option.group(1) not in known if option else keep and line.startswith("    ") and "--" not in line
        if keep:
            kept.append(line)
    return "\n\n".join(filter(None, [usage, "\n".join(kept)])) + "\n"


def compiled_program(ternc, source, folder):
    """A small program, for its help; None where programs cannot be linked."""
    program = Path(folder, "PROG")
    command = [ternc, Path(source, "examples/neuron/model.mlir"), "-O0", "--quiet", "-o", program]
    return program if subprocess.run(command, capture_output=True).returncode == 0 else None


def program_commands(text):
    """The names of a program's subcommands, from the list in its help."""
    return re.findall(r"^  ([a-z]+)\s{2,}\S", text, re.M)


def build(site, source, tools):
    page = site.add(Page("command-line.html", "Command line", ("Start",)))
    body = ["<h1>Command line</h1>",
            "<p>Printed by the tools themselves. Exit status: 0 success, 1 failure with a message, 2 wrong usage.</p>"]

    def section(name, text, shown):
        anchor = name.replace(" ", "-")
        body.append(f'<h2 id="{anchor}">{name}</h2><p>{text}</p>{code_block(shown)}')
        page.contents.append((anchor, name, 2))
        site.index(name, "command", f"{page.path}#{anchor}", text)
        site.name(name, f"{page.path}#{anchor}")
        for option, says in DESCRIBED.findall(shown):
            site.index(f"{name} {option}", "option", f"{page.path}#{anchor}", says)

    for tool, purpose, upstream in TOOLS:
        if not Path(tools, tool).exists():
            continue
        text = help_of(Path(tools, tool))
        if text is None:
            site.warn(tool, "--help fails")
        elif upstream:
            section(tool, f"{purpose}; besides the options of {upstream}:", own_options(text, help_of(LLVM / "bin" / upstream) or ""))
        else:
            section(tool, purpose, text)
    for tool in sorted(path.name for path in Path(tools).glob("tern*")):
        if tool not in [name for name, _, _ in TOOLS] and not re.search("test|fuzz|sweep", tool):
            site.warn(tool, "a tool that TOOLS in scripts/docs/commands.py does not name")
    with tempfile.TemporaryDirectory() as folder:
        program = compiled_program(Path(tools, "ternc"), source, folder)
        if program is None:
            site.warn("PROG", "ternc does not compile examples/neuron/model.mlir")
        else:
            text = help_of(program).replace(str(program), "PROG")
            section("PROG", "a compiled program", text)
            for command in program_commands(text):
                purpose, _, rest = help_of(program, command).replace(str(program), "PROG").partition("\n")
                section(f"PROG {command}", purpose, rest)
    page.body = "\n".join(body)
