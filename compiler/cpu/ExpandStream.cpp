// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products of at most eight rows, and those with blocks of any number of rows. Every weight is used once or a few times,
// so nothing is packed: B streams from memory in its own order, as nearly as possible in one piece, and each line is
// asked for before it is needed.

#include "compiler/cpu/BlockStream.h"
#include "compiler/cpu/BlockTiles.h"
#include "compiler/cpu/CpuTarget.h"
#include "compiler/cpu/Epilogue.h"
#include "compiler/cpu/Passes.h"
#include "compiler/cpu/StreamPlan.h"
#include "compiler/cpu/VectorBody.h"
#include "compiler/support/Remarks.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace tern {
#define GEN_PASS_DEF_EXPANDSTREAM
#include "compiler/cpu/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

namespace {

// What both orders of B share.
class StreamExpansion {
public:
  StreamExpansion(Emitter &emit, ContractOp op, const Machine &machine)
      : emit(emit), op(op), machine(machine), element(op.getSumType()), type(vectorType(machine, element)),
        lanes(type.getDimSize(0)), m(op.getM()), n(op.getN()), k(op.getK()) {}

protected:
  // A factor as the product takes it: rounded to the type of the products, in the type of the sums.
  Value factor(Value loaded) {
    return convertFloat(emit, convertFloat(emit, loaded, op.getComputeType()), element);
  }

  Value loadFactors(Value matrix, ValueRange at, Value mask) {
    auto stored = VectorType::get({lanes}, memrefType(matrix).getElementType());
    return factor(loadVector(emit, stored, matrix, at, mask));
  }

  // Weights come in units of one vector of sums, or of two where they are bf16 and sums are f32: a register of bf16 holds
  // the elements with even numbers in the upper and those with odd numbers in the lower halves of its words.
  bool isPaired() { return memrefType(op.getB()).getElementType().isBF16(); }
  int64_t unit() { return isPaired() ? 2 * lanes : lanes; }

  // Units in one line of the cache, in elements.
  int64_t elementsPerStep() {
    return std::max<int64_t>(unit(), 64 * 8 / memrefType(op.getB()).getElementTypeBitWidth());
  }

  // The vectors of a unit of B: first the even elements, then the odd ones.
  SmallVector<Value> loadUnit(ValueRange at) {
    if (!isPaired())
      return {loadFactors(op.getB(), at, nullptr)};
    auto stored = VectorType::get({2 * lanes}, emit.b.getBF16Type());
    auto words = VectorType::get({lanes}, emit.b.getI32Type());
    Value pairs = vector::BitCastOp::create(emit.b, emit.loc, words, loadVector(emit, stored, op.getB(), at, nullptr));
    Value even = arith::ShLIOp::create(emit.b, emit.loc, pairs, emit.integer(words, 16));
    Value odd = arith::AndIOp::create(emit.b, emit.loc, pairs, emit.integer(words, 0xffff0000));
    return {vector::BitCastOp::create(emit.b, emit.loc, type, even), vector::BitCastOp::create(emit.b, emit.loc, type, odd)};
  }

  // Two vectors in their order become the even and the odd elements, or the other way round.
  std::pair<Value, Value> shuffle(Value first, Value second, function_ref<int64_t(int64_t)> source) {
    SmallVector<int64_t> low, high;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      low.push_back(source(lane));
      high.push_back(source(lane + lanes));
    }
    return {vector::ShuffleOp::create(emit.b, emit.loc, first, second, low),
            vector::ShuffleOp::create(emit.b, emit.loc, first, second, high)};
  }
  std::pair<Value, Value> split(Value first, Value second) {
    return shuffle(first, second, [&](int64_t i) { return i < lanes ? 2 * i : 2 * (i - lanes) + 1; });
  }
  std::pair<Value, Value> join(Value even, Value odd) {
    return shuffle(even, odd, [&](int64_t i) { return i % 2 * lanes + i / 2; });
  }

  void prefetch(Value row, Value column) {
    memref::PrefetchOp::create(emit.b, emit.loc, op.getB(), ValueRange{row, column}, /*isWrite=*/false, /*localityHint=*/3,
                               /*isDataCache=*/true);
  }

  Value loadFlag() { return op.getInit() == InitKind::Flag ? emit.load(op.getFlag(), {}) : Value(); }

  Emitter &emit;
  ContractOp op;
  const Machine &machine;
  Type element;
  VectorType type;
  int64_t lanes, m, n, k;
};

// B (K, N): one row of k after the other, along n; sums of a task lie in the first-level cache, in the order of units.
class RowStream : StreamExpansion {
public:
  using StreamExpansion::StreamExpansion;

