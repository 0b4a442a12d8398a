// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products at speed. A task packs one block of k of its panels of B, runs the register tiles over it, and applies the
// epilogue to each tile after the last block of k.

#include "compiler/cpu/ContractPlan.h"
#include "compiler/cpu/CpuTarget.h"
#include "compiler/cpu/NaiveKernels.h"
#include "compiler/cpu/Packing.h"
#include "compiler/cpu/Passes.h"
#include "compiler/cpu/VectorBody.h"
#include "compiler/support/Remarks.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/X86Vector/X86VectorDialect.h"

namespace tern {
#define GEN_PASS_DEF_EXPANDCONTRACT
#include "compiler/cpu/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

// Rows of a transposed A lie far apart; each is asked for this many rows before it is copied.
static constexpr int64_t rowsAhead = 8;

namespace {

class ContractExpansion {
public:
  ContractExpansion(Emitter &emit, ContractOp op, const Machine &machine)
      : emit(emit), op(op), machine(machine), shape(shapeOf(op, machine)), type(vectorType(machine, shape.sum)),
        plan(planContract(shape, machine)), group(groupOf(shape.packed)) {}

  std::string describe() const { return tern::cpu::describe(plan, shape); }

  void expand() {
    emit.forall({plan.rowTasks, plan.columnTasks}, [&](ValueRange task) { expandTask(task[0], task[1]); });
  }

private:
  static ContractShape shapeOf(ContractOp op, const Machine &machine) {
    return {op.getM(), op.getN(), op.getK(), op.getTransposeA(), op.getTransposeB(), elementType(op.getA()),
            elementType(op.getB()), op.getComputeType(), packedType(machine, op.getComputeType()), op.getSumType()};
  }
  static Type elementType(Value memref) { return memrefType(memref).getElementType(); }
  bool keepsSums() const { return plan.depthBlocks > 1; }
  // A packed tile of A is one vector of rows, or as many as it takes.
  RegisterTile tileOfA() const {
    return {0, int64_t(llvm::divideCeil(plan.tallRows, plan.tile.lanes)), plan.tile.lanes};
  }

  void expandTask(Value rowTask, Value columnTask) {
    tile0 = emit.mul(rowTask, plan.taskTiles);
    panel0 = emit.mul(columnTask, plan.taskPanels);
    tileEnd = emit.min(emit.add(tile0, plan.taskTiles), emit.index(plan.tiles));
    panelEnd = emit.min(emit.add(panel0, plan.taskPanels), emit.index(plan.panels));
    packedB = allocate(emit, {plan.depth / group, plan.tile.columns() * group}, shape.packed);
    // One line more than a block, so that the tiles of one k do not fall into one set of the cache.
    if (shape.packsA())
      packedA = allocate(emit, {plan.taskTiles, plan.depth / group + 1, tileOfA().columns() * group}, shape.packed);
    sums = allocate(emit, {keepsSums() ? plan.taskTiles : 1, keepsSums() ? plan.taskPanels : 1, plan.tallRows,
                           plan.tile.columns()}, shape.sum);
    if (op.getInit() == InitKind::Flag)
      flag = emit.load(op.getFlag(), {});
    emit.loop(plan.depthBlocks, [&](Value block) { expandDepthBlock(block); });
  }

  void expandDepthBlock(Value block) {
    Value k0 = emit.mul(block, plan.depth);
    Value depth = emit.index(plan.depth);
    if (op.getK() % plan.depth)
      depth = emit.min(depth, emit.sub(emit.index(op.getK()), k0));
    if (shape.packsA())
      packTiles(k0, depth);
    emit.loop(panel0, panelEnd, 1, [&](Value panel) {
      Value n0 = emit.mul(panel, plan.tile.columns());
      packPanel(emit, sourceOf(op.getB(), op.getTransposeB(), k0), packedB, depth, n0, emit.index(op.getN()), plan.tile);
      emitTiles(block, k0, depth, panel);
    });
  }

