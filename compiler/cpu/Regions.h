// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Regions of an entry: what runs between two barriers, under the name of the kernel that it came from. Every kernel and
// linalg op carries a label in its location, and with it all that it is expanded to; LowerSpmd numbers what it finds.

#ifndef TERN_COMPILER_CPU_REGIONS_H
#define TERN_COMPILER_CPU_REGIONS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinAttributes.h"

namespace tern::cpu {

/// True for what the expansions of this room take away: kernels, linalg ops and copies.
bool isKernel(mlir::Operation *op);

/// Adds the label of a kernel to its location: {kernel, shape, location, type, flops, read, written, updates, index}. The
/// index tells apart ops that are alike.
void addLabel(mlir::Operation *kernel, int64_t index);

/// The label that `location` carries, or null. Where ops were fused, one label with their sums.
mlir::DictionaryAttr labelOf(mlir::Location location);

/// The regions of one entry, in the order of their first ops.
class RegionTable {
public:
  /// The number of the region that `op` belongs to. Ops of one kernel are one region.
  uint32_t numberOf(mlir::Operation *op);

  /// Adds what `op` costs to a region that it shares, unless it is of that region already.
  void share(uint32_t region, mlir::Operation *op);

  /// Labels with `calls`, how often one call of the entry runs them.
  mlir::ArrayAttr rows(mlir::MLIRContext *context) const;

private:
  struct Row {
    mlir::DictionaryAttr first; // by which the region is found again; null for a loop of no kernel
    mlir::DictionaryAttr label;
    uint64_t calls;
  };
  llvm::SmallVector<Row> table;
};

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_REGIONS_H
