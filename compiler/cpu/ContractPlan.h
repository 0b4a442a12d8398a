// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a product is cut: register tiles, blocks of k that fit the caches, tasks that threads share.

#ifndef TERN_COMPILER_CPU_CONTRACTPLAN_H
#define TERN_COMPILER_CPU_CONTRACTPLAN_H

#include "compiler/cpu/MicroKernel.h"
#include "dialects/kernel/Kernel.h"

namespace tern::cpu {

struct ContractShape {
  int64_t m, n, k;
  bool transposeA, transposeB;
  Type a, b, compute, packed, sum; // element types: in memory, as multiplied, in packed operands, of the sums
  bool onTiles;                    // multiplied by tile registers, which always read packed operands

  /// A is read where it lies when its groups of k lie side by side in the type that is multiplied.
  bool packsA() const { return onTiles || transposeA || a != compute || a != packed || k % groupOf(packed) != 0; }
};

/// M is cut into `tiles`: the first `tallTiles` have `tallRows` rows, the others `shortRows`. On vectors heights are nearly
/// equal; on tile registers all but the last are whole. N is cut into `panels` of `tile.columns()` columns, the last one partly filled. K is cut into `depthBlocks` of `depth`.
struct ContractPlan {
  RegisterTile tile;
  int64_t tiles, tallTiles, tallRows, shortRows;
  int64_t panels;
  int64_t depth, depthBlocks;      // depth is a multiple of a vector of groups
  int64_t taskTiles, taskPanels;   // of one task
  int64_t rowTasks, columnTasks;   // the grid of tasks

  bool hasShortTiles() const { return tallTiles < tiles; }
};

/// The cut in words.
std::string describe(const ContractPlan &plan, const ContractShape &shape);

ContractShape contractShape(kernel::ContractOp op, const Machine &machine);
ContractPlan planContract(const ContractShape &shape, const Machine &machine);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_CONTRACTPLAN_H
