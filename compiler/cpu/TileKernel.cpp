// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products on tile registers (AMX): 2 by 2 tiles of sums, 32 rows by 32 columns, or 1 by 4 for at most 16 rows. Both operands
// are packed: A as blocks (block of k, row, 32 k), whose rows are those of a tile, B as a panel of pairs.

#include "compiler/cpu/ContractKernel.h"

#include "mlir/Dialect/AMX/AMXDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace tern::cpu;

static constexpr int64_t tileRows = 16, tileDepth = 32; // of bf16

namespace {

class TileKernel : public ContractKernel {
public:
  using ContractKernel::ContractKernel;

  void allocatePacked() override {
    packedB = allocate(emit, {plan.depth / group, plan.tile.columns() * group}, shape.packed);
    packedA = allocate(emit, {plan.taskTiles, plan.depth / tileDepth, plan.tile.rows, tileDepth}, shape.packed);
    // Sums start from a row of zeros that every row of a tile reads: equal zero tiles would become one tile and its copies.
    zeros = allocate(emit, {plan.tile.lanes}, shape.sum);
    storeVector(emit, emit.real(VectorType::get({plan.tile.lanes}, shape.sum), 0), zeros, emit.index(0));
  }

  void packA(Value low, Value high, Value k0, Value depth) override {
    MatrixSource source = sourceOf(op.getA(), !op.getTransposeA(), k0);
    emit.loop(low, high, 1, [&](Value tile) {
      Value blocks = partAt(emit, packedA, emit.sub(tile, low));
      packBlocks(emit, source, blocks, depth, firstRow(tile), emit.index(op.getM()), plan.tile.lanes);
    });
  }

  void packB(Value panel, Value k0, Value depth) override {
    packPanel(emit, sourceOf(op.getB(), op.getTransposeB(), k0), packedB, depth, firstColumn(panel), emit.index(op.getN()),
              plan.tile);
    if (op.getK() % tileDepth)
      clearRows(packedB, emit.div(emit.add(depth, group - 1), emit.index(group)), blocksOf(depth));
  }

  void multiply(const TilePlace &place, Value sum) override {
    int64_t down = llvm::divideCeil(place.rows, tileRows), across = plan.tile.vectors;
    if (keepsSums())
      emit.when(emit.equal(place.block, emit.index(0)), [&] { clearSums(sum); });
    SmallVector<Value> sums;
    for (int64_t i = 0; i < down * across; ++i)
      sums.push_back(keepsSums() ? loadTile(sum, sumAt(i)) : loadTile(zeros, emit.index(0), emit.index(0)));
    sums = emit.loop(emit.index(0), blocksOf(place.depth), 1, sums, [&](Value block, ValueRange carried) {
      return multiplyBlock(place, block, carried, down);
    });
    for (auto [i, tile] : llvm::enumerate(sums))
      amx::TileStoreOp::create(emit.b, emit.loc, sum, sumAt(i), tile, Value());
  }

private:
  Value blocksOf(Value depth) { return emit.div(emit.add(depth, tileDepth - 1), emit.index(tileDepth)); }

  SmallVector<Value> sumAt(int64_t i) {
    return {emit.index(i / plan.tile.vectors * tileRows), emit.index(i % plan.tile.vectors * plan.tile.lanes)};
  }

  // A tile whose rows lie `stride` elements apart, or where the memref says.
  Value loadTile(Value memref, ValueRange at, Value stride = nullptr) {
    Type element = memrefType(memref).getElementType();
    auto type = amx::TileType::get({tileRows, 512 / int64_t(element.getIntOrFloatBitWidth())}, element);
    return amx::TileLoadOp::create(emit.b, emit.loc, type, memref, at, stride);
  }

  SmallVector<Value> multiplyBlock(const TilePlace &place, Value block, ValueRange carried, int64_t down) {
    SmallVector<Value> left, right, next;
    for (int64_t i = 0; i < down; ++i)
      left.push_back(loadTile(packedA, {place.slot, block, emit.index(i * tileRows), emit.index(0)}));
    for (int64_t j = 0; j < plan.tile.vectors; ++j)
      right.push_back(loadTile(packedB, {emit.mul(block, tileDepth / group), emit.index(j * plan.tile.lanes * group)}));
    for (auto [i, sum] : llvm::enumerate(carried))
      next.push_back(amx::TileMulFOp::create(emit.b, emit.loc, sum.getType(), left[i / plan.tile.vectors],
                                             right[i % plan.tile.vectors], sum));
    return next;
  }

  void clearSums(Value sum) {
    Value zero = emit.real(vectorType(machine, shape.sum), 0);
    emit.loop(sizeOf(sum, 0), [&](Value row) {
      for (int64_t n = 0; n < plan.tile.columns(); n += plan.tile.lanes)
        storeVector(emit, zero, sum, {row, emit.index(n)});
    });
  }

  // Zeros from group `low` of a panel to the end of its last block.
  void clearRows(Value panel, Value low, Value blocks) {
    Value zero = emit.real(VectorType::get({tileDepth}, shape.packed), 0);
    emit.loop(low, emit.mul(blocks, tileDepth / group), 1, [&](Value row) {
      for (int64_t n = 0; n < sizeOf(panel, 1); n += tileDepth)
        storeVector(emit, zero, panel, {row, emit.index(n)});
    });
  }

  Value packedA, packedB, zeros;
};

} // namespace

std::unique_ptr<ContractKernel> tern::cpu::makeTileKernel(Emitter &emit, kernel::ContractOp op, const Machine &machine,
                                                          const ContractShape &shape, const ContractPlan &plan) {
  return std::make_unique<TileKernel>(emit, op, machine, shape, plan);
}
