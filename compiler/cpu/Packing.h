// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operands of products in the order in which the inner loop reads them.

#ifndef TERN_COMPILER_CPU_PACKING_H
#define TERN_COMPILER_CPU_PACKING_H

#include "compiler/cpu/MicroKernel.h"

namespace tern::cpu {

/// A matrix (k, n) to read from: element (k, n) lies at (row + k, column + n), or at (row + n, column + k) when
/// `transposed`. `before` are the leading indices of a memref of rank above 2.
struct MatrixSource {
  Value memref;
  bool transposed;
  Value row, column;
  SmallVector<Value> before;

  SmallVector<Value> at(Emitter &emit, Value first, Value second) const;
};

/// Fills panel[k][0, columns) with the matrix for k in [0, depth), from column `n0` on; `limit` columns exist in all, what
/// lies beyond is zero or a copy of what exists. `panel` is a memref (depth padded to a multiple of lanes, columns).
void packPanel(Emitter &emit, const MatrixSource &matrix, Value panel, Value depth, Value n0, Value limit,
               const RegisterTile &tile);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_PACKING_H
