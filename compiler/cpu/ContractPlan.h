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
  int64_t parts;                   // of an element, in packed operands
  int64_t packedColumns;           // of a panel where B is packed in memory, else 0

  bool packsB() const { return packedColumns == 0; }
  /// A is read where it lies when its groups of k lie side by side in the type that is multiplied.
  bool packsA() const { return onTiles || transposeA || a != compute || a != packed; }
};

/// How f32 is multiplied on tile registers, which know bf16: each element is a sum of parts in bf16.
enum class SplitProducts {
  none,  // not on tiles: fused multiply-add on vectors
  three, // 2 parts, products hh hl lh: about 1e-6 of the sum of absolute products
  six,   // 3 parts, which are the element exactly, products hh hm mh mm hl lh: no worse than multiply-add
};
/// Six products where the machine has tile registers, unless `text` ("exact", "split3", "split6", "auto") says otherwise.
SplitProducts splitProducts(llvm::StringRef text, const Machine &machine);

/// M is cut into `tiles`: the first `tallTiles` have `tallRows` rows, the others `shortRows`. On vectors heights are nearly
/// equal; on tile registers all but the last are whole. N is cut into `panels` of `tile.columns()` columns, the last one
/// partly filled. K is cut into `depthBlocks` of `depth`.
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

ContractShape contractShape(kernel::ContractOp op, const Machine &machine, SplitProducts split);
/// Why a packed B cannot be read in place, or nothing.
std::string whyNotInPlace(const ContractShape &shape, const Machine &machine);
ContractPlan planContract(const ContractShape &shape, const Machine &machine);

/// How a product would like its B to lie in memory.
struct PackedWeight {
  kernel::PackedAttr layout;
  Type element, compute; // elements are rounded to the one and kept as the other
  bool inParts;          // not in this form
  bool operator==(const PackedWeight &) const = default;
};
PackedWeight packedWeight(kernel::ContractOp op, const Machine &machine, SplitProducts split);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_CONTRACTPLAN_H
