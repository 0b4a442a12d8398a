// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How packed weights come to be: the entry that packs what the runtime reads from a file, and first values in @init. One layer
// at a time, so that no second copy of a stack exists.

#ifndef TERN_COMPILER_CPU_PACKEDWEIGHTS_H
#define TERN_COMPILER_CPU_PACKEDWEIGHTS_H

#include "compiler/cpu/ContractPlan.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tern::cpu {

/// A parameter that lies packed in memory.
struct PackedVariable {
  mlir::StringAttr variable;        // "parameter:h.{i}.mlp.c_fc.weight"
  mlir::Attribute parameter;        // #tern.parameter, or null
  mlir::RankedTensorType canonical; // (K, N) or (layers, K, N), as files hold it
  mlir::RankedTensorType packed;    // the same shape, encoded
  PackedWeight form;
  mlir::Location location;

  int64_t layerElements() const { return canonical.getShape().end()[-2] * canonical.getShape().back(); }
  llvm::StringRef name() const { return variable.getValue().split(':').second; }
};

/// `load.NAME`: packs one layer out of the first elements of its input `value`, a buffer of `staging` elements that all such
/// entries share.
mlir::func::FuncOp makeLoadEntry(OpBuilder &builder, const PackedVariable &weight, int64_t staging);

/// `initial`, the canonical value of all layers, written into `storage`, the packed variable.
Value packInitial(OpBuilder &builder, const PackedVariable &weight, Value initial, Value storage);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_PACKEDWEIGHTS_H