  void expand() {
    plan = planRowStream({m, n, k}, machine, memrefType(op.getB()).getElementTypeBitWidth());
    Value parts = plan.depthTasks > 1 ? allocate(emit, {plan.depthTasks, m, n}, element) : Value();
    emit.forall({plan.depthTasks, plan.columnTasks}, [&](ValueRange task) {
      Value n0 = emit.mul(task[1], plan.columns), end = emit.min(emit.add(n0, plan.columns), emit.index(n));
      Value k0 = emit.mul(task[0], plan.depth), kEnd = emit.min(emit.add(k0, plan.depth), emit.index(k));
      sums = parts ? partAt(emit, parts, task[0]) : allocate(emit, {m, plan.columns}, element);
      offset = parts ? emit.index(0) : n0;
      sumRows(k0, kEnd, n0, end);
      if (!parts)
        finish(n0, end, [&](Value row, Value at, Value mask) { return loadVector(emit, type, sums, place(row, at), mask); });
    });
    if (parts)
      combine(parts);
  }

private:
  SmallVector<Value> place(Value row, Value column) { return {row, emit.sub(column, offset)}; }

  void sumRows(Value k0, Value kEnd, Value n0, Value end) {
    overColumns(n0, end, lanes, [&](Value at, Value mask) {
      for (int64_t row = 0; row < m; ++row)
        storeVector(emit, emit.real(type, 0), sums, place(emit.index(row), at), mask);
    });
    Value whole = emit.add(k0, emit.mul(emit.div(emit.sub(kEnd, k0), emit.index(plan.rows)), plan.rows));
    emit.loop(k0, whole, plan.rows, [&](Value at) { addRows(at, plan.rows, n0, end); });
    if (k % plan.rows)
      emit.loop(whole, kEnd, 1, [&](Value at) { addRows(at, 1, n0, end); });
  }

  // sums[m][n] += x[m][k] W[k][n] for `rows` rows k, in their order.
  void addRows(Value at, int64_t rows, Value n0, Value end) {
    SmallVector<Value> x;
    for (int64_t row = 0; row < m; ++row)
      for (int64_t r = 0; r < rows; ++r) {
        Value depth = emit.add(at, r), index = emit.index(row);
        Value scalar = op.getTransposeA() ? emit.load(op.getA(), {depth, index}) : emit.load(op.getA(), {index, depth});
        x.push_back(vector::BroadcastOp::create(emit.b, emit.loc, type, factor(scalar)));
      }
    overColumns(n0, end, elementsPerStep(), [&](Value column, Value mask) {
      if (mask)
        return addUnit(x, at, rows, column, mask);
      for (int64_t r = 0; r < rows; ++r)
        prefetch(emit.add(at, r + plan.rowsAhead), column);
      for (int64_t i = 0; i < elementsPerStep(); i += unit())
        addUnit(x, at, rows, emit.add(column, i), nullptr);
    });
  }

  void addUnit(ArrayRef<Value> x, Value at, int64_t rows, Value column, Value mask) {
    SmallVector<SmallVector<Value>> weights;
    for (int64_t r = 0; r < rows; ++r) {
      SmallVector<Value> source = {emit.add(at, r), column};
      weights.push_back(mask ? SmallVector<Value>{loadFactors(op.getB(), source, mask)} : loadUnit(source));
    }
    for (int64_t row = 0; row < m; ++row)
      for (size_t v = 0; v < weights[0].size(); ++v) {
        SmallVector<Value> target = place(emit.index(row), emit.add(column, v * lanes));
        Value sum = loadVector(emit, type, sums, target, mask);
        for (int64_t r = 0; r < rows; ++r)
          sum = multiplyAdd(emit, machine, x[row * rows + r], weights[r][v], sum);
        storeVector(emit, sum, sums, target, mask);
      }
  }

  // Columns in steps of `step`; those that are left, in the last task, in masked vectors. Where that leaves the units of
  // one step apart, columns past the last whole step are in their own order.
  void overColumns(Value n0, Value end, int64_t step, function_ref<void(Value, Value)> body) {
    Value whole = emit.index(n / step * step);
    emit.loop(n0, emit.min(end, whole), step, [&](Value at) { body(at, nullptr); });
    if (n % step)
      emit.when(emit.equal(end, emit.index(n)), [&] {
        emit.loop(whole, end, lanes, [&](Value at) { body(at, maskOf(emit, lanes, emit.sub(emit.index(n), at))); });
      });
  }

