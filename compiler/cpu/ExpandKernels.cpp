// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The row kernels at speed: gather, scatter_add, write_rows, cross_entropy and its gradient; rotations; and weights into panels.

#include "compiler/cpu/CpuTarget.h"
#include "compiler/cpu/MicroKernel.h"
#include "compiler/cpu/NaiveKernels.h"
#include "compiler/cpu/Packing.h"
#include "compiler/cpu/Passes.h"
#include "compiler/cpu/Rotation.h"
#include "compiler/cpu/VectorBody.h"
#include "compiler/support/Remarks.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

namespace tern {
#define GEN_PASS_DEF_EXPANDKERNELS
#include "compiler/cpu/Passes.h.inc"
} // namespace tern

using namespace mlir;
using namespace tern::cpu;
using namespace tern::kernel;

// Elements of one chunk of shared work.
static constexpr int64_t chunkElements = 4096;

namespace {

class RowKernels {
public:
  RowKernels(Emitter &emit, const Machine &machine, Type element)
      : emit(emit), element(element), type(vectorType(machine, element)), lanes(type.getDimSize(0)) {}

  void expand(GatherOp op) {
    Value out = op.getOuts()[0];
    int64_t rows = sizeOf(out, 0), columns = sizeOf(out, 1), chunk = rowsPerChunk(rows, columns);
    emit.forall({int64_t(llvm::divideCeil(rows, chunk))}, [&](ValueRange at) {
      Value low = emit.mul(at[0], chunk), high = emit.min(emit.add(low, chunk), emit.index(rows));
      emit.loop(low, high, 1, [&](Value n) {
        Value row = clampedIndex(emit, emit.load(op.getIndices(), n), sizeOf(op.getTable(), 0));
        overColumns(emit.index(0), columns, columns, [&](Value c, Value mask) {
          storeVector(emit, loadVector(emit, type, op.getTable(), {row, c}, mask), out, {n, c}, mask);
        });
      });
    });
  }

  void expand(ScatterAddOp op) {
    Value table = op.getOuts()[0];
    int64_t rows = sizeOf(op.getRows(), 0), columns = sizeOf(table, 1);
    int64_t span = llvm::alignTo(std::max<int64_t>(columns / 32, 1), std::max<int64_t>(lanes, 16));
    emit.forall({int64_t(llvm::divideCeil(columns, span))}, [&](ValueRange at) {
      Value low = emit.mul(at[0], span);
      emit.loop(rows, [&](Value n) {
        Value row = clampedIndex(emit, emit.load(op.getIndices(), n), sizeOf(table, 0));
        overColumns(low, span, columns, [&](Value c, Value mask) {
          Value old = loadVector(emit, type, table, {row, c}, mask);
          Value sum = plus(old, loadVector(emit, type, op.getRows(), {n, c}, mask));
          storeVector(emit, sum, table, {row, c}, mask);
        });
      });
    });
  }

  void expand(WriteRowsOp op) {
    Value out = op.getOuts()[0];
    int64_t rows = sizeOf(op.getRows(), 1), columns = sizeOf(out, 2), chunk = rowsPerChunk(rows, columns);
    emit.forall({sizeOf(out, 0), int64_t(llvm::divideCeil(rows, chunk))}, [&](ValueRange at) {
      WrittenRows written = writtenRows(emit, op, at[0]);
      Value low = emit.mul(at[1], chunk), high = emit.min(emit.add(low, chunk), written.count);
      emit.loop(low, high, 1, [&](Value t) {
        Value place = emit.add(written.position, t);
        overColumns(emit.index(0), columns, columns, [&](Value c, Value mask) {
          storeVector(emit, loadVector(emit, type, op.getRows(), {at[0], t, c}, mask), out, {at[0], place, c}, mask);
        });
      });
    });
  }

  void expand(CrossEntropyOp op) {
    Value logits = op.getLogits();
    int64_t columns = sizeOf(logits, 1);
    emit.forall({sizeOf(logits, 0)}, [&](ValueRange at) {
      Value n = at[0];
      Value max = foldLanes(emit, largest(logits, n, columns), [&](Value l, Value r) { return larger(l, r); });
      Value sum = sumLanes(sumOfExp(logits, n, columns, spread(emit, max, lanes)));
      Value logSum = math::LogOp::create(emit.b, emit.loc, sum), lse = plus(max, logSum);
      Value target = emit.load(op.getTargets(), n);
      Value hit = emit.load(logits, {n, clampedIndex(emit, target, columns)});
      Value ignored = emit.equal(target, emit.integer(target.getType(), op.getIgnoreIndex()));
      // Not lse - hit: that loses the digits of a small loss.
      Value loss = select(ignored, emit.real(element, 0), plus(logSum, minus(max, hit)));
      emit.store(loss, op.getOuts()[0], n);
      emit.store(lse, op.getOuts()[1], n);
    });
  }

