// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operands of products in the order in which the inner loop reads them. A packed operand is a memref
// (k / group, columns * group): for each group of k, all columns, and for each column its k side by side. The group follows
// from the element type (groupOf): 1 for f32 and f64, 2 for bf16, whose dot products take pairs, 4 for bytes. An f32 may be
// packed as a sum of parts in bf16: then there are as many packed operands as parts, the leading one first.

#ifndef TERN_COMPILER_CPU_PACKING_H
#define TERN_COMPILER_CPU_PACKING_H

#include "compiler/cpu/MicroKernel.h"
#include "dialects/kernel/Kernel.h"

namespace tern::cpu {

/// A matrix (k, n) to read from: element (k, n) lies at (row + k, column + n), or at (row + n, column + k) when
/// `transposed`. `before` are the leading indices of a memref of rank above 2. Elements are rounded to `compute` where it is
/// given.
struct MatrixSource {
  Value memref;
  bool transposed;
  Value row, column;
  SmallVector<Value> before;
  Type compute = nullptr;

  SmallVector<Value> at(Emitter &emit, Value first, Value second) const;
};

/// Packs k in [0, depth) of the columns from `n0` on; `limit` columns exist in all, what lies beyond is zero or a copy of
/// what exists. Zeros follow the last k to the end of its group. `panels` are packed memrefs, one for each part, with room
/// for depth rounded up to whole vectors of groups.
void packPanel(Emitter &emit, const MatrixSource &matrix, ValueRange panels, Value depth, Value n0, Value limit,
               const RegisterTile &tile);

/// Packs k in [0, depth) of as many columns as each of `blocks` has rows, memrefs (block of k, row, k within the block) of the
/// parts: each column becomes a row. Zeros follow the last k to the end of its block; columns beyond the limit are copies of
/// what exists.
void packBlocks(Emitter &emit, const MatrixSource &matrix, ValueRange blocks, Value depth, Value n0, Value limit, int64_t lanes);

/// Packs one group of k of a matrix that is not transposed: `rows` of its k exist. With `masked`, columns from `limit` on
/// are not read.
void packGroup(Emitter &emit, const MatrixSource &matrix, ValueRange panels, Value group, int64_t rows, Value n0, Value limit,
               const RegisterTile &tile, bool masked);

/// A weight into its panels, which threads share.
void expandPack(Emitter &emit, kernel::PackOp op, const Machine &machine);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_PACKING_H
