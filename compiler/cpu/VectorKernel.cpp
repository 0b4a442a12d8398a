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
      return shape.packsA() ? loadGroup(packedA, {place.slot, k, emit.index(r * group)}) : loadInPlace(place, emit.index(r), k, group);
    };
    auto b = [&](Value k, int64_t j) { return loadB(k, j); };
    auto beside = [&](Value k) { prefetchShare(place, k); };
    bool leavesRest = !shape.packsA() && op.getK() % group;
    Value groups = emit.div(emit.add(place.depth, group - 1), emit.index(group));
    Value whole = leavesRest ? emit.div(place.depth, emit.index(group)) : groups;
    TileProduct product{place.rows, plan.tile.vectors, whole, a, b, beside};
    for (auto [i, result] : llvm::enumerate(emitTileProduct(emit, machine, product, initialSums(place, sum))))
      storeVector(emit, result, sum, sumAt(i));
    if (leavesRest)
      emit.when(emit.less(whole, groups), [&] { addRest(place, whole, sum); });
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

  Value loadB(Value k, int64_t j) {
    auto packedVector = VectorType::get({plan.tile.lanes * group}, shape.packed);
    return loadVector(emit, packedVector, packedB, {k, emit.index(j * plan.tile.lanes * group)});
  }

  // The tile's share of the next block, spread over its steps: a burst of requests would hold up the arithmetic.
  void prefetchShare(const TilePlace &place, Value step) {
    int64_t share = linesPerTile(), steps = plan.depth / group, each = llvm::divideCeil(share, steps);
    for (int64_t i = 0; i < each; ++i) {
      Value part = emit.mul(emit.add(emit.mul(step, each), i), share);
      prefetchLine(place, emit.add(emit.mul(place.slot, share), emit.div(part, emit.index(steps * each))));
    }
  }

  // The last group of a row in place is followed by the next row: only what belongs to it is read. A loop of its own over
  // rows, on sums in memory: beside the loop over k it would cost that one its registers.
  void addRest(const TilePlace &place, Value k, Value sum) {
    auto type = VectorType::get({plan.tile.lanes * group}, shape.packed);
    emit.loop(place.rows, [&](Value r) {
      Value a = spreadGroup(emit, loadInPlace(place, r, k, op.getK() % group), type);
      for (int64_t j = 0; j < plan.tile.vectors; ++j) {
        SmallVector<Value> at = {r, emit.index(j * plan.tile.lanes)};
        Value before = loadVector(emit, vectorType(machine, shape.sum), sum, at);
        storeVector(emit, multiplyAdd(emit, machine, a, loadB(k, j), before), sum, at);
      }
    });
  }

  // The first `count` elements of a group of row `r` of the tile, zeros after them.
  Value loadInPlace(const TilePlace &place, Value r, Value k, int64_t count) {
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
