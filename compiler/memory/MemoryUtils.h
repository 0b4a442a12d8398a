// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the passes of this room share: names of attributes, and questions about buffers.

#ifndef TERN_COMPILER_MEMORY_MEMORYUTILS_H
#define TERN_COMPILER_MEMORY_MEMORYUTILS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"

namespace tern {

// Attributes of entries, and of their arguments and results.
inline constexpr llvm::StringLiteral entryName = "tern.entry";
inline constexpr llvm::StringLiteral testName = "tern.test";
inline constexpr llvm::StringLiteral roleName = "tern.role";
inline constexpr llvm::StringLiteral variableName = "tern.variable";
inline constexpr llvm::StringLiteral updatesName = "tern.updates";
inline constexpr llvm::StringLiteral outputName = "tern.output";
inline constexpr llvm::StringLiteral canonicalName = "tern.canonical"; // the type of a packed parameter in files
// Attributes that the plan leaves behind.
inline constexpr llvm::StringLiteral planName = "tern.plan";
inline constexpr llvm::StringLiteral memoryName = "tern.memory";
inline constexpr llvm::StringLiteral variablesName = "tern.variables";

/// True for functions that the runtime or tern-run calls.
inline bool isEntry(mlir::func::FuncOp function) { return function->hasAttr(entryName) || function->hasAttr(testName); }

/// Every buffer starts on a cache line, so that vectors are aligned and threads share no line.
inline constexpr uint64_t bufferAlignment = 64;

/// Bytes of a memref of static shape; i1 takes one byte.
uint64_t bytesOf(mlir::MemRefType type);

/// The function argument, allocation or other op that a memref is a view of.
mlir::Value baseOf(mlir::Value buffer);

} // namespace tern

#endif // TERN_COMPILER_MEMORY_MEMORYUTILS_H
