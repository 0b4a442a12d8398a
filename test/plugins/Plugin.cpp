// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The door.

#include "compiler/Plugin.h"
#include "test/plugins/PlantedPasses.h"

TERN_PLUGIN("planted", [] { tern::test::registerplantedPasses(); })
