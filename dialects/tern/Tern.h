// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tern dialect: its attributes and the classes of all its ops.

#ifndef TERN_DIALECT_TERN_H
#define TERN_DIALECT_TERN_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/interfaces/Averaging.h"
#include "dialects/interfaces/Costed.h"
#include "dialects/interfaces/Decomposable.h"
#include "dialects/interfaces/Iterative.h"
#include "dialects/interfaces/Narrowable.h"
#include "dialects/interfaces/Rearranging.h"
#include "dialects/interfaces/Sequential.h"
#include "dialects/interfaces/Differentiable.h"
#include "dialects/interfaces/Parametric.h"
#include "dialects/interfaces/Stochastic.h"

#include "dialects/tern/Dialect.h.inc"
#include "dialects/tern/Enums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/tern/Attrs.h.inc"
#define GET_OP_CLASSES
#include "dialects/tern/Tern.h.inc"

#endif // TERN_DIALECT_TERN_H
