// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Narrowable: an op whose factors may be of a narrower type than its sums. See Narrowable.td.

#ifndef TERN_INTERFACES_NARROWABLE_H
#define TERN_INTERFACES_NARROWABLE_H

#include "mlir/IR/OpDefinition.h"

#include "dialects/interfaces/Narrowable.h.inc"

#endif // TERN_INTERFACES_NARROWABLE_H