  void expand(CrossEntropyGradOp op) {
    Value logits = op.logitsOrOut(), out = op.getOuts()[0];
    Type written = memrefType(out).getElementType();
    int64_t columns = sizeOf(logits, 1), span = llvm::alignTo(std::min(columns, 2 * chunkElements), lanes);
    emit.forall({sizeOf(logits, 0), int64_t(llvm::divideCeil(columns, span))}, [&](ValueRange at) {
      Value n = at[0], low = emit.mul(at[1], span), target = emit.load(op.getTargets(), n);
      Value ignored = emit.equal(target, emit.integer(target.getType(), op.getIgnoreIndex()));
      // An ignored row becomes 0 whatever it held.
      Value scale = select(ignored, emit.real(element, 0), emit.load(op.getScale(), {}));
      Value lse = spread(emit, emit.load(op.getRowLse(), n), lanes), factor = spread(emit, scale, lanes);
      auto store = [&](bool zero) {
        overColumns(low, span, columns, [&](Value c, Value mask) {
          Value gradient = emit.real(type, 0);
          if (!zero)
            gradient = multiply(exponential(minus(loadVector(emit, type, logits, {n, c}, mask), lse)), factor);
          storeVector(emit, convertFloat(emit, gradient, written), out, {n, c}, mask);
        });
      };
      emit.when(ignored, [&] { store(true); }, [&] { store(false); });
      Value hit = clampedIndex(emit, target, columns), end = emit.add(low, span);
      Value below = emit.less(hit, end), above = emit.less(emit.add(low, -1), hit);
      emit.when(arith::AndIOp::create(emit.b, emit.loc, below, above), [&] { subtractScale(op, n, hit, lse, scale); });
    });
  }

private:
  static int64_t rowsPerChunk(int64_t rows, int64_t columns) {
    return std::clamp<int64_t>(chunkElements / std::max<int64_t>(columns, 1), 1, std::max<int64_t>(rows, 1));
  }

  Value plus(Value left, Value right) { return arith::AddFOp::create(emit.b, emit.loc, left, right); }
  Value minus(Value left, Value right) { return arith::SubFOp::create(emit.b, emit.loc, left, right); }
  Value multiply(Value left, Value right) { return arith::MulFOp::create(emit.b, emit.loc, left, right); }
  Value exponential(Value value) { return math::ExpOp::create(emit.b, emit.loc, value); }
  Value select(Value condition, Value yes, Value no) {
    return arith::SelectOp::create(emit.b, emit.loc, condition, yes, no);
  }
  Value larger(Value left, Value right) {
    return select(arith::CmpFOp::create(emit.b, emit.loc, arith::CmpFPredicate::OGT, left, right), left, right);
  }
  Value sumLanes(Value vector) {
    return foldLanes(emit, vector, [&](Value low, Value high) { return plus(low, high); });
  }

  // The target's element, which is one scale less. A rounded one is computed again: rounding would hide a small difference.
  void subtractScale(CrossEntropyGradOp op, Value n, Value hit, Value lse, Value scale) {
    Value out = op.getOuts()[0];
    if (!op.getLogits())
      return emit.store(minus(emit.load(out, {n, hit}), scale), out, {n, hit});
    Value power = exponential(minus(spread(emit, emit.load(op.getLogits(), {n, hit}), lanes), lse));
    Value probability = vector::ExtractOp::create(emit.b, emit.loc, power, ArrayRef<int64_t>{0});
    Value gradient = minus(multiply(probability, scale), scale);
    emit.store(convertFloat(emit, gradient, memrefType(out).getElementType()), out, {n, hit});
  }

  // Vectors from `low` for `span` columns, not beyond `columns`; the last one masked where it is not whole.
  void overColumns(Value low, int64_t span, int64_t columns, function_ref<void(Value, Value)> body) {
    Value end = emit.min(emit.add(low, span), emit.index(columns)), whole = emit.index(columns / lanes * lanes);
    emit.loop(low, emit.min(end, whole), lanes, [&](Value c) { body(c, nullptr); });
    if (columns % lanes == 0)
      return;
    emit.when(emit.equal(end, emit.index(columns)),
              [&] { body(whole, maskOf(emit, lanes, emit.index(columns % lanes))); });
  }

