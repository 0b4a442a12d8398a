// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Neighbouring linalg ops that can share their loops over rows: statistics of a norm, what is computed with them, gradients
// and their sums over rows pass a row while it is in cache. What a row depends on is the same row only.

#ifndef TERN_COMPILER_CPU_ROWGROUP_H
#define TERN_COMPILER_CPU_ROWGROUP_H

#include "compiler/cpu/LinalgVectorizer.h"

namespace tern::cpu {

class RowGroup {
public:
  explicit RowGroup(const Machine &machine) : machine(machine) {}

  bool empty() const { return members.empty(); }
  /// More than one op, and more than numbers of rows: the loops are worth sharing.
  bool isWorthSharing() const;
  llvm::ArrayRef<mlir::linalg::LinalgOp> ops() const { return members; }

  /// Takes the op in where its rows are those of the group and it touches what others write in the same row only.
  bool take(mlir::linalg::LinalgOp op);
  /// The op can stay where it is, before the loops of the group, though it comes after some of its ops.
  bool isIndependent(mlir::linalg::LinalgOp op) const;
  /// Emits the shared loops before the last op.
  void emitLoops();

  /// Rows of the first op with a reduction from `first` on, as far as a group may reach; 0 where there is none.
  static int64_t findRows(mlir::Operation *first);
  /// The op neither touches memory nor has to stay where it is.
  static bool isPassive(mlir::Operation *op);

  int64_t rows = 0;

private:
  /// What an op touches of the memory `root`: row i is elements [i * perRow, (i + 1) * perRow) of `base`, or perRow is 0 and
  /// it may be anything.
  struct Access {
    Value root, base;
    int64_t perRow;
    bool writes;
  };
  static SmallVector<Access> accessesOf(mlir::linalg::LinalgOp op, unsigned rowLoops);
  bool agrees(llvm::ArrayRef<Access> others) const;
  int64_t rowsPerTask() const;

  const Machine &machine;
  SmallVector<mlir::linalg::LinalgOp> members;
  SmallVector<LinalgVectorizer::RowForm> forms;
  SmallVector<Access> accesses;
  int64_t rowElements = 0, longest = 1;
};

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_ROWGROUP_H
