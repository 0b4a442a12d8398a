// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products on tile registers (AMX): 2 by 2 tiles of sums, 32 rows by 32 columns, or 1 by 4 for at most 16 rows. Both operands
// are packed: A as blocks (block of k, row, 32 k of bf16 or 64 of bytes), whose rows are those of a tile, B as a panel of
// pairs, or of fours of bytes.
//
// f32 is packed as a sum of parts in bf16, and products of parts are added, but for those below 2^-23 of the whole (2^-16 with
// two parts). That holds while the largest element of a packed tile and of the packed panel lie in [2^-60, 2^60): rounding
// does not overflow, and what is flushed to zero (below 2^-126) is less than 2^-66 of the largest. Other blocks, infinities
// and NaN among them, are multiplied on vectors.

#include "compiler/cpu/ContractKernel.h"

#include "mlir/Dialect/AMX/AMXDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace tern::cpu;

static constexpr int64_t tileRows = 16, tileRowBytes = 64;

namespace {

class TileKernel : public ContractKernel {
public:
  TileKernel(Emitter &emit, tern::kernel::ContractOp op, const Machine &machine, const ContractShape &shape, const ContractPlan &plan)
      : ContractKernel(emit, op, machine, shape, plan), tileDepth(tileRows * group) {}

  void allocatePacked() override {
    if (shape.packsB())
      packedB = allocate(emit, {shape.parts, plan.depth / group, plan.tile.columns() * group}, shape.packed);
    packedA = allocate(emit, {plan.taskTiles, shape.parts, plan.depth / tileDepth, plan.tile.rows, tileDepth}, shape.packed);
    if (splits()) {
      plainB = allocate(emit, {plan.depth, plan.tile.columns()}, shape.compute);
      fitsA = allocate(emit, {plan.taskTiles}, emit.b.getI32Type());
      fitsB = allocate(emit, {1}, emit.b.getI32Type());
    }
    // Sums start from a row of zeros that every row of a tile reads: equal zero tiles would become one tile and its copies.
    zeros = allocate(emit, {plan.tile.lanes}, shape.sum);
    storeVector(emit, zeroVector(plan.tile.lanes, shape.sum), zeros, emit.index(0));
  }

  void packA(Value low, Value high, Value k0, Value depth) override {
    MatrixSource source = sourceOf(op.getA(), !op.getTransposeA(), k0);
    emit.loop(low, high, 1, [&](Value tile) {
      Value slot = emit.sub(tile, low);
      SmallVector<Value> blocks = forEachPart([&](Value part) { return partAt(emit, packedA, {slot, part}); });
      packBlocks(emit, source, blocks, depth, firstRow(tile), emit.index(op.getM()), plan.tile.lanes);
      if (splits())
        emit.store(fitsInParts(leadingRows(slot), emit.mul(blocksOf(depth), plan.tile.rows)), fitsA, slot);
    });
  }

  void packB(Value panel, Value k0, Value depth) override {
    if (!shape.packsB()) {
      packedB = blockInPlace(panel, k0);
      return;
    }
    MatrixSource source = sourceOf(op.getB(), op.getTransposeB(), k0);
    Value n0 = firstColumn(panel), limit = emit.index(op.getN());
    SmallVector<Value> panels = forEachPart([&](Value part) { return partAt(emit, packedB, part); });
    packPanel(emit, source, panels, depth, n0, limit, plan.tile);
    if (op.getK() % tileDepth)
      for (Value place : panels)
        clearRows(place, emit.div(emit.add(depth, group - 1), emit.index(group)), blocksOf(depth));
    if (!splits())
      return;
    Value fits = fitsInParts(partAt(emit, packedB, emit.index(0)), emit.mul(blocksOf(depth), tileDepth / group));
    emit.store(fits, fitsB, emit.index(0));
    emit.when(emit.equal(fits, emit.integer(fits.getType(), 0)), [&] { packPlainB(k0, depth, n0); });
  }

  void multiply(const TilePlace &place, Value sum) override {
    Value first = emit.mul(place.slot, linesPerTile());
    emit.loop(first, emit.add(first, linesPerTile()), 1, [&](Value line) { prefetchLine(place, line); });
    if (!splits())
      return multiplyOnTiles(place, sum);
    Value panelFits = emit.load(fitsB, emit.index(0)), one = emit.integer(panelFits.getType(), 1);
    auto onVectors = [&] {
      // A panel that fits was not kept as it is.
      emit.when(emit.equal(panelFits, one), [&] { packPlainB(place.k0, place.depth, place.firstColumn); });
      multiplyOnVectors(place, sum);
    };
    Value fits = emit.equal(emit.mul(emit.load(fitsA, place.slot), panelFits), one);
    emit.when(fits, [&] { multiplyOnTiles(place, sum); }, onVectors);
  }

private:
  bool splits() const { return shape.parts > 1; }