  // The outs of columns [n0, end) from what `sumAt` says of each vector.
  void finish(Value n0, Value end, function_ref<Value(Value, Value, Value)> sumAt) {
    Value flag = loadFlag();
    emit.loop(m, [&](Value row) {
      overColumns(n0, end, elementsPerStep(), [&](Value at, Value mask) {
        if (mask)
          return finishSums(emit, op, flag, sumAt(row, at, mask), row, at, mask);
        for (int64_t i = 0; i < elementsPerStep(); i += unit()) {
          Value low = emit.add(at, i), high = emit.add(low, lanes), first = sumAt(row, low, nullptr);
          if (!isPaired()) {
            finishSums(emit, op, flag, first, row, low, nullptr);
            continue;
          }
          auto [left, right] = join(first, sumAt(row, high, nullptr));
          finishSums(emit, op, flag, left, row, low, nullptr);
          finishSums(emit, op, flag, right, row, high, nullptr);
        }
      });
    });
  }

  // The parts of K in their order.
  void combine(Value parts) {
    emit.forall({plan.finishTasks}, [&](ValueRange task) {
      Value n0 = emit.mul(task[0], plan.finishColumns);
      finish(n0, emit.min(emit.add(n0, plan.finishColumns), emit.index(n)), [&](Value row, Value at, Value mask) {
        Value sum = loadVector(emit, type, parts, {emit.index(0), row, at}, mask);
        for (int64_t part = 1; part < plan.depthTasks; ++part) {
          Value next = loadVector(emit, type, parts, {emit.index(part), row, at}, mask);
          sum = arith::AddFOp::create(emit.b, emit.loc, sum, next);
        }
        return sum;
      });
    });
  }

  RowStreamPlan plan;
  Value sums, offset; // of the task under way: columns start at `offset` in the sums
};

// B (N, K): the dot products of a vector of columns n, along k.
class DotStream : StreamExpansion {
public:
  using StreamExpansion::StreamExpansion;

  void expand() {
    plan = planDotStream({m, n, k}, machine, memrefType(op.getB()).getElementTypeBitWidth());
    int64_t groups = llvm::divideCeil(n, lanes);
    emit.forall({plan.tasks}, [&](ValueRange task) {
      Value flag = loadFlag(), low = emit.mul(task[0], plan.groups);
      Value sums = allocate(emit, {m, lanes}, element);
      if (isPaired())
        splitRows();
      emit.loop(low, emit.min(emit.add(low, plan.groups), emit.index(groups)), 1, [&](Value group) {
        Value n0 = emit.mul(group, lanes);
        for (int64_t i = 0; i < lanes; i += plan.rows)
          storeDots(dots(emit.add(n0, i)), sums, i);
        finish(sums, flag, n0);
      });
    });
  }

private:
  int64_t wholeDepth() { return k / elementsPerStep() * elementsPerStep(); }

  // x in the order of the units of B, once per task.
  void splitRows() {
    splitA = allocate(emit, {m, std::max<int64_t>(wholeDepth(), 1)}, element);
    emit.loop(m, [&](Value row) {
      emit.loop(emit.index(0), emit.index(wholeDepth()), unit(), [&](Value at) {
        Value first = loadFactors(op.getA(), {row, at}, nullptr), next = emit.add(at, lanes);
        auto [even, odd] = split(first, loadFactors(op.getA(), {row, next}, nullptr));
        storeVector(emit, even, splitA, {row, at});
        storeVector(emit, odd, splitA, {row, next});
      });
    });
  }

  SmallVector<Value> loadUnitOfA(Value row, Value at) {
    if (!isPaired())
      return {loadFactors(op.getA(), {row, at}, nullptr)};
    return {loadVector(emit, type, splitA, {row, at}), loadVector(emit, type, splitA, {row, emit.add(at, lanes)})};
  }

  // Vectors whose lanes add up to the products of columns [n0, n0 + plan.rows), for each row of A.
  SmallVector<Value> dots(Value n0) {
    SmallVector<Value> columns, zeros(plan.rows * m, emit.real(type, 0));
    for (int64_t r = 0; r < plan.rows; ++r) // columns beyond the last repeat it
      columns.push_back(n % lanes ? emit.min(emit.add(n0, r), emit.index(n - 1)) : emit.add(n0, r));
    auto body = [&](Value at, ValueRange carried) {
      for (Value column : columns)
        prefetch(emit.add(column, plan.rowsAhead), at);
      SmallVector<Value> sums(carried.begin(), carried.end());
      for (int64_t i = 0; i < elementsPerStep(); i += unit())
        addUnit(columns, emit.add(at, i), nullptr, sums);
      return sums;
    };
    int64_t whole = wholeDepth();
    SmallVector<Value> sums = emit.loop(emit.index(0), emit.index(whole), elementsPerStep(), zeros, body);
    for (int64_t at = whole; at < k; at += lanes)
      addUnit(columns, emit.index(at), maskOf(emit, lanes, emit.index(k - at)), sums);
    return sums;
  }

