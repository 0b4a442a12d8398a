// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which linalg ops share loops over rows, and those loops.

#include "compiler/cpu/RowGroup.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tern::cpu;

using RowForm = LinalgVectorizer::RowForm;

// Elements of one task: enough that a barrier is small beside it.
static constexpr int64_t taskElements = 4096;
// Tasks that make sums over rows of their own: enough for many threads, few enough that adding them up counts for little.
static constexpr int64_t mostPartialSums = 32;

bool RowGroup::isPassive(Operation *op) {
  return isa<memref::AllocOp>(op) || (isMemoryEffectFree(op) && op->getNumRegions() == 0);
}

static bool isOnMemory(linalg::LinalgOp op) { return op.hasPureBufferSemantics() && !op.hasDynamicShape(); }

int64_t RowGroup::findRows(Operation *first) {
  for (Operation *op = first; op; op = op->getNextNode()) {
    auto candidate = dyn_cast<linalg::LinalgOp>(op);
    if (!candidate && !isPassive(op))
      return 0;
    if (!candidate || !isOnMemory(candidate) || candidate.getNumLoops() < 2 || candidate.getNumReductionLoops() == 0)
      continue;
    SmallVector<int64_t> sizes = candidate.getStaticLoopRanges();
    return ShapedType::getNumElements(ArrayRef(sizes).drop_back());
  }
  return 0;
}

// Reshapes keep the order of elements.
static Value withoutReshapes(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<memref::ExpandShapeOp, memref::CollapseShapeOp, memref::CastOp>(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

// The buffer that a value is a view of, where its memory is surely its own; null otherwise.
static Value rootOf(Value value) {
  value = withoutReshapes(value);
  while (auto part = value.getDefiningOp<memref::SubViewOp>())
    value = withoutReshapes(part.getSource());
  if (value.getDefiningOp<memref::AllocOp>())
    return value;
  auto argument = dyn_cast<BlockArgument>(value);
  return argument && isa<func::FuncOp>(argument.getOwner()->getParentOp()) ? value : Value();
}

// Elements of a row, where the operand is indexed by the rows first and lies in one piece; 0 otherwise.
static int64_t elementsPerRow(MemRefType type, AffineMap map, unsigned rowLoops) {
  if (map.getNumResults() < rowLoops || !type.areTrailingDimsContiguous(type.getRank()))
    return 0;
  for (unsigned loop = 0; loop < rowLoops; ++loop)
    if (map.getResult(loop) != getAffineDimExpr(loop, map.getContext()))
      return 0;
  return ShapedType::getNumElements(type.getShape().drop_front(rowLoops));
}

SmallVector<RowGroup::Access> RowGroup::accessesOf(linalg::LinalgOp op, unsigned rowLoops) {
  SmallVector<Access> result;
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    if (!type)
      continue;
    Value base = withoutReshapes(operand.get());
    int64_t perRow = elementsPerRow(type, op.getMatchingIndexingMap(&operand), rowLoops);
    result.push_back({rootOf(operand.get()), base, perRow, op.isDpsInit(&operand)});
  }
  return result;
}

// Where one writes what the other touches, both do it in the same row.
bool RowGroup::agrees(ArrayRef<Access> others) const {
  for (const Access &other : others)
    for (const Access &own : accesses) {
      if ((!own.writes && !other.writes) || (own.root && other.root && own.root != other.root))
        continue;
      if (!own.root || !other.root || own.base != other.base || own.perRow != other.perRow || own.perRow == 0)
        return false;
    }
  return true;
}

bool RowGroup::isIndependent(linalg::LinalgOp op) const {
  // No access of unknown rows agrees with one of the same memory.
  SmallVector<Access> others = accessesOf(op, 0);
  for (Access &other : others)
    other.perRow = 0;
  return agrees(others);
}

bool RowGroup::take(linalg::LinalgOp op) {
  if (!isOnMemory(op) || op.getNumLoops() == 0)
    return false;
  OpBuilder builder(op);
  Emitter emit(builder, op.getLoc());
  LinalgVectorizer vectorizer(emit, op, machine, /*keepRows=*/true);
  RowForm form = vectorizer.rowForm(rows);
  if (form == RowForm::None)
    return false;
  bool hasColumns = form != RowForm::OnePerRow;
  int64_t elements = rowElements + (hasColumns ? vectorizer.rowElements() : 0);
  if (elements * int64_t(sizeof(float)) > int64_t(machine.l2Bytes / 2))
    return false;
  SmallVector<Access> others = accessesOf(op, op.getNumLoops() - hasColumns);
  bool isKnown = llvm::all_of(others, [](const Access &access) { return access.root != nullptr; });
  if (!isKnown || !agrees(others))
    return false;
  members.push_back(op);
  forms.push_back(form);
  accesses.append(others);
  rowElements = elements;
  if (hasColumns)
    longest = std::max(longest, op.getStaticLoopRanges().back());
  return true;
}

bool RowGroup::isWorthSharing() const {
  return members.size() > 1 && llvm::any_of(forms, [](RowForm form) { return form != RowForm::OnePerRow; });
}

int64_t RowGroup::rowsPerTask() const {
  int64_t few = std::clamp<int64_t>(taskElements / longest, 1, rows);
  bool sumsRows = llvm::is_contained(forms, RowForm::ColumnReduction);
  return sumsRows ? std::max<int64_t>(few, llvm::divideCeil(rows, mostPartialSums)) : few;
}

void RowGroup::emitLoops() {
  SmallVector<Location> locations = llvm::map_to_vector(members, [](linalg::LinalgOp op) { return op.getLoc(); });
  OpBuilder builder(members.back());
  Location all = builder.getFusedLoc(locations);
  Emitter emit(builder, all);
  SmallVector<std::unique_ptr<LinalgVectorizer>> parts;
  for (linalg::LinalgOp op : members)
    parts.push_back(std::make_unique<LinalgVectorizer>(emit, op, machine, /*keepRows=*/true));
  auto forEach = [&](function_ref<void(LinalgVectorizer &, RowForm)> body) {
    for (auto [part, form, location] : llvm::zip_equal(parts, forms, locations)) {
      emit.loc = location;
      body(*part, form);
    }
    emit.loc = all;
  };
  int64_t chunk = rowsPerTask(), tasks = llvm::divideCeil(rows, chunk);
  forEach([&](LinalgVectorizer &part, RowForm form) { part.prepareRows(form, tasks); });
  emit.forall({tasks}, [&](ValueRange task) {
    Value low = emit.mul(task[0], chunk), high = emit.min(emit.add(low, chunk), emit.index(rows));
    forEach([&](LinalgVectorizer &part, RowForm) { part.beginTask(task[0]); });
    emit.loop(low, high, 1, [&](Value row) {
      forEach([&](LinalgVectorizer &part, RowForm) { part.emitRow(row, task[0]); });
    });
  });
  // Where all of them are: what the sums cost is counted with the loop that they belong to.
  for (const std::unique_ptr<LinalgVectorizer> &part : parts)
    part->finishRows(tasks);
}
