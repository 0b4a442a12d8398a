// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A plugin that calls what nobody defines.

#include "compiler/Plugin.h"

namespace elsewhere {
void registerMorePasses(int level);
} // namespace elsewhere

TERN_PLUGIN("unresolved", [] { elsewhere::registerMorePasses(3); })
