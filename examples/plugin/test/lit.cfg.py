# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import tern.lit

tern.lit.configure(config, name="plugin-example")
