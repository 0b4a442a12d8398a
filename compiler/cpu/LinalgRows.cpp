// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The row form of a linalg op: what it does with one row, inside of loops that several ops share.

#include "compiler/cpu/LinalgVectorizer.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tern::cpu;

using RowForm = LinalgVectorizer::RowForm;

// Loops over rows come first; what follows is the loop along a row, if there is one.
RowForm LinalgVectorizer::rowForm(int64_t rows) const {
  if (!reason.empty())
    return RowForm::None;
  int64_t all = ShapedType::getNumElements(sizes), along = sizes.back();
  auto isParallel = [](utils::IteratorType type) { return type == utils::IteratorType::parallel; };
  auto isSum = [](utils::IteratorType type) { return type == utils::IteratorType::reduction; };
  bool onlyParallel = llvm::all_of(iterators, isParallel);
  if (all == rows && onlyParallel)
    return RowForm::OnePerRow;
  // A row must fill vectors, or lanes would be wasted that other forms use.
  if (along == 0 || all / along != rows || vectorLoop + 1 != sizes.size() || along < 2 * lanes)
    return RowForm::None;
  if (onlyParallel)
    return RowForm::Elementwise;
  auto outer = ArrayRef(iterators).drop_back();
  if (isReduction(vectorLoop) && llvm::all_of(outer, isParallel))
    return RowForm::RowReduction;
  bool sumsRows = !isReduction(vectorLoop) && llvm::all_of(outer, isSum);
  bool canCarry = combiners.size() == body.getTerminator()->getNumOperands();
  return sumsRows && canCarry ? RowForm::ColumnReduction : RowForm::None;
}

int64_t LinalgVectorizer::rowElements() const {
  return sizes.back() * llvm::count_if(operands, [&](const Operand &operand) { return operand.stride(sizes.size() - 1) != 0; });
}

void LinalgVectorizer::prepareRows(RowForm how, int64_t tasks) {
  form = how;
  if (form != RowForm::ColumnReduction)
    return;
  for (const Operand &out : ArrayRef(operands).drop_front(op.getNumDpsInputs())) {
    auto type = MemRefType::get({tasks, sizes.back()}, memrefType(out.value).getElementType());
    partials.push_back(memref::AllocOp::create(emit.b, emit.loc, type, ValueRange(), emit.b.getI64IntegerAttr(64)));
  }
}

// Every vector of a row; the last one is masked where it is not full.
void LinalgVectorizer::forEachVector(function_ref<void(Value, Value)> body) {
  int64_t columns = sizes[vectorLoop], whole = columns / lanes * lanes;
  emit.loop(emit.index(0), emit.index(whole), lanes, [&](Value column) { body(column, nullptr); });
  if (whole != columns)
    body(emit.index(whole), maskOf(emit, lanes, emit.index(columns - whole)));
}

void LinalgVectorizer::beginTask(Value task) {
  if (form != RowForm::ColumnReduction)
    return;
  forEachVector([&](Value column, Value mask) {
    for (auto [combiner, partial] : llvm::zip_equal(combiners, partials)) {
      auto type = VectorType::get({lanes}, combiner.neutral.getType());
      Value neutral = arith::ConstantOp::create(emit.b, emit.loc, DenseElementsAttr::get(type, Attribute(combiner.neutral)));
      storeVector(emit, neutral, partial, {task, column}, mask);
    }
  });
}

void LinalgVectorizer::addRowToColumns(SmallVector<Value> &ivs, Value task) {
  forEachVector([&](Value column, Value mask) {
    ivs[vectorLoop] = column;
    SmallVector<Value> sums;
    for (Value partial : partials)
      sums.push_back(
          loadVector(emit, VectorType::get({lanes}, memrefType(partial).getElementType()), partial, {task, column}, mask));
    for (auto [sum, partial] : llvm::zip_equal(runBody(ivs, mask, sums), partials))
      storeVector(emit, sum, partial, {task, column}, mask);
  });
}

void LinalgVectorizer::emitRow(Value row, Value task) {
  unsigned along = form == RowForm::OnePerRow ? 0 : 1;
  SmallVector<unsigned> loops = llvm::to_vector(llvm::seq<unsigned>(0, sizes.size() - along));
  SmallVector<Value> ivs = delinearize(row, loops);
  switch (form) {
  case RowForm::OnePerRow:
    return scalarStep(ivs);
  case RowForm::Elementwise:
    return runRow(ivs, emit.index(0), emit.index(sizes.back()), [](function_ref<void()> rest) { rest(); });
  case RowForm::RowReduction:
    return reduceOneRow(ivs, rowUnroll());
  case RowForm::ColumnReduction:
    return addRowToColumns(ivs, task);
  case RowForm::None:
    llvm_unreachable("an op without a row form is not prepared");
  }
}

// out = out + the partial sums in the order of tasks.
void LinalgVectorizer::finishRows(int64_t tasks) {
  if (form != RowForm::ColumnReduction)
    return;
  int64_t columns = sizes[vectorLoop];
  emit.forall({int64_t(llvm::divideCeil(columns, lanes))}, [&](ValueRange block) {
    Value column = emit.mul(block[0], lanes);
    Value mask = columns % lanes ? maskOf(emit, lanes, emit.sub(emit.index(columns), column)) : Value();
    for (auto [number, combiner] : llvm::enumerate(combiners)) {
      const Operand &out = operands[op.getNumDpsInputs() + number];
      auto type = VectorType::get({lanes}, memrefType(out.value).getElementType());
      Value sum = loadVector(emit, type, out.value, column, mask);
      sum = emit.reduce(emit.index(0), emit.index(tasks), 1, sum, [&](Value task, Value sum) {
        return combineWith(combiner, sum, loadVector(emit, type, partials[number], {task, column}, mask));
      });
      storeVector(emit, sum, out.value, column, mask);
    }
  });
}