  void addUnit(ArrayRef<Value> columns, Value at, Value mask, SmallVectorImpl<Value> &sums) {
    SmallVector<SmallVector<Value>> x;
    for (int64_t row = 0; row < m; ++row)
      x.push_back(mask ? SmallVector<Value>{loadFactors(op.getA(), {emit.index(row), at}, mask)}
                       : loadUnitOfA(emit.index(row), at));
    for (auto [r, column] : llvm::enumerate(columns)) {
      SmallVector<Value> weights =
          mask ? SmallVector<Value>{loadFactors(op.getB(), {column, at}, mask)} : loadUnit({column, at});
      for (int64_t row = 0; row < m; ++row)
        for (auto [factor, weight] : llvm::zip_equal(x[row], weights)) {
          Value &sum = sums[row * plan.rows + r];
          sum = multiplyAdd(emit, machine, factor, weight, sum);
        }
    }
  }

  void storeDots(ArrayRef<Value> dots, Value sums, int64_t first) {
    auto add = [&](Value left, Value right) -> Value { return arith::AddFOp::create(emit.b, emit.loc, left, right); };
    for (int64_t row = 0; row < m; ++row)
      for (int64_t r = 0; r < plan.rows; ++r)
        emit.store(foldLanes(emit, dots[row * plan.rows + r], add), sums, {emit.index(row), emit.index(first + r)});
  }

  void finish(Value sums, Value flag, Value n0) {
    auto rowsOf = [&](bool masked) {
      Value mask = masked ? maskOf(emit, lanes, emit.sub(emit.index(n), n0)) : nullptr;
      emit.loop(m, [&](Value row) {
        finishSums(emit, op, flag, loadVector(emit, type, sums, {row, emit.index(0)}), row, n0, mask);
      });
    };
    if (n % lanes == 0)
      return rowsOf(false);
    emit.when(emit.less(emit.index(n), emit.add(n0, lanes)), [&] { rowsOf(true); }, [&] { rowsOf(false); });
  }

  DotStreamPlan plan;
  Value splitA; // of the task under way
};

struct ExpandStream : tern::impl::ExpandStreamBase<ExpandStream> {
  using ExpandStreamBase::ExpandStreamBase;

  void runOnOperation() override {
    FailureOr<Machine> machine = parseMachine(getOperation(), target);
    if (failed(machine))
      return signalPassFailure();
    tern::Remarks remarks(*this, "expanded", "not a stream");
    SmallVector<ContractOp> ops;
    getOperation().walk([&](ContractOp op) {
      // A packed B is read by panels.
      bool isShort = op.getM() <= mostStreamedRows && !op.getLayoutB() && !op.getSumType().isInteger();
      if (isShort || op.getBlocks())
        ops.push_back(op);
    });
    for (ContractOp op : ops) {
      if (StringRef why = whyNot(op); !why.empty()) {
        remarks.missed(op.getLoc(), why);
        continue;
      }
      OpBuilder builder(op);
      Emitter emit(builder, op.getLoc());
      remarks.passed(op.getLoc(), expand(emit, op, *machine));
      op.erase();
    }
  }

  // Says what streams.
  static StringRef expand(Emitter &emit, ContractOp op, const Machine &machine) {
    if (op.getBlocks() && op.getM() > mostStreamedRows)
      return expandBlockTiles(emit, op, machine), "blocks of 16 rows of B, on tiles";
    if (op.getBlocks())
      return expandBlockStream(emit, op, machine), "blocks of 16 rows of B";
    if (op.getTransposeB())
      return DotStream(emit, op, machine).expand(), "rows of B along k";
    return RowStream(emit, op, machine).expand(), "rows of B along n";
  }

  // Why the product is left to others, or nothing.
  static StringRef whyNot(ContractOp op) {
    for (Value operand : op->getOperands())
      if (!hasContiguousRows(operand))
        return "an operand has no contiguous rows";
    if (op.getTransposeA() && op.getTransposeB())
      return "both operands are transposed";
    if (findScalarOnlyOp(op.getEpilogue().front()))
      return "its region has an op without a vector form";
    return "";
  }
};

} // namespace
