// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Averaging: an op that keeps running averages. See Averaging.td.

#ifndef TERN_INTERFACES_AVERAGING_H
#define TERN_INTERFACES_AVERAGING_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

#include <utility>

#include "dialects/interfaces/Averaging.h.inc"

#endif // TERN_INTERFACES_AVERAGING_H
