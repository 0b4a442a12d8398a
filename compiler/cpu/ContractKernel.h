// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a product is made of below its tasks: how operands are packed, and how one tile of C is multiplied. There is one
// kernel on vectors and one on tile registers; ExpandContract runs either over its tasks.

#ifndef TERN_COMPILER_CPU_CONTRACTKERNEL_H
#define TERN_COMPILER_CPU_CONTRACTKERNEL_H

#include "compiler/cpu/ContractPlan.h"
#include "compiler/cpu/Packing.h"
#include "dialects/kernel/Kernel.h"

#include <memory>

namespace tern::cpu {

/// A block of k of a panel of B.
struct PanelPlace {
  Value panel, k0;
};

/// The place of a tile under way: its number in the task, where it starts, its height, and the block of k.
struct TilePlace {
  Value slot, firstRow, firstColumn;
  int64_t rows;
  Value block, k0, depth;
  PanelPlace next; // the block of B that comes after this one
};

class ContractKernel {
public:
  ContractKernel(Emitter &emit, kernel::ContractOp op, const Machine &machine, const ContractShape &shape,
                 const ContractPlan &plan)
      : emit(emit), op(op), machine(machine), shape(shape), plan(plan), group(groupOf(shape.packed)) {}
  virtual ~ContractKernel();

  /// Scratch of a task for its tiles of A and for one panel of B.
  virtual void allocatePacked() = 0;
  /// Packs k in [k0, k0 + depth) of the tiles in [low, high).
  virtual void packA(Value low, Value high, Value k0, Value depth) = 0;
  /// Packs the same k of a panel, or finds it where B is packed.
  virtual void packB(Value panel, Value k0, Value depth) = 0;
  /// Adds the product of a packed tile and the packed panel to `sum`, a memref (rows, columns); in the first block of k what
  /// it held does not count. Each tile of a task asks for its share of the next block of B.
  virtual void multiply(const TilePlace &place, Value sum) = 0;

  /// The first row of a tile, and of C where the panel starts.
  Value firstRow(Value tile);
  Value firstColumn(Value panel) { return emit.mul(panel, plan.tile.columns()); }
  bool keepsSums() const { return plan.depthBlocks > 1; }

protected:
  /// An operand from k0 on, as a matrix (k, column).
  MatrixSource sourceOf(Value memref, bool transposed, Value k0);

  /// The block of k that starts at k0 of a panel of B that is packed in memory.
  Value blockInPlace(Value panel, Value k0);

  /// How many lines of the next block of B each tile asks for: rows of B are too short and too far apart for the machine to
  /// foresee them, and a packed block ends after some pages.
  int64_t linesPerTile();
  /// Asks for this line of the next block.
  void prefetchLine(const TilePlace &place, Value line);

  Emitter &emit;
  kernel::ContractOp op;
  const Machine &machine;
  const ContractShape &shape;
  const ContractPlan &plan;
  int64_t group; // of k in packed operands

private:
  std::pair<int64_t, int64_t> linesOfBlock();
};

std::unique_ptr<ContractKernel> makeVectorKernel(Emitter &emit, kernel::ContractOp op, const Machine &machine,
                                                 const ContractShape &shape, const ContractPlan &plan);
std::unique_ptr<ContractKernel> makeTileKernel(Emitter &emit, kernel::ContractOp op, const Machine &machine,
                                               const ContractShape &shape, const ContractPlan &plan);

/// Asks for the line at `at`, which need not exist.
void prefetch(Emitter &emit, Value memref, ValueRange at, bool isWrite);
int64_t elementsPerLine(Value memref);

/// Finishes the rows of a tile of sums: what the outs held, the epilogue, the stores.
class ContractEpilogue {
public:
  ContractEpilogue(Emitter &emit, kernel::ContractOp op, const RegisterTile &tile) : emit(emit), op(op), tile(tile) {}

  /// Reads the flag once for the task.
  void begin();
  void finish(Value sum, Value m, Value n0, int64_t rows);
  /// What `finish` will read and write is asked for.
  void prefetchOperands(Value m, Value n0, int64_t rows);

private:
  void finishVector(Value acc, Value m, Value n, bool masked);

  Emitter &emit;
  kernel::ContractOp op;
  RegisterTile tile;
  Value flag;
};

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_CONTRACTKERNEL_H
