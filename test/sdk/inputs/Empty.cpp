// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A plugin without passes, which tells when its code runs.

#include "compiler/Plugin.h"

#include "llvm/Support/raw_ostream.h"

static const bool loaded = [] {
  llvm::errs() << "code of the plugin runs\n";
  return true;
}();

TERN_PLUGIN("empty", [] {})
