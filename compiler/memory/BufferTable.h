// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A memory plan for people: when each buffer lives, where it lies, and what an entry does meanwhile. Not read by any
// pass.

#ifndef TERN_COMPILER_MEMORY_BUFFERTABLE_H
#define TERN_COMPILER_MEMORY_BUFFERTABLE_H

#include "compiler/memory/Lifetimes.h"

namespace tern {

/// Becomes two attributes of an entry:
/// `tern.buffers`, dictionaries of class, name (of variables, inputs, outputs), type, offset, bytes, begin, end, from;
/// `tern.positions`, dictionaries of op, begin, end, depth (of loops around), from.
/// `from` is a location; begin and end are positions of `Lifetimes`.
class BufferTable {
public:
  /// Of a function whose ops still stand where `lifetimes` has seen them.
  BufferTable(mlir::func::FuncOp function, const Lifetimes &lifetimes);

  /// `slot` lies at its offset plus `base`.
  void add(llvm::StringRef memoryClass, llvm::StringRef name, mlir::Type type, mlir::Location from, const Slot &slot,
           uint64_t base = 0);
  void attach();

private:
  void addPositions(mlir::Block &block, const Lifetimes &lifetimes, unsigned depth);

  mlir::func::FuncOp function;
  mlir::Builder builder;
  llvm::SmallVector<mlir::Attribute> buffers, positions;
};

} // namespace tern

#endif // TERN_COMPILER_MEMORY_BUFFERTABLE_H
