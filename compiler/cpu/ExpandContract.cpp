// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Products at speed. A task packs one block of k of its tiles of A and, one after the other, of its panels of B; the tiles
// pass over each panel, and the epilogue is applied to a tile after its last block of k. A weight that is packed in memory is
// read there.

#include "compiler/cpu/ByteProduct.h"
#include "compiler/cpu/ContractKernel.h"
#include "compiler/cpu/CpuTarget.h"
#include "compiler/cpu/NaiveKernels.h"
#include "compiler/cpu/Passes.h"
#include "compiler/cpu/VectorBody.h"
#include "compiler/support/Remarks.h"

#include "mlir/Dialect/AMX/AMXDialect.h"
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

namespace {

class ContractExpansion {
public:
  ContractExpansion(Emitter &emit, ContractOp op, const Machine &machine, SplitProducts split)
      : emit(emit), op(op), shape(contractShape(op, machine, split)), plan(planContract(shape, machine)),
        kernel((shape.onTiles ? makeTileKernel : makeVectorKernel)(emit, op, machine, shape, plan)),
        epilogue(emit, op, plan.tile) {}

  std::string describe() const { return tern::cpu::describe(plan, shape); }

  void expand() {
    emit.forall({plan.rowTasks, plan.columnTasks}, [&](ValueRange task) { expandTask(task[0], task[1]); });
  }

private:
  void expandTask(Value rowTask, Value columnTask) {
    tile0 = emit.mul(rowTask, plan.taskTiles);
    panel0 = emit.mul(columnTask, plan.taskPanels);
    tileEnd = emit.min(emit.add(tile0, plan.taskTiles), emit.index(plan.tiles));
    panelEnd = emit.min(emit.add(panel0, plan.taskPanels), emit.index(plan.panels));
    kernel->allocatePacked();
    bool keeps = kernel->keepsSums();
    int64_t rows = shape.onTiles ? plan.tile.rows : plan.tallRows;
    sums = allocate(emit, {keeps ? plan.taskTiles : 1, keeps ? plan.taskPanels : 1, rows, plan.tile.columns()}, shape.sum);
    epilogue.begin();
    emit.loop(plan.depthBlocks, [&](Value block) { expandDepthBlock(block); });
  }

  void expandDepthBlock(Value block) {
    Value k0 = emit.mul(block, plan.depth), depth = emit.index(plan.depth);
    if (op.getK() % plan.depth)
      depth = emit.min(depth, emit.sub(emit.index(op.getK()), k0));
    kernel->packA(tile0, tileEnd, k0, depth);
    emit.loop(panel0, panelEnd, 1, [&](Value panel) {
      kernel->packB(panel, k0, depth);
      emitTiles(block, k0, depth, panel);
    });
  }

  void emitTiles(Value block, Value k0, Value depth, Value panel) {
    PanelPlace next = placeAfter(block, k0, panel);
    auto run = [&](Value low, Value high, int64_t rows) {
      emit.loop(low, high, 1, [&](Value tile) {
        emitTile({emit.sub(tile, tile0), kernel->firstRow(tile), kernel->firstColumn(panel), rows, block, k0, depth, next}, panel);
      });
    };
    if (!plan.hasShortTiles())
      return run(tile0, tileEnd, plan.tallRows);
    Value split = emit.index(plan.tallTiles);
    run(tile0, emit.min(tileEnd, split), plan.tallRows);
    run(emit.max(tile0, split), tileEnd, plan.shortRows);
  }

  // The next panel, or the first one of the next block of k, or that of the next task.
  PanelPlace placeAfter(Value block, Value k0, Value panel) {
    Value next = emit.add(panel, 1);
    if (!kernel->keepsSums())
      return {next, k0};
    auto choose = [&](Value condition, Value yes, Value no) -> Value {
      return arith::SelectOp::create(emit.b, emit.loc, condition, yes, no);
    };
    Value isLastPanel = emit.equal(next, panelEnd), isLastBlock = emit.equal(block, emit.index(plan.depthBlocks - 1));
    Value after = choose(isLastBlock, emit.index(0), emit.add(k0, plan.depth));
    return {choose(isLastPanel, choose(isLastBlock, panelEnd, panel0), next), choose(isLastPanel, after, k0)};
  }

  void emitTile(const TilePlace &place, Value panel) {
    Value zero = emit.index(0), n0 = place.firstColumn;
    Value sum = kernel->keepsSums() ? partAt(emit, sums, {place.slot, emit.sub(panel, panel0)}) : partAt(emit, sums, {zero, zero});
    afterLastBlock(place, [&] { epilogue.prefetchOperands(place.firstRow, n0, place.rows); });
    kernel->multiply(place, sum);
    afterLastBlock(place, [&] { epilogue.finish(sum, place.firstRow, n0, place.rows); });
  }

  // Only in the last block of k.
  void afterLastBlock(const TilePlace &place, function_ref<void()> body) {
    if (!kernel->keepsSums())
      return body();
    emit.when(emit.equal(place.block, emit.index(plan.depthBlocks - 1)), body);
  }

  Emitter &emit;
  ContractOp op;
  ContractShape shape;
  ContractPlan plan;
  std::unique_ptr<ContractKernel> kernel;
  ContractEpilogue epilogue;
  // Of the task under way.
  Value tile0, tileEnd, panel0, panelEnd, sums;
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
      SplitProducts split = splitProducts(f32, *machine);
      bool inWords = op.getSumType().isInteger() && !machine->amxInt8;
      if (std::string why = whyNot(op, *machine, split); why.empty() && inWords) {
        expandByteProduct(emit, op, *machine);
        remarks.passed(op.getLoc(), "bytes by bytes");
      } else if (why.empty()) {
        ContractExpansion expansion(emit, op, *machine, split);
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
  static std::string whyNot(ContractOp op, const Machine &machine, SplitProducts split) {
    for (Value operand : op->getOperands())
      if (!hasContiguousRows(operand))
        return "an operand has no contiguous rows";
    if (op.getBlocks())
      return "its weights are blocks";
    if (findScalarOnlyOp(op.getEpilogue().front()))
      return "its region has an op without a vector form";
    if (op.getSumType().isInteger())
      return "";
    return whyNotInPlace(contractShape(op, machine, split), machine);
  }
};

} // namespace
