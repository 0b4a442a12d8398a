# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# One configuration for every test: IR tests (.mlir), whole programs (.test: shell lines after RUN), checks of the tree (.py).
import importlib.util
import os
import shutil
import sys

sys.path.append(os.path.join(config.tern_source, "scripts"))
import tern.lit  # noqa: E402  (what our tests share with those of people who have Tern installed)

tern.lit.configure(config, name="tern", tools=config.tern_tools, llvm_tools=config.llvm_tools,
                   examples=os.path.join(config.tern_source, "examples"))
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.tern_build, "test")

config.substitutions.append(("%source", config.tern_source))
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

if importlib.util.find_spec("markdown"):
    config.available_features.add("docs")
else:
    lit_config.note("tests of the documentation are skipped: python3-markdown is not installed")

if any(shutil.which(program) for program in ("chromium-headless-shell", "chromium", "google-chrome", "chrome")):
    config.available_features.add("browser")
else:
    lit_config.note("tests that use a browser are skipped: there is none (chromium-headless-shell)")