  // Four vectors carried along a row and then combined; `step` takes a vector of the row and one of them.
  Value alongRow(Value matrix, Value row, int64_t columns, Value initial, function_ref<Value(Value, Value, Value)> step,
                 function_ref<Value(Value, Value)> combine) {
    constexpr int64_t unroll = 4;
    int64_t wide = columns / (unroll * lanes) * unroll * lanes, whole = columns / lanes * lanes;
    auto at = [&](Value c, Value mask) { return loadVector(emit, type, matrix, {row, c}, mask); };
    SmallVector<Value> carried(unroll, initial);
    carried = emit.loop(emit.index(0), emit.index(wide), unroll * lanes, carried, [&](Value c, ValueRange values) {
      SmallVector<Value> next;
      for (int64_t u = 0; u < unroll; ++u)
        next.push_back(step(at(emit.add(c, u * lanes), nullptr), values[u], nullptr));
      return next;
    });
    Value rest = emit.reduce(emit.index(wide), emit.index(whole), lanes, carried[0],
                             [&](Value c, Value value) { return step(at(c, nullptr), value, nullptr); });
    if (whole != columns) {
      Value mask = maskOf(emit, lanes, emit.index(columns - whole));
      rest = step(at(emit.index(whole), mask), rest, mask);
    }
    for (int64_t u = 1; u < unroll; ++u)
      rest = combine(rest, carried[u]);
    return rest;
  }

  Value largest(Value logits, Value n, int64_t columns) {
    Value lowest = emit.real(type, -std::numeric_limits<double>::infinity());
    auto step = [&](Value logit, Value best, Value mask) {
      return larger(mask ? select(mask, logit, lowest) : logit, best);
    };
    return alongRow(logits, n, columns, lowest, step, [&](Value left, Value right) { return larger(left, right); });
  }

  Value sumOfExp(Value logits, Value n, int64_t columns, Value max) {
    Value zero = emit.real(type, 0);
    auto step = [&](Value logit, Value sum, Value mask) {
      Value power = exponential(minus(logit, max));
      return plus(sum, mask ? select(mask, power, zero) : power);
    };
    return alongRow(logits, n, columns, zero, step, [&](Value left, Value right) { return plus(left, right); });
  }

  Emitter &emit;
  Type element;
  VectorType type;
  int64_t lanes;
};

struct ExpandKernels : tern::impl::ExpandKernelsBase<ExpandKernels> {
  using ExpandKernelsBase::ExpandKernelsBase;

  void runOnOperation() override {
    FailureOr<Machine> parsed = parseMachine(getOperation(), target);
    if (failed(parsed))
      return signalPassFailure();
    machine = *parsed;
    tern::Remarks remarks(*this, "vectorized", "plain loops");
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa<PackOp, RotationOp, GatherOp, ScatterAddOp, WriteRowsOp, CrossEntropyOp, CrossEntropyGradOp>(op))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      TypeSwitch<Operation *>(op).Case<PackOp, RotationOp, GatherOp, ScatterAddOp, WriteRowsOp, CrossEntropyOp, CrossEntropyGradOp>(
          [&](auto kernel) { expand(kernel, remarks); });
      op->erase();
    }
  }

  // What the op computes with.
  static Value elementsOf(Operation *op) {
    auto gradient = dyn_cast<CrossEntropyGradOp>(op);
    return gradient ? gradient.logitsOrOut() : cast<DestinationStyleOpInterface>(op).getDpsInits()[0];
  }

  template <typename KernelOp>
  void expand(KernelOp op, tern::Remarks &remarks) {
    OpBuilder builder(op);
    Emitter emit(builder, op.getLoc());
    Type element = memrefType(elementsOf(op)).getElementType();
    bool areContiguous = llvm::all_of(op->getOperands(), hasContiguousRows);
    if constexpr (std::is_same_v<KernelOp, PackOp>)
      areContiguous &= op.getLayout().getColumns() % machine.lanes(std::max(element.getIntOrFloatBitWidth(), 32u)) == 0;
    if (areContiguous && isa<FloatType>(element)) {
      remarks.passed(op.getLoc(), op->getName().getStringRef());
      if constexpr (std::is_same_v<KernelOp, PackOp>)
        return expandPack(emit, op, machine);
      else if constexpr (std::is_same_v<KernelOp, RotationOp>)
        return expandRotation(emit, machine, op);
      else
        return RowKernels(emit, machine, element).expand(op);
    }
    remarks.missed(op.getLoc(), areContiguous ? "its elements are no floats" : "an operand has no contiguous rows");
    expandNaive(emit, op);
  }

  Machine machine;
};

} // namespace
