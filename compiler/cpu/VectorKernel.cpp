// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products on vectors: a tile of C in registers, one row of the panel and one column of A per step. A is read in place where
// its groups of k are contiguous.

#include "compiler/cpu/ContractKernel.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace tern::cpu;

// Rows of a transposed A lie far apart; each is asked for this many rows before it is copied.
static constexpr int64_t rowsAhead = 8;

namespace {

class VectorKernel : public ContractKernel {
public:
  using ContractKernel::ContractKernel;

  void allocatePacked() override {
    if (shape.packsB())
      packedB = allocate(emit, {plan.depth / group, plan.tile.columns() * group}, shape.packed);
    // One line more than a block, so that the tiles of one k do not fall into one set of the cache.
    if (shape.packsA())
      packedA = allocate(emit, {plan.taskTiles, plan.depth / group + 1, tileOfA().columns() * group}, shape.packed);
  }

  void packA(Value low, Value high, Value k0, Value depth) override {
    if (!shape.packsA())
      return;
    MatrixSource source = sourceOf(op.getA(), !op.getTransposeA(), k0);
    if (op.getTransposeA())
      return packColumnsOfA(source, low, high, depth);
    emit.loop(low, high, 1, [&](Value tile) {
      Value panel = partAt(emit, packedA, emit.sub(tile, low));
      packPanel(emit, source, panel, depth, firstRow(tile), emit.index(op.getM()), tileOfA());
    });
  }

  void packB(Value panel, Value k0, Value depth) override {
    if (!shape.packsB()) {
      packedB = blockInPlace(panel, k0);
      return;
    }
    packPanel(emit, sourceOf(op.getB(), op.getTransposeB(), k0), packedB, depth, firstColumn(panel), emit.index(op.getN()),
              plan.tile);
  }

  void multiply(const TilePlace &place, Value sum) override {
    auto a = [&](int64_t r, Value k) {
      return shape.packsA() ? loadGroup(packedA, {place.slot, k, emit.index(r * group)}) : loadInPlace(place, r, k, group);
    };
    SmallVector<Value> results = initialSums(place, sum);
    bool leavesRest = !shape.packsA() && op.getK() % group;
    Value whole = emit.div(leavesRest ? place.depth : emit.add(place.depth, group - 1), emit.index(group));
    results = multiplyGroups(place, emit.index(0), whole, a, results);
    if (leavesRest) {
      // The last group of a row is followed by the next row: only what belongs to it is read.
      Value groups = emit.div(emit.add(place.depth, group - 1), emit.index(group));
      auto last = [&](int64_t r, Value k) { return loadInPlace(place, r, k, op.getK() % group); };
      results = multiplyGroups(place, whole, groups, last, results);
    }
    for (auto [i, result] : llvm::enumerate(results))
      storeVector(emit, result, sum, sumAt(i));
  }

private:
  // A packed tile of A is one vector of rows, or as many as it takes.
  RegisterTile tileOfA() const {
    return {0, int64_t(llvm::divideCeil(plan.tallRows, plan.tile.lanes)), plan.tile.lanes};
  }

  // All tiles of one group of k before the next one: they share the rows of a transposed A.
  void packColumnsOfA(const MatrixSource &source, Value low, Value high, Value depth) {
    Value limit = emit.index(op.getM());
    auto packRow = [&](Value at, int64_t rows) {
      emit.loop(low, high, 1, [&](Value tile) {
        Value m = firstRow(tile), panel = partAt(emit, packedA, emit.sub(tile, low));
        for (int64_t i = 0; i < rows; ++i)
          prefetch(emit, op.getA(), source.at(emit, emit.add(emit.mul(at, group), rowsAhead + i), m), /*isWrite=*/false);
        auto copy = [&](bool masked) { packGroup(emit, source, panel, at, rows, m, limit, tileOfA(), masked); };
        emit.when(emit.less(limit, emit.add(m, tileOfA().columns())), [&] { copy(true); }, [&] { copy(false); });
      });
    };
    Value whole = emit.div(depth, emit.index(group));
    emit.loop(emit.index(0), whole, 1, [&](Value at) { packRow(at, group); });
    for (int64_t rest = 1; rest < group && op.getK() % group; ++rest)
      emit.when(emit.equal(emit.rem(depth, emit.index(group)), emit.index(rest)), [&] { packRow(whole, rest); });
  }

  SmallVector<Value> multiplyGroups(const TilePlace &place, Value low, Value high, function_ref<Value(int64_t, Value)> a,
                                    ValueRange initial) {
    auto packedVector = VectorType::get({plan.tile.lanes * group}, shape.packed);
    auto b = [&](Value k, int64_t j) {
      return loadVector(emit, packedVector, packedB, {k, emit.index(j * plan.tile.lanes * group)});
    };
    return emitTileProduct(emit, machine, {place.rows, plan.tile.vectors, high, a, b, low}, initial);
  }

  // The first `count` elements of a group of row `r` of the tile, zeros after them.
  Value loadInPlace(const TilePlace &place, int64_t r, Value k, int64_t count) {
    SmallVector<Value> at = {emit.add(place.firstRow, r), emit.add(place.k0, emit.mul(k, group))};
    if (count == group)
      return loadGroup(op.getA(), at);
    Value elements = emit.real(VectorType::get({group}, shape.packed), 0);
    for (int64_t i = 0; i < count; ++i) {
      Value element = emit.load(op.getA(), {at[0], emit.add(at[1], i)});
      elements = vector::InsertOp::create(emit.b, emit.loc, element, elements, ArrayRef<int64_t>{i});
    }
    return elements;
  }

  Value loadGroup(Value memref, ValueRange at) {
    return group == 1 ? emit.load(memref, at) : loadVector(emit, VectorType::get({group}, shape.packed), memref, at);
  }

  SmallVector<Value> sumAt(int64_t i) {
    return {emit.index(i / plan.tile.vectors), emit.index(i % plan.tile.vectors * plan.tile.lanes)};
  }

  // Zero in the first block of k, what the blocks before left in the others.
  SmallVector<Value> initialSums(const TilePlace &place, Value sum) {
    int64_t count = place.rows * plan.tile.vectors;
    VectorType type = vectorType(machine, shape.sum);
    SmallVector<Value> zeros(count, emit.real(type, 0));
    if (!keepsSums())
      return zeros;
    Value isFirst = emit.equal(place.block, emit.index(0));
    auto branch = scf::IfOp::create(emit.b, emit.loc, TypeRange(ValueRange(zeros)), isFirst, true);
    OpBuilder::InsertionGuard guard(emit.b);
    emit.b.setInsertionPointToStart(branch.thenBlock());
    scf::YieldOp::create(emit.b, emit.loc, zeros);
    emit.b.setInsertionPointToStart(branch.elseBlock());
    SmallVector<Value> loaded;
    for (int64_t i = 0; i < count; ++i)
      loaded.push_back(loadVector(emit, type, sum, sumAt(i)));
    scf::YieldOp::create(emit.b, emit.loc, loaded);
    return SmallVector<Value>(branch.getResults());
  }

  Value packedA, packedB; // a block of k; of B in memory where it is read in place
};

} // namespace

std::unique_ptr<ContractKernel> tern::cpu::makeVectorKernel(Emitter &emit, kernel::ContractOp op, const Machine &machine,
                                                            const ContractShape &shape, const ContractPlan &plan) {
  return std::make_unique<VectorKernel>(emit, op, machine, shape, plan);
}