  SmallVector<Value> forEachPart(function_ref<Value(Value)> placeOf) {
    return llvm::map_to_vector(llvm::seq<int64_t>(0, shape.parts), [&](int64_t part) { return placeOf(emit.index(part)); });
  }

  Value zeroVector(int64_t lanes, Type element) {
    return arith::ConstantOp::create(emit.b, emit.loc, emit.b.getZeroAttr(VectorType::get({lanes}, element)));
  }

  void packPlainB(Value k0, Value depth, Value n0) {
    packPanel(emit, sourceOf(op.getB(), op.getTransposeB(), k0), plainB, depth, n0, emit.index(op.getN()), plan.tile);
  }

  // The leading parts of a packed tile as one row after the other.
  Value leadingRows(Value slot) {
    Value blocks = partAt(emit, packedA, {slot, emit.index(0)});
    SmallVector<ReassociationIndices> joined = {{0, 1}, {2}};
    return memref::CollapseShapeOp::create(emit.b, emit.loc, blocks, joined);
  }

  // 1 where the largest of the leading parts, a memref whose first `count` rows are packed, is in the range of the guarantee.
  // Zero is not: what is too small for bf16 looks the same.
  Value fitsInParts(Value leading, Value count) {
    auto halves = VectorType::get({tileDepth}, emit.b.getI16Type());
    auto elements = VectorType::get({tileDepth}, shape.packed);
    auto larger = [&](Value left, Value right) { return emit.max(left, right); };
    Value largest = emit.reduce(emit.index(0), count, 1, emit.integer(halves, 0), [&](Value row, Value best) {
      for (int64_t n = 0; n < sizeOf(leading, 1); n += tileDepth) {
        Value part = loadVector(emit, elements, leading, {row, emit.index(n)});
        Value bits = vector::BitCastOp::create(emit.b, emit.loc, halves, part);
        best = larger(best, arith::AndIOp::create(emit.b, emit.loc, bits, emit.integer(halves, 0x7fff)));
      }
      return best;
    });
    Value top = foldLanes(emit, largest, larger);
    auto powerOfTwo = [&](int64_t exponent) { return emit.integer(top.getType(), (exponent + 127) << 7); };
    Value below = emit.less(top, powerOfTwo(60)), yes = emit.integer(emit.b.getI1Type(), 1);
    Value isTiny = emit.less(top, powerOfTwo(-60)), reaches = arith::XOrIOp::create(emit.b, emit.loc, isTiny, yes);
    Value fits = arith::AndIOp::create(emit.b, emit.loc, below, reaches);
    return arith::ExtUIOp::create(emit.b, emit.loc, emit.b.getI32Type(), fits);
  }

  Value blocksOf(Value depth) { return emit.div(emit.add(depth, tileDepth - 1), emit.index(tileDepth)); }

  SmallVector<Value> sumAt(int64_t i) {
    return {emit.index(i / plan.tile.vectors * tileRows), emit.index(i % plan.tile.vectors * plan.tile.lanes)};
  }

  // A tile whose rows lie `stride` elements apart, or where the memref says.
  Value loadTile(Value memref, ValueRange at, Value stride = nullptr) {
    Type element = memrefType(memref).getElementType();
    auto type = amx::TileType::get({tileRows, tileRowBytes * 8 / int64_t(element.getIntOrFloatBitWidth())}, element);
    return amx::TileLoadOp::create(emit.b, emit.loc, type, memref, at, stride);
  }

  void multiplyOnTiles(const TilePlace &place, Value sum) {
    int64_t down = llvm::divideCeil(place.rows, tileRows), across = plan.tile.vectors;
    if (keepsSums())
      emit.when(emit.equal(place.block, emit.index(0)), [&] { clearSums(sum); });
    SmallVector<Value> sums;
    for (int64_t i = 0; i < down * across; ++i)
      sums.push_back(keepsSums() ? loadTile(sum, sumAt(i)) : loadTile(zeros, emit.index(0), emit.index(0)));
    sums = emit.loop(emit.index(0), blocksOf(place.depth), 1, sums, [&](Value block, ValueRange carried) {
      SmallVector<Value> next(carried), left;
      // Small products first. Those of one size end with the part of A with which the next ones begin: it is there already.
      for (int64_t order = shape.parts - 1; order >= 0; --order)
        for (int64_t i = 0; i <= order; ++i) {
          int64_t part = (order + i) % (order + 1);
          if (i > 0 || left.empty())
            left = loadLeft(place, block, down, part);
          next = multiplyPart(left, block, next, order - part);
        }
      return next;
    });
    for (auto [i, tile] : llvm::enumerate(sums))
      amx::TileStoreOp::create(emit.b, emit.loc, sum, sumAt(i), tile, Value());
  }

