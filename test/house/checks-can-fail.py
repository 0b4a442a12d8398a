# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Builds a small house with known faults and runs every check on it: each must find its faults, and nothing in a house
# without them.
# RUN: %check
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from house import finish

HERE = Path(__file__).resolve().parent
SPDX = "// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception\n"

PASS = """include "mlir/Pass/PassBase.td"
def FuseQkv : Pass<"tern-fuse-qkv", "x"> {{
  let summary = "{summary}";
  let description = [{{ {description} }}];
  let options = [Option<"limit", "limit", "bool", "false", "{option}">];
}}
"""
EXAMPLE = """Words.
    ```mlir
    func.func @f() {{
      return
    }}
    ```
    becomes
    ```mlir
    func.func @{after}() {{
      return
    }}
    ```
  """


def fuse_qkv(summary="merges", description=EXAMPLE.format(after="f"), option="how many"):
    """compiler/fuse/Passes.td with one pass."""
    return SPDX + PASS.format(summary=summary, description=description, option=option)


SOUND = {
    "compiler/README.md": "", "compiler/fuse/README.md": "", "compiler/lower/README.md": "", "dialects/README.md": "",
    "dialects/tern/README.md": "", "runtime/README.md": "", "runtime/core/README.md": "", "runtime/io/README.md": "",
    "test/README.md": "", "test/compiler/README.md": "", "test/dialects/README.md": "",
    "compiler/fuse/Passes.td": fuse_qkv(),
    "compiler/fuse/FuseQkv.cpp": SPDX + '#include "compiler/support/A.h"\nvoid f() {\n  int x[] = {1};\n}\n',
    "test/compiler/fuse/fuse-qkv.mlir": SPDX,
    "dialects/tern/Norm.td": SPDX, "dialects/tern/Norm.cpp": SPDX, "compiler/lower/Norm.cpp": SPDX,
    "test/dialects/tern/norm.mlir": SPDX,
    "runtime/core/A.h": SPDX, "runtime/io/B.cpp": SPDX + '#include "runtime/core/A.h"\n',
}
LONG_FUNCTION = "struct S {\n  S() : a{1} {\n" + "    a++;\n" * 90 + "  }\n};\n"

# An op that its tests name, in comments, beside what is compared and where nothing folds.
RUN = "// RUN" + ": "  # in two halves, or lit would run what follows
UNTESTED = {
    "dialects/tern/Tern.td": SPDX + """include "mlir/IR/OpBase.td"
def Tern_Dialect : Dialect { let name = "tern"; let cppNamespace = "::tern"; }
def Tern_NegOp : Op<Tern_Dialect, "neg"> { let hasFolder = 1; }
""",
    "test/dialects/tern/norm-invalid.mlir": RUN + """tern-opt %s -verify-diagnostics
func.func @f(%x: tensor<f32>) {
  // expected-error @+1 {{tern.neg}}
  %y = tern.exp %x : tensor<f32>
  %z = tern.neg %x : tensor<f32>
  return
}
""",
    "test/dialects/tern/norm-fold.mlir": """func.func @f(%x: tensor<f32>) -> tensor<f32> {
  %y = tern.neg %x : tensor<f32>
  return %y : tensor<f32>
}
""",
    "test/numerics/norm.mlir": f"{RUN}tern-run %s -O0\n{RUN}tern-run %s -O3\n" + """
func.func @test_neg() {
  %x = arith.constant dense<1.0> : tensor<f32>
  %y = tern.neg %x : tensor<f32> // tern.neg %x
  check.equal %x, %x : tensor<f32>
  return
}
func.func @f(%x: tensor<f32>) -> tensor<f32> {
  %y = tern.neg %x : tensor<f32>
  return %x : tensor<f32>
}
check.gradient @f
""",
    "test/numerics/half.mlir": RUN + """tern-run %s -O0
func.func @test_neg() {
  %x = arith.constant dense<1.0> : tensor<f32>
  %y = tern.neg %x : tensor<f32>
  check.equal %y, %x : tensor<f32>
  return
}
""",
}

# check -> (the faulty files, words that its findings must contain)
FAULTS = {
    "layout": ({"attic/x.txt": "", "runtime/text/T.cpp": SPDX, "test/compiler/fuse/FuseQkv.mlir": SPDX},
               ["attic: does not belong", "runtime/text: has no README.md", "FuseQkv.mlir: test files are named"]),
    "include-direction": ({"compiler/fuse/FuseQkv.cpp": SPDX + '#include "compiler/lower/L.h"\n',
                           "runtime/core/A.h": SPDX + '#include "runtime/io/B.h"\n'},
                          ["FuseQkv.cpp: may not include compiler/lower", "A.h: may not include runtime/io", "in a circle"]),
    "stems": ({"dialects/tern/Loss.td": SPDX, "compiler/lower/Passes.td": SPDX + 'def LowerAll : Pass<"tern-lower"> {}\n'},
              ["family Loss: no dialects/tern/Loss.cpp", "no compiler/lower/Loss.cpp", "no test/dialects/tern/loss.mlir",
               "its flag is tern-lower", "no compiler/lower/LowerAll.cpp", "no test/compiler/lower/lower-all.mlir"]),
    "documented": ({"compiler/fuse/Passes.td": fuse_qkv(summary="", description="", option=""),
                    "compiler/lower/Passes.td": fuse_qkv(description="Words.\n```sh\nls\n```\n")},
                   ["pass tern-fuse-qkv: has no summary", "has no description in words", "has no example", "option limit has no",
                    "no test reads a block of 'sh'"]),
    "op-coverage": (UNTESTED, [f"tern.neg: no test earns '{mark}'" for mark in ("refuses", "folds", "gradient", "values")]),
    "pass-examples": ({"compiler/fuse/Passes.td": fuse_qkv(description=EXAMPLE.format(after="g"))}, ["something else comes out"]),
    "readme-examples": ({"test/README.md": "```\ntern-opt --no-such-option scripts/nothing\n```\n```mlir\nnonsense\n```\n"},
                        ["tern-opt has no option --no-such-option", "there is no scripts/nothing", "example.mlir fails"]),
    "sizes": ({"runtime/core/Long.cpp": SPDX + "\n" * 601, "runtime/io/B.cpp": SPDX + LONG_FUNCTION},
              ["Long.cpp: 602 lines", "B.cpp:3: 92 lines in one function"]),
    "text": ({"runtime/core/A.h": "int a;\n", "runtime/core/C.h": SPDX + "// see /ho" + "me/me\n// TO" + "DO\n",
              "runtime/core/D.h": SPDX + "//" + "x" * 200 + "\n"},
             ["A.h: no SPDX", "C.h:2: a path of one machine", "C.h:3: unfinished", "D.h:2: 202 columns"]),
}


def run_check(name, files):
    """The output and exit status of a check on a house of these files."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            target = Path(root, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        environment = {**os.environ, "GIT_CEILING_DIRECTORIES": os.path.dirname(root)}
        command = [sys.executable, "-B", str(HERE / f"{name}.py"), root]
        run = subprocess.run(command, capture_output=True, text=True, env=environment)
    return run.stdout + run.stderr, run.returncode


def main():
    findings = []
    for name, (faults, expected) in FAULTS.items():
        output, status = run_check(name, SOUND)
        if status != 0:
            findings.append(f"{name}: complains about a sound house\n{output}")
        output, status = run_check(name, {**SOUND, **faults})
        if status != 1:
            findings.append(f"{name}: exit status {status} on a faulty house\n{output}")
        findings.extend(f"{name}: does not say {words!r}\n{output}" for words in expected if words not in output)
    finish(findings)


main()