  // An operand from k0 on, as a matrix (k, column).
  MatrixSource sourceOf(Value memref, bool transposed, Value k0) {
    MatrixSource source{memref, transposed, emit.index(0), emit.index(0), {}, op.getComputeType()};
    (transposed ? source.column : source.row) = k0;
    return source;
  }

  // Copies A so that the rows of a tile are side by side for each k.
  void packTiles(Value k0, Value depth) {
    MatrixSource source = sourceOf(op.getA(), !op.getTransposeA(), k0);
    if (op.getTransposeA())
      return packColumnsOfA(source, depth);
    emit.loop(tile0, tileEnd, 1, [&](Value tile) {
      Value panel = partAt(emit, packedA, emit.sub(tile, tile0));
      packPanel(emit, source, panel, depth, firstRow(tile), emit.index(op.getM()), tileOfA());
    });
  }

  // All tiles of one group of k before the next one: they share the rows of a transposed A.
  void packColumnsOfA(const MatrixSource &source, Value depth) {
    auto packRow = [&](Value at, int64_t rows) {
      emit.loop(tile0, tileEnd, 1, [&](Value tile) {
        Value m = firstRow(tile), panel = partAt(emit, packedA, emit.sub(tile, tile0)), limit = emit.index(op.getM());
        for (int64_t i = 0; i < rows; ++i)
          prefetch(op.getA(), source.at(emit, emit.add(emit.mul(at, group), rowsAhead + i), m), /*isWrite=*/false);
        auto copy = [&](bool masked) { packGroup(emit, source, panel, at, rows, m, limit, tileOfA(), masked); };
        emit.when(emit.less(limit, emit.add(m, tileOfA().columns())), [&] { copy(true); }, [&] { copy(false); });
      });
    };
    Value whole = emit.div(depth, emit.index(group));
    emit.loop(emit.index(0), whole, 1, [&](Value at) { packRow(at, group); });
    for (int64_t rest = 1; rest < group && op.getK() % group; ++rest)
      emit.when(emit.equal(emit.rem(depth, emit.index(group)), emit.index(rest)), [&] { packRow(whole, rest); });
  }

  Value firstRow(Value tile) {
    Value first = emit.mul(tile, plan.tallRows);
    if (!plan.hasShortTiles())
      return first;
    // Tiles after the tall ones are one row shorter.
    Value shorter = arith::MaxSIOp::create(emit.b, emit.loc, emit.sub(tile, emit.index(plan.tallTiles)), emit.index(0));
    return emit.sub(first, shorter);
  }

  void emitTiles(Value block, Value k0, Value depth, Value panel) {
    Value split = emit.index(plan.tallTiles);
    auto run = [&](Value low, Value high, int64_t rows) {
      emit.loop(low, high, 1, [&](Value tile) { emitTile(block, k0, depth, panel, tile, rows); });
    };
    if (!plan.hasShortTiles())
      return run(tile0, tileEnd, plan.tallRows);
    run(tile0, emit.min(tileEnd, split), plan.tallRows);
    Value low = arith::MaxSIOp::create(emit.b, emit.loc, tile0, split);
    run(low, tileEnd, plan.tallRows - 1);
  }

  void emitTile(Value block, Value k0, Value depth, Value panel, Value tile, int64_t rows) {
    Value tileSlot = emit.sub(tile, tile0), panelSlot = emit.sub(panel, panel0), m = firstRow(tile);
    Value sum = keepsSums() ? partAt(emit, sums, {tileSlot, panelSlot}) : partAt(emit, sums, {emit.index(0), emit.index(0)});
    auto a = [&](int64_t r, Value k) {
      return shape.packsA() ? loadGroup(packedA, {tileSlot, k, emit.index(r * group)})
                            : loadGroup(op.getA(), {emit.add(m, r), emit.add(k0, emit.mul(k, group))});
    };
    auto packedVector = VectorType::get({plan.tile.lanes * group}, shape.packed);
    auto b = [&](Value k, int64_t j) {
      return loadVector(emit, packedVector, packedB, {k, emit.index(j * plan.tile.lanes * group)});
    };
    prefetchPanel(tileSlot, k0, emit.add(panel, 1));
    prefetchOuts(block, m, panel, rows);
    Value groups = emit.div(emit.add(depth, group - 1), emit.index(group));
    TileProduct product{rows, plan.tile.vectors, groups, a, b};
    SmallVector<Value> results = emitTileProduct(emit, machine, product, initialSums(block, sum, rows));
    for (auto [i, result] : llvm::enumerate(results))
      storeVector(emit, result, sum, sumAt(i));
    if (!keepsSums())
      return emitEpilogue(sum, m, panel, rows);
    emit.when(emit.equal(block, emit.index(plan.depthBlocks - 1)), [&] { emitEpilogue(sum, m, panel, rows); });
  }

