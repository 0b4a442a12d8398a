// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the decoder of an encoder-decoder reads of its source. It is the same for every token, so that it is computed once.

#ifndef TERN_COMPILER_DERIVE_SOURCEMEMORY_H
#define TERN_COMPILER_DERIVE_SOURCEMEMORY_H

#include "dialects/tern/Tern.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tern {

/// Values that follow from inputs other than the sequence, with the ops that read them along with the sequence.
class SourceMemory {
public:
  SourceMemory(mlir::func::FuncOp function, const SequenceDims &dims);

  /// Floating-point values that readers take, but for arguments, in the order of the program.
  llvm::ArrayRef<mlir::Value> values() const { return memory; }
  /// The readers of one of `values()` get another value.
  void replace(mlir::Value value, mlir::Value other) const;

private:
  void follow(mlir::Block &block);
  void followLayers(LayersOp layers);
  bool isSource(mlir::Value value) const { return source.contains(value); }
  /// Whether a use is that of a reader.
  bool isRead(mlir::OpOperand &use) const;

  const SequenceDims &dims;
  llvm::SetVector<mlir::Value> source;
  llvm::SmallVector<mlir::Value> memory;
};

} // namespace tern

#endif // TERN_COMPILER_DERIVE_SOURCEMEMORY_H
