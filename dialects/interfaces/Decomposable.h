// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Decomposable: an op that is short for several others. See Decomposable.td.

#ifndef TERN_INTERFACES_DECOMPOSABLE_H
#define TERN_INTERFACES_DECOMPOSABLE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

#include "dialects/interfaces/Decomposable.h.inc"

#endif // TERN_INTERFACES_DECOMPOSABLE_H
