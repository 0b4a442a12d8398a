// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The check dialect: expectations of test programs. See Check.td.

#ifndef TERN_DIALECT_CHECK_H
#define TERN_DIALECT_CHECK_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/check/Dialect.h.inc"
#define GET_OP_CLASSES
#include "dialects/check/Check.h.inc"

namespace tern::check {

/// Makes check.equal and check.almost_equal bufferizable once the dialect is loaded.
void registerBufferization(mlir::DialectRegistry &registry);

} // namespace tern::check

#endif // TERN_DIALECT_CHECK_H
