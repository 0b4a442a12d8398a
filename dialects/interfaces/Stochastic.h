// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stochastic: an op that draws random numbers. See Stochastic.td.

#ifndef TERN_INTERFACES_STOCHASTIC_H
#define TERN_INTERFACES_STOCHASTIC_H

#include "mlir/IR/OpDefinition.h"

#include "dialects/interfaces/Stochastic.h.inc"

#endif // TERN_INTERFACES_STOCHASTIC_H
