// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// i8 by i8 to i32. A word holds four k. The instruction takes unsigned by signed bytes, so a panel of B is packed as b + 128,
// and the sums of a row start at -128 times the sum of its bytes of A.

#include "compiler/cpu/ByteProduct.h"

#include "compiler/cpu/BlockStream.h"
#include "compiler/cpu/Epilogue.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;
using llvm::divideCeil;

namespace {

// Tiles of `rows` rows, the last one with `rest`; panels of two vectors of columns; K whole in each task.
struct BytePlan {
  int64_t rows, tiles, rest, panels, taskTiles, taskPanels;
  int64_t rowTasks() const { return divideCeil(tiles, taskTiles); }
  int64_t columnTasks() const { return divideCeil(panels, taskPanels); }
};

// Sixteen tasks or more where there is work for them: columns first, so that few panels are packed twice.
BytePlan planBytes(int64_t m, int64_t n, const Machine &machine) {
  constexpr int64_t wantedTasks = 16;
  BytePlan plan;
  int64_t most = machine.vectorBits >= 512 ? 12 : 4;
  plan.rows = divideCeil(m, divideCeil(m, most));
  plan.tiles = divideCeil(m, plan.rows);
  plan.rest = m % plan.rows;
  plan.panels = divideCeil(n, 2 * machine.lanes(32));
  plan.taskPanels = std::max<int64_t>(plan.panels / wantedTasks, 1);
  int64_t rowTasks = std::clamp<int64_t>(wantedTasks / plan.columnTasks(), 1, plan.tiles);
  plan.taskTiles = divideCeil(plan.tiles, rowTasks);
  return plan;
}

class ByteProduct {
public:
  ByteProduct(Emitter &emit, ContractOp op, const Machine &machine)
      : emit(emit), op(op), machine(machine), lanes(machine.lanes(32)), m(op.getM()), n(op.getN()), k(op.getK()),
        words(VectorType::get({lanes}, emit.b.getI32Type())), plan(planBytes(m, n, machine)) {}

  void expand() {
    emit.forall({plan.rowTasks(), plan.columnTasks()}, [&](ValueRange task) {
      tile0 = emit.mul(task[0], plan.taskTiles);
      Value tileEnd = emit.min(emit.add(tile0, plan.taskTiles), emit.index(plan.tiles));
      Value panel0 = emit.mul(task[1], plan.taskPanels);
      flag = op.getInit() == InitKind::Flag ? emit.load(op.getFlag(), {}) : Value();
      prepareRows(tileEnd);
      panel = allocate(emit, {int64_t(llvm::alignTo(depth(), lanes)), 2 * lanes}, emit.b.getI32Type());
      emit.loop(panel0, emit.min(emit.add(panel0, plan.taskPanels), emit.index(plan.panels)), 1, [&](Value number) {
        Value n0 = emit.mul(number, 2 * lanes);
        op.getTransposeB() ? packColumns(n0) : packRows(n0);
        multiplyTiles(tileEnd, n0);
      });
    });
  }

private:
  int64_t depth() const { return divideCeil(k, 4); } // in words
  // Rows of A are read as words where they can be.
  bool packsA() { return op.getTransposeA() || k % 4; }
  Value firstRow() { return emit.mul(tile0, plan.rows); }

  // The words of the rows of A where they cannot be read in place, and what the sums of each start at.
  void prepareRows(Value tileEnd) {
    int64_t rows = plan.taskTiles * plan.rows;
    if (packsA())
      packedA = allocate(emit, {rows, depth()}, emit.b.getI32Type());
    offsets = allocate(emit, {rows}, emit.b.getI32Type());
    Value end = emit.min(emit.mul(tileEnd, plan.rows), emit.index(m)), ones = emit.integer(words, 0x01010101);
    emit.loop(firstRow(), end, 1, [&](Value row) {
      if (packsA())
        packRow(row);
      Value sum = emit.reduce(emit.index(0), emit.index(depth()), 1, emit.integer(words, 0), [&](Value at, Value partial) {
        return dotBytes(emit, machine, partial, ones, wordOfA(row, at));
      });
      sum = vector::ExtractOp::create(emit.b, emit.loc, sum, ArrayRef<int64_t>{0});
      sum = arith::MulIOp::create(emit.b, emit.loc, sum, emit.integer(sum.getType(), -128));
      emit.store(sum, offsets, emit.sub(row, firstRow()));
    });
  }

  void packRow(Value row) {
    auto pack = [&](Value at, int64_t bytes) {
      Value word = emit.integer(emit.b.getI32Type(), 0);
      for (int64_t i = 0; i < bytes; ++i) {
        Value depth = emit.add(emit.mul(at, 4), i);
        Value byte = op.getTransposeA() ? emit.load(op.getA(), {depth, row}) : emit.load(op.getA(), {row, depth});
        word = insertByte(word, byte, i);
      }
      emit.store(word, packedA, {emit.sub(row, firstRow()), at});
    };
    emit.loop(k / 4, [&](Value at) { pack(at, 4); });
    if (k % 4)
      pack(emit.index(k / 4), k % 4);
  }

  // The word, or words, with the byte at its place.
  Value insertByte(Value word, Value byte, int64_t place) {
    Value wide = arith::ExtUIOp::create(emit.b, emit.loc, word.getType(), byte);
    Value shifted = arith::ShLIOp::create(emit.b, emit.loc, wide, emit.integer(word.getType(), 8 * place));
    return arith::OrIOp::create(emit.b, emit.loc, word, shifted);
  }