  Value loadGroup(Value memref, ValueRange at) {
    return group == 1 ? emit.load(memref, at) : loadVector(emit, VectorType::get({group}, shape.packed), memref, at);
  }

  static int64_t elementsPerLine(Value memref) { return 64 * 8 / elementType(memref).getIntOrFloatBitWidth(); }

  // Each tile asks for its share of the lines of the panel that is packed next: rows of a panel are too short and too far
  // apart for the machine to foresee them.
  void prefetchPanel(Value tileSlot, Value k0, Value panel) {
    int64_t along = op.getTransposeB() ? plan.depth : plan.tile.columns();
    int64_t across = op.getTransposeB() ? plan.tile.columns() : plan.depth;
    int64_t linesPerRow = llvm::divideCeil(along, elementsPerLine(op.getB()));
    int64_t share = llvm::divideCeil(linesPerRow * across, plan.taskTiles);
    Value n0 = emit.mul(panel, plan.tile.columns());
    Value first = emit.mul(tileSlot, share);
    emit.loop(first, emit.add(first, share), 1, [&](Value line) {
      Value row = emit.div(line, emit.index(linesPerRow));
      Value column = emit.mul(emit.rem(line, emit.index(linesPerRow)), elementsPerLine(op.getB()));
      SmallVector<Value> at = {emit.add(k0, row), emit.add(n0, column)};
      if (op.getTransposeB())
        at = {emit.add(n0, row), emit.add(k0, column)};
      prefetch(op.getB(), at, /*isWrite=*/false);
    });
  }

  // What the epilogue of the tile will read and write arrives during the product.
  void prefetchOuts(Value block, Value m, Value panel, int64_t rows) {
    Value n0 = emit.mul(panel, plan.tile.columns());
    auto ask = [&] {
      emit.loop(rows, [&](Value r) {
        auto row = [&](Value memref, bool isWrite) {
          for (int64_t n = 0; n < plan.tile.columns(); n += elementsPerLine(memref))
            prefetch(memref, {emit.add(m, r), emit.add(n0, n)}, isWrite);
        };
        for (Value extra : op.getExtras())
          if (memrefType(extra).getRank() == 2)
            row(extra, /*isWrite=*/false);
        for (Value out : op.getOuts())
          row(out, /*isWrite=*/true);
      });
    };
    if (!keepsSums())
      return ask();
    emit.when(emit.equal(block, emit.index(plan.depthBlocks - 1)), ask);
  }

  void prefetch(Value memref, ValueRange at, bool isWrite) {
    memref::PrefetchOp::create(emit.b, emit.loc, memref, at, isWrite, /*localityHint=*/isWrite ? 3 : 2, /*isDataCache=*/true);
  }

  SmallVector<Value> sumAt(int64_t i) {
    return {emit.index(i / plan.tile.vectors), emit.index(i % plan.tile.vectors * plan.tile.lanes)};
  }

