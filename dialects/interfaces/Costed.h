// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Costed: an op that knows how much arithmetic it does. See Costed.td.

#ifndef TERN_INTERFACES_COSTED_H
#define TERN_INTERFACES_COSTED_H

#include "mlir/IR/OpDefinition.h"

#include "dialects/interfaces/Costed.h.inc"

#endif // TERN_INTERFACES_COSTED_H