  SmallVector<Value> loadLeft(const TilePlace &place, Value block, int64_t down, int64_t part) {
    return llvm::map_to_vector(llvm::seq<int64_t>(0, down), [&](int64_t i) {
      return loadTile(packedA, {place.slot, emit.index(part), block, emit.index(i * tileRows), emit.index(0)});
    });
  }

  // Tiles of A by those of a part of B. One tile of B at a time: with the sums and A, more would not fit the eight registers.
  SmallVector<Value> multiplyPart(ArrayRef<Value> left, Value block, ValueRange carried, int64_t part) {
    SmallVector<Value> next(carried);
    for (int64_t j = 0; j < plan.tile.vectors; ++j) {
      Value right = loadTile(packedB, placeOfB(emit.index(part), emit.mul(block, tileDepth / group), j));
      for (size_t i = 0; i < left.size(); ++i) {
        Value &sum = next[i * plan.tile.vectors + j];
        sum = multiplyTile(left[i], right, sum);
      }
    }
    return next;
  }

  Value multiplyTile(Value left, Value right, Value sum) {
    if (shape.sum.isInteger())
      return amx::TileMulIOp::create(emit.b, emit.loc, sum.getType(), left, right, sum);
    return amx::TileMulFOp::create(emit.b, emit.loc, sum.getType(), left, right, sum);
  }

  // Tile j of a row of tiles that starts at this group: in a part of the packed panel, or in memory.
  SmallVector<Value> placeOfB(Value part, Value row, int64_t j) {
    SmallVector<Value> place = {row, emit.index(j * plan.tile.lanes * group)};
    if (shape.packsB())
      place.insert(place.begin(), part);
    return place;
  }

  // Fused multiply-add on the elements as they are, in strips of few rows: rare, so small.
  void multiplyOnVectors(const TilePlace &place, Value sum) {
    constexpr int64_t strip = 4;
    auto type = VectorType::get({plan.tile.lanes}, shape.sum);
    Value isFirst = emit.equal(place.block, emit.index(0)), last = emit.index(op.getM() - 1);
    emit.when(isFirst, [&] { clearSums(sum); });
    emit.loop(emit.index(0), emit.index(llvm::alignTo(place.rows, strip)), strip, [&](Value row) {
      auto a = [&](int64_t r, Value k) {
        Value m = emit.min(emit.add(emit.add(place.firstRow, row), r), last), at = emit.add(place.k0, k);
        Value element = op.getTransposeA() ? emit.load(op.getA(), {at, m}) : emit.load(op.getA(), {m, at});
        return convertFloat(emit, element, shape.compute);
      };
      auto b = [&](Value k, int64_t j) { return loadVector(emit, type, plainB, {k, emit.index(j * plan.tile.lanes)}); };
      auto at = [&](int64_t i) {
        return SmallVector<Value>{emit.add(row, i / plan.tile.vectors), emit.index(i % plan.tile.vectors * plan.tile.lanes)};
      };
      SmallVector<Value> before;
      for (int64_t i = 0; i < strip * plan.tile.vectors; ++i)
        before.push_back(loadVector(emit, type, sum, at(i)));
      TileProduct product{strip, plan.tile.vectors, place.depth, a, b};
      for (auto [i, after] : llvm::enumerate(emitTileProduct(emit, machine, product, before)))
        storeVector(emit, after, sum, at(i));
    });
  }

  void clearSums(Value sum) {
    Value zero = zeroVector(plan.tile.lanes, shape.sum);
    emit.loop(sizeOf(sum, 0), [&](Value row) {
      for (int64_t n = 0; n < plan.tile.columns(); n += plan.tile.lanes)
        storeVector(emit, zero, sum, {row, emit.index(n)});
    });
  }

  // Zeros from group `low` of a panel to the end of its last block.
  void clearRows(Value panel, Value low, Value blocks) {
    Value zero = zeroVector(tileDepth, shape.packed);
    emit.loop(low, emit.mul(blocks, tileDepth / group), 1, [&](Value row) {
      for (int64_t n = 0; n < sizeOf(panel, 1); n += tileDepth)
        storeVector(emit, zero, panel, {row, emit.index(n)});
    });
  }

  int64_t tileDepth; // k of one row of a tile
  Value packedA, packedB, zeros;
  Value plainB;       // the panel in f32, where it is needed
  Value fitsA, fitsB; // 1 where a packed operand is in the range of the guarantee
};

} // namespace

std::unique_ptr<ContractKernel> tern::cpu::makeTileKernel(Emitter &emit, kernel::ContractOp op, const Machine &machine,
                                                          const ContractShape &shape, const ContractPlan &plan) {
  return std::make_unique<TileKernel>(emit, op, machine, shape, plan);
}