  Value wordOfA(Value row, Value at) {
    if (packsA())
      return emit.load(packedA, {emit.sub(row, firstRow()), at});
    Value bytes = loadVector(emit, VectorType::get({4}, emit.b.getI8Type()), op.getA(), {row, emit.mul(at, 4)});
    Value word = vector::BitCastOp::create(emit.b, emit.loc, VectorType::get({1}, emit.b.getI32Type()), bytes);
    return vector::ExtractOp::create(emit.b, emit.loc, word, ArrayRef<int64_t>{0});
  }

  void storeWords(Value word, Value at, int64_t v) {
    Value flipped = arith::XOrIOp::create(emit.b, emit.loc, word, emit.integer(words, 0x80808080));
    storeVector(emit, flipped, panel, {at, emit.index(v * lanes)});
  }

  // B (K, N): bytes of four rows beside each other. Depth beyond K meets zeros of A.
  void packRows(Value n0) {
    auto pack = [&](Value at, int64_t bytes, bool masked) {
      for (int64_t v = 0; v < 2; ++v) {
        Value column = emit.add(n0, v * lanes), word = emit.integer(words, 0);
        Value mask = masked ? maskOf(emit, lanes, emit.sub(emit.index(n), column)) : nullptr;
        for (int64_t i = 0; i < bytes; ++i) {
          auto type = VectorType::get({lanes}, emit.b.getI8Type());
          word = insertByte(word, loadVector(emit, type, op.getB(), {emit.add(emit.mul(at, 4), i), column}, mask), i);
        }
        storeWords(word, at, v);
      }
    };
    whereWhole(n0, [&](bool masked) {
      emit.loop(k / 4, [&](Value at) { pack(at, 4, masked); });
      if (k % 4)
        pack(emit.index(k / 4), k % 4, masked);
    });
  }

  // B (N, K): squares of words are transposed. Columns beyond the last repeat it.
  void packColumns(Value n0) {
    auto bytes = VectorType::get({4 * lanes}, emit.b.getI8Type());
    auto pack = [&](Value at, Value mask) {
      for (int64_t v = 0; v < 2; ++v) {
        SmallVector<Value> rows;
        for (int64_t i = 0; i < lanes; ++i) {
          Value column = emit.min(emit.add(n0, v * lanes + i), emit.index(n - 1));
          Value row = loadVector(emit, bytes, op.getB(), {column, emit.mul(at, 4)}, mask);
          rows.push_back(vector::BitCastOp::create(emit.b, emit.loc, words, row));
        }
        for (auto [i, word] : llvm::enumerate(transposeVectors(emit, rows)))
          storeWords(word, emit.add(at, int64_t(i)), v);
      }
    };
    int64_t step = 4 * lanes, whole = k / step * step;
    emit.loop(emit.index(0), emit.index(whole / 4), lanes, [&](Value at) { pack(at, nullptr); });
    if (whole < k)
      pack(emit.index(whole / 4), maskOf(emit, step, emit.index(k - whole)));
  }

  void whereWhole(Value n0, function_ref<void(bool)> body) {
    if (n % (2 * lanes) == 0)
      return body(false);
    emit.when(emit.less(emit.index(n), emit.add(n0, 2 * lanes)), [&] { body(true); }, [&] { body(false); });
  }

  void multiplyTiles(Value tileEnd, Value n0) {
    Value whole = emit.index(m / plan.rows);
    emit.loop(tile0, emit.min(tileEnd, whole), 1, [&](Value tile) { multiplyTile(emit.mul(tile, plan.rows), plan.rows, n0); });
    if (plan.rest)
      emit.when(emit.equal(tileEnd, emit.index(plan.tiles)),
                [&] { multiplyTile(emit.index(m - plan.rest), plan.rest, n0); });
  }

  void multiplyTile(Value row, int64_t rows, Value n0) {
    SmallVector<Value> initial;
    for (int64_t r = 0; r < rows; ++r) {
      Value offset = emit.load(offsets, emit.sub(emit.add(row, r), firstRow()));
      initial.append(2, vector::BroadcastOp::create(emit.b, emit.loc, words, offset));
    }
    SmallVector<Value> sums = emit.loop(emit.index(0), emit.index(depth()), 1, initial, [&](Value at, ValueRange carried) {
      SmallVector<Value> next(carried.begin(), carried.end());
      Value b[] = {loadVector(emit, words, panel, {at, emit.index(0)}), loadVector(emit, words, panel, {at, emit.index(lanes)})};
      for (int64_t r = 0; r < rows; ++r) {
        Value a = wordOfA(emit.add(row, r), at);
        for (int64_t v = 0; v < 2; ++v)
          next[2 * r + v] = dotBytes(emit, machine, next[2 * r + v], b[v], a);
      }
      return next;
    });
    whereWhole(n0, [&](bool masked) {
      for (auto [i, sum] : llvm::enumerate(sums)) {
        Value column = emit.add(n0, i % 2 * lanes);
        Value mask = masked ? maskOf(emit, lanes, emit.sub(emit.index(n), column)) : nullptr;
        finishSums(emit, op, flag, sum, emit.add(row, int64_t(i / 2)), column, mask);
      }
    });
  }

  Emitter &emit;
  ContractOp op;
  const Machine &machine;
  int64_t lanes, m, n, k;
  VectorType words;
  BytePlan plan;
  Value tile0, packedA, offsets, panel, flag; // of the task under way
};

} // namespace

void tern::cpu::expandByteProduct(Emitter &emit, ContractOp op, const Machine &machine) {
  ByteProduct(emit, op, machine).expand();
}
