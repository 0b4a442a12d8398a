# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The lit configuration of Tern, for its own tests and for those of people who have it installed, whose lit.cfg.py is:
#
#   import tern.lit
#   tern.lit.configure(config, name="my-passes")
import os
import sys

import lit.formats


def configure(config, name, tools=None, llvm_tools=None, examples=None):
    """Tests are .mlir and .test files with RUN lines. Every installed tool is %TOOL in them and a feature of its name;
    FileCheck, not, split-file and the rest of LLVM are found by PATH; %examples is the folder of the example models."""
    tools, llvm_tools = tools or os.path.join(prefix(), "bin"), llvm_tools or installed_llvm_tools()
    config.name = name
    config.test_format = lit.formats.ShTest(execute_external=True)
    config.suffixes = [".mlir", ".test"]
    config.excludes = ["lit.cfg.py", "lit.site.cfg.py", "lit.local.cfg", "inputs", "CMakeLists.txt"]
    # Ours by PATH too, so that a line of a test can be pasted into a shell.
    config.environment["PATH"] = os.pathsep.join([tools, llvm_tools, config.environment.get("PATH", "")])
    config.environment["LC_ALL"] = "C.UTF-8"
    config.environment.pop("FILECHECK_OPTS", None)
    config.substitutions.append(("%python", f'"{sys.executable}"'))
    config.substitutions.append(("%examples", examples or os.path.join(prefix(), "share", "tern", "examples")))
    for tool in os.listdir(tools):
        if tool.startswith("tern"):
            config.substitutions.append((rf"%{tool}\b(?!-)", os.path.join(tools, tool)))
            config.available_features.add(tool)


def prefix():
    """Where Tern is installed, seen from PREFIX/share/tern/python/tern."""
    return os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "..", ".."))


def installed_llvm_tools():
    """Where LLVM's packages put their tools; written down by the installation."""
    from tern import paths
    if not os.path.exists(os.path.join(paths.LLVM_TOOLS, "FileCheck")):
        raise RuntimeError(f"tern.lit: there is no FileCheck in {paths.LLVM_TOOLS}: install the package llvm-22-tools, or say "
                           "where it is with configure(..., llvm_tools=FOLDER)")
    return paths.LLVM_TOOLS
