// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// When the buffers of an entry are in use.

#ifndef TERN_COMPILER_MEMORY_LIFETIMES_H
#define TERN_COMPILER_MEMORY_LIFETIMES_H

#include "compiler/memory/Placement.h"

#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tern {

/// Positions count through the function in program order, so that a loop spans its body. A buffer made outside of a
/// loop and used inside lives for the whole loop; one made inside lives within one iteration.
///
/// Threads run an entry together. That no thread overwrites what a slower one still reads is not a question of
/// lifetimes: `lower-spmd` puts a barrier between reads and whatever is written after them.
class Lifetimes {
public:
  explicit Lifetimes(mlir::func::FuncOp function);

  /// The life of the buffer that `buffer` names, all its views included.
  Slot lifeOf(mlir::Value buffer, uint64_t bytes) const;
  /// The position of the first write into the buffer, or nothing.
  std::optional<uint64_t> firstWrite(mlir::Value buffer) const;
  /// The first and the last position of an op, its regions included.
  std::pair<uint64_t, uint64_t> spanOf(mlir::Operation *op) const;

private:
  struct Span {
    uint64_t begin, end;
  };
  void number(mlir::Operation *op);

  mlir::BufferViewFlowAnalysis aliases;
  llvm::DenseMap<mlir::Operation *, Span> spans;
  uint64_t next = 0;
};

} // namespace tern

#endif // TERN_COMPILER_MEMORY_LIFETIMES_H
