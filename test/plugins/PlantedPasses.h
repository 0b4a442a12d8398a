// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes of this plugin; see PlantedPasses.td.

#ifndef TERN_TEST_PLUGINS_PLANTEDPASSES_H
#define TERN_TEST_PLUGINS_PLANTEDPASSES_H

#include "dialects/tern/Tern.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Pass/Pass.h"

namespace tern::test {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "test/plugins/PlantedPasses.h.inc"
} // namespace tern::test

#endif // TERN_TEST_PLUGINS_PLANTEDPASSES_H