  // Zero in the first block of k, what the blocks before left in the others.
  SmallVector<Value> initialSums(Value block, Value sum, int64_t rows) {
    int64_t count = rows * plan.tile.vectors;
    SmallVector<Value> zeros(count, emit.real(type, 0));
    if (!keepsSums())
      return zeros;
    auto branch = scf::IfOp::create(emit.b, emit.loc, TypeRange(ValueRange(zeros)), emit.equal(block, emit.index(0)), true);
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

  void emitEpilogue(Value sum, Value m, Value panel, int64_t rows) {
    Value n0 = emit.mul(panel, plan.tile.columns());
    auto rowsOf = [&](bool masked) {
      emit.loop(rows, [&](Value r) {
        for (int64_t j = 0; j < plan.tile.vectors; ++j)
          finishVector(loadVector(emit, type, sum, {r, emit.index(j * plan.tile.lanes)}), emit.add(m, r),
                       emit.add(n0, j * plan.tile.lanes), masked);
      });
    };
    if (op.getN() % plan.tile.columns() == 0)
      return rowsOf(false);
    emit.when(emit.less(emit.index(op.getN()), emit.add(n0, plan.tile.columns())), [&] { rowsOf(true); },
              [&] { rowsOf(false); });
  }

  // Reads all that the element needs before it writes: an extra may be an out.
  void finishVector(Value acc, Value m, Value n, bool masked) {
    Value mask = masked ? maskOf(emit, plan.tile.lanes, emit.sub(emit.index(op.getN()), n)) : nullptr;
    if (op.getInit() != InitKind::Zero)
      acc = arith::AddFOp::create(emit.b, emit.loc, acc, previous(m, n, mask));
    SmallVector<Value> arguments = {acc};
    for (Value extra : op.getExtras()) {
      auto extraType = VectorType::get({plan.tile.lanes}, memrefType(extra).getElementType());
      SmallVector<Value> at = memrefType(extra).getRank() == 1 ? SmallVector<Value>{n} : SmallVector<Value>{m, n};
      arguments.push_back(loadVector(emit, extraType, extra, at, mask));
    }
    SmallVector<Value> results = cloneVectorBody(emit, op.getEpilogue().front(), arguments, plan.tile.lanes);
    for (auto [result, out] : llvm::zip_equal(results, op.getOuts()))
      storeVector(emit, result, out, {m, n}, mask);
  }

  // What the out held; not read at all where the flag is off.
  Value previous(Value m, Value n, Value mask) {
    auto read = [&] { return loadVector(emit, type, op.getOuts()[0], {m, n}, mask); };
    if (op.getInit() == InitKind::Add)
      return read();
    auto branch = scf::IfOp::create(emit.b, emit.loc, type, flag, true);
    OpBuilder::InsertionGuard guard(emit.b);
    emit.b.setInsertionPointToStart(branch.thenBlock());
    scf::YieldOp::create(emit.b, emit.loc, read());
    emit.b.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(emit.b, emit.loc, emit.real(type, 0));
    return branch.getResult(0);
  }

  Emitter &emit;
  ContractOp op;
  const Machine &machine;
  ContractShape shape;
  VectorType type; // of sums
  ContractPlan plan;
  int64_t group; // of k in packed operands
  // Of the task under way.
  Value tile0, tileEnd, panel0, panelEnd, packedA, packedB, sums, flag;
};

struct ExpandContract : tern::impl::ExpandContractBase<ExpandContract> {
  using ExpandContractBase::ExpandContractBase;

  void runOnOperation() override {
    FailureOr<Machine> machine = parseMachine(getOperation(), target);
    if (failed(machine))
      return signalPassFailure();
    tern::Remarks remarks(*this, "expanded", "plain loops");
    SmallVector<ContractOp> ops;
    getOperation().walk([&](ContractOp op) { ops.push_back(op); });
    for (ContractOp op : ops) {
      OpBuilder builder(op);
      Emitter emit(builder, op.getLoc());
      if (StringRef why = whyNot(op); why.empty()) {
        ContractExpansion expansion(emit, op, *machine);
        remarks.analysis(op.getLoc(), "plan", expansion.describe());
        expansion.expand();
      } else {
        remarks.missed(op.getLoc(), why);
        expandNaive(emit, op);
      }
      op.erase();
    }
  }

  // Why the product has no vector form, or nothing.
  static StringRef whyNot(ContractOp op) {
    for (Value operand : op->getOperands())
      if (!hasContiguousRows(operand))
        return "an operand has no contiguous rows";
    if (findScalarOnlyOp(op.getEpilogue().front()))
      return "its region has an op without a vector form";
    return "";
  }
};

} // namespace
