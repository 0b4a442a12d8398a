// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two sequences that go on from the same tokens: beams, and prompts that begin alike.

#ifndef TERN_COMPILER_DERIVE_FORKSLOTS_H
#define TERN_COMPILER_DERIVE_FORKSLOTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tern {

/// @fork, beside a step that keeps something for several sequences: all that is kept for the one with the number "from" is kept
/// for the one with the number "slot" as well.
void deriveFork(mlir::func::FuncOp decode);

} // namespace tern

#endif // TERN_COMPILER_DERIVE_FORKSLOTS_H
