# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# One configuration for every test: IR tests (.mlir), whole programs (.test: shell lines after RUN), checks of the tree (.py).
import importlib.util
import os
import sys

import lit.formats
from lit.llvm.config import ToolSubst  # noqa: F401  (tells early when lit is not LLVM's)

config.name = "tern"
config.test_format = lit.formats.ShTest(execute_external=True)
config.suffixes = [".mlir", ".test"]
config.excludes = ["lit.cfg.py", "lit.local.cfg", "inputs", "CMakeLists.txt"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.tern_build, "test")

# Tools are found by PATH, so that a line of a test can be pasted into a shell.
config.environment["PATH"] = os.pathsep.join([config.tern_tools, config.llvm_tools, config.environment.get("PATH", "")])
config.environment["LC_ALL"] = "C.UTF-8"
config.environment.pop("FILECHECK_OPTS", None)

config.substitutions.append(("%source", config.tern_source))
config.substitutions.append(("%python", f'"{sys.executable}"'))
config.substitutions.append(("%examples", os.path.join(config.tern_source, "examples")))
config.substitutions.append(("%build", config.tern_build))
config.substitutions.append(("%test-passes", os.path.join(config.tern_build, "lib", "TernTestPasses.so")))

# Real weights and references lie beside the checkout, not in it: tests that need them say REQUIRES: data.
data = os.path.normpath(os.path.join(config.tern_source, "..", "shared", "data"))
config.substitutions.append(("%data", data))
if os.path.isdir(data):
    config.available_features.add("data")
else:
    lit_config.note(f"tests that need published weights are skipped: there is no {data}")

if os.path.exists(os.path.join(config.tern_build, "lib", "libternrt.a")):
    config.available_features.add("runtime")
else:
    lit_config.note("tests that link programs are skipped: the runtime library is not built")

for tool in ("tern-opt", "ternc", "tern-run", "tern-lsp-server", "tern-reduce"):
    if os.path.exists(os.path.join(config.tern_tools, tool)):
        config.available_features.add(tool)

if importlib.util.find_spec("markdown"):
    config.available_features.add("docs")
else:
    lit_config.note("tests of the documentation are skipped: python3-markdown is not installed")
