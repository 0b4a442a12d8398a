// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loops of one linalg op: elementwise, reductions over outer dimensions, reductions along vectors, scalar.

#include "compiler/cpu/LinalgVectorizer.h"
#include "compiler/cpu/VectorBody.h"

#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tern::cpu;

// Elements of one chunk: enough that a barrier is small beside it, few enough that threads share evenly.
static constexpr int64_t chunkElements = 4096;

void LinalgVectorizer::emitLoops() {
  if (!reason.empty())
    return emitScalar();
  if (isReduction(vectorLoop))
    return emitRowReduction();
  if (sumsAcross())
    return emitColumnReduction();
  emitElementwise();
}

std::string LinalgVectorizer::describe() const {
  StringRef form = isReduction(vectorLoop) ? "reduces along vectors of " : sumsAcross() ? "reduces across vectors of " : "vectors of ";
  return (form + Twine(lanes)).str();
}

//===-- elements -----------------------------------------------------------------------------------------------------===//

SmallVector<Value> LinalgVectorizer::indicesOf(const Operand &operand, ValueRange ivs) const {
  return llvm::map_to_vector(operand.map.getResults(), [&](AffineExpr expression) -> Value {
    if (auto loop = dyn_cast<AffineDimExpr>(expression))
      return ivs[loop.getPosition()];
    return affine::expandAffineExpr(emit.b, emit.loc, expression, ivs.take_front(operand.map.getNumDims()), {});
  });
}

Value LinalgVectorizer::loadScalar(const Operand &operand, ValueRange ivs) {
  return operand.isMemref ? emit.load(operand.value, indicesOf(operand, ivs)) : operand.value;
}

Value LinalgVectorizer::loadLanes(const Operand &operand, ValueRange ivs, Value mask) {
  if (!operand.stride(vectorLoop))
    return loadScalar(operand, ivs);
  if (!isContiguous(operand, vectorLoop))
    return gatherLanes(operand, ivs);
  auto type = VectorType::get({lanes}, memrefType(operand.value).getElementType());
  return loadVector(emit, type, operand.value, indicesOf(operand, ivs), mask);
}

// Elements one by one; lanes beyond the end repeat the last element.
Value LinalgVectorizer::gatherLanes(const Operand &operand, ValueRange ivs) {
  SmallVector<Value> at(ivs.begin(), ivs.end()), elements;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    at[vectorLoop] = emit.add(ivs[vectorLoop], lane);
    if (sizes[vectorLoop] % lanes)
      at[vectorLoop] = emit.min(at[vectorLoop], emit.index(sizes[vectorLoop] - 1));
    elements.push_back(loadScalar(operand, at));
  }
  auto type = VectorType::get({lanes}, elements[0].getType());
  return vector::FromElementsOp::create(emit.b, emit.loc, type, elements);
}

SmallVector<Value> LinalgVectorizer::runBody(ValueRange ivs, Value mask, ValueRange outs) {
  SmallVector<Value> arguments;
  for (auto [operand, argument] : llvm::zip_equal(operands, body.getArguments())) {
    if (operand.isOut && !outs.empty())
      break;
    // An argument without uses stands for memory that nobody has to read.
    arguments.push_back(argument.use_empty() ? emit.real(emit.b.getF32Type(), 0) : loadLanes(operand, ivs, mask));
  }
  llvm::append_range(arguments, outs);
  auto position = [&](Operation *inner) -> Value {
    auto index = dyn_cast<linalg::IndexOp>(inner);
    if (!index || index.getDim() != vectorLoop)
      return index ? ivs[index.getDim()] : Value();
    auto type = VectorType::get({lanes}, emit.b.getIndexType());
    SmallVector<APInt> steps;
    for (int64_t lane = 0; lane < lanes; ++lane)
      steps.emplace_back(64, lane);
    Value step = arith::ConstantOp::create(emit.b, emit.loc, DenseElementsAttr::get(type, steps));
    return arith::AddIOp::create(emit.b, emit.loc, spread(emit, ivs[vectorLoop], lanes), step);
  };
  return cloneVectorBody(emit, body, arguments, lanes, position);
}

void LinalgVectorizer::elementStep(ValueRange ivs, Value mask) {
  SmallVector<Value> results = runBody(ivs, mask, {});
  unsigned inputs = op.getNumDpsInputs();
  for (auto [number, result] : llvm::enumerate(results)) {
    Operand &out = operands[inputs + number];
    storeVector(emit, result, out.value, indicesOf(out, ivs), mask);
  }
}

void LinalgVectorizer::scalarStep(ValueRange ivs) {
  SmallVector<Value> arguments;
  for (const Operand &operand : operands)
    arguments.push_back(loadScalar(operand, ivs));
  IRMapping mapping;
  mapping.map(body.getArguments(), arguments);
  for (Operation &inner : body.without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner))
      mapping.map(index.getResult(), ivs[index.getDim()]);
    else
      emit.b.clone(inner, mapping);
  }
  unsigned inputs = op.getNumDpsInputs();
  for (auto [number, value] : llvm::enumerate(body.getTerminator()->getOperands())) {
    Operand &out = operands[inputs + number];
    emit.store(mapping.lookupOrDefault(value), out.value, indicesOf(out, ivs));
  }
}

//===-- loops --------------------------------------------------------------------------------------------------------===//

void LinalgVectorizer::shareRows(int64_t rowCost, int skip, function_ref<void(SmallVector<Value> &)> row) {
  SmallVector<unsigned> loops;
  int64_t rows = 1;
  for (unsigned loop = 0; loop < sizes.size(); ++loop) {
    if (int(loop) == skip || isReduction(loop))
      continue;
    loops.push_back(loop);
    rows *= sizes[loop];
  }
  int64_t chunk = std::clamp<int64_t>(chunkElements / std::max<int64_t>(rowCost, 1), 1, rows);
  emit.forall({int64_t(llvm::divideCeil(rows, chunk))}, [&](ValueRange at) {
    Value low = emit.mul(at[0], chunk), high = emit.add(low, chunk);
    if (rows % chunk)
      high = emit.min(high, emit.index(rows));
    emit.loop(low, high, 1, [&](Value linear) {
      SmallVector<Value> ivs = delinearize(linear, loops);
      row(ivs);
    });
  });
}

// The iteration variables of `loops` at a linear position; those of other loops stay empty.
SmallVector<Value> LinalgVectorizer::delinearize(Value linear, ArrayRef<unsigned> loops) const {
  SmallVector<Value> ivs(sizes.size());
  for (unsigned loop : llvm::reverse(loops)) {
    bool outermost = loop == loops.front();
    ivs[loop] = outermost ? linear : emit.rem(linear, emit.index(sizes[loop]));
    linear = outermost ? linear : emit.div(linear, emit.index(sizes[loop]));
  }
  return ivs;
}

// [low, high) of one row. What the vectors leave over is done where `atEnd` says that the row ends.
void LinalgVectorizer::runRow(SmallVector<Value> &ivs, Value low, Value high,
                              function_ref<void(function_ref<void()>)> atEnd) {
  int64_t columns = sizes[vectorLoop], wholeColumns = columns / lanes * lanes;
  emit.loop(low, emit.min(high, emit.index(wholeColumns)), lanes, [&](Value column) {
    ivs[vectorLoop] = column;
    elementStep(ivs, nullptr);
  });
  if (columns == wholeColumns)
    return;
  atEnd([&] {
    ivs[vectorLoop] = emit.index(wholeColumns);
    elementStep(ivs, maskOf(emit, lanes, emit.index(columns - wholeColumns)));
  });
}

// Columns are cut too where rows are long, so that a single long row is shared.
void LinalgVectorizer::emitElementwise() {
  int64_t columns = sizes[vectorLoop];
  int64_t span = std::min<int64_t>(columns, llvm::alignTo(chunkElements, lanes));
  int64_t spans = llvm::divideCeil(columns, span);
  auto runSpan = [&](SmallVector<Value> &ivs, Value low, Value high) {
    runRow(ivs, low, high, [&](function_ref<void()> rest) {
      spans == 1 ? rest() : emit.when(emit.equal(high, emit.index(columns)), rest);
    });
  };
  if (spans == 1)
    return shareRows(columns, vectorLoop, [&](SmallVector<Value> &ivs) { runSpan(ivs, emit.index(0), emit.index(columns)); });
  // Spans are one more parallel loop, the innermost.
  sizes.push_back(spans);
  iterators.push_back(utils::IteratorType::parallel);
  shareRows(span, vectorLoop, [&](SmallVector<Value> &ivs) {
    Value low = emit.mul(ivs.back(), span);
    runSpan(ivs, low, emit.min(emit.add(low, span), emit.index(columns)));
  });
}

SmallVector<int64_t> LinalgVectorizer::reductionSizes(int skip) const {
  SmallVector<int64_t> result;
  for (unsigned loop = 0; loop < sizes.size(); ++loop)
    if (isReduction(loop) && int(loop) != skip)
      result.push_back(sizes[loop]);
  return result;
}

void LinalgVectorizer::setReductionIvs(SmallVector<Value> &ivs, ValueRange values, int skip) const {
  for (unsigned loop = 0, next = 0; loop < iterators.size(); ++loop)
    if (isReduction(loop) && int(loop) != skip)
      ivs[loop] = values[next++];
}

// A few vectors of neighbouring columns stay in registers while the rows pass.
void LinalgVectorizer::emitColumnReduction() {
  constexpr int64_t unroll = 4;
  int64_t columns = sizes[vectorLoop], blocks = llvm::divideCeil(columns, lanes * unroll);
  unsigned inputs = op.getNumDpsInputs(), outs = operands.size() - inputs;
  auto runColumns = [&](SmallVector<Value> ivs, Value first, int64_t count, Value mask) {
    auto at = [&](int64_t j) {
      SmallVector<Value> position = ivs;
      position[vectorLoop] = emit.add(first, j * lanes);
      return position;
    };
    SmallVector<Value> sums;
    for (int64_t j = 0; j < count; ++j)
      for (unsigned number = 0; number < outs; ++number)
        sums.push_back(loadLanes(operands[inputs + number], at(j), mask));
    sums = emit.nest(reductionSizes(-1), sums, [&](ValueRange reduced, ValueRange carried) {
      setReductionIvs(ivs, reduced, -1);
      SmallVector<Value> next;
      for (int64_t j = 0; j < count; ++j)
        llvm::append_range(next, runBody(at(j), mask, carried.slice(j * outs, outs)));
      return next;
    });
    for (auto [number, sum] : llvm::enumerate(sums))
      storeVector(emit, sum, operands[inputs + number % outs].value,
                  indicesOf(operands[inputs + number % outs], at(number / outs)), mask);
  };
  int64_t rowCost = ShapedType::getNumElements(reductionSizes(-1)) * lanes * unroll;
  sizes.push_back(blocks);
  iterators.push_back(utils::IteratorType::parallel);
  shareRows(rowCost, vectorLoop, [&](SmallVector<Value> &ivs) {
    Value first = emit.mul(ivs.back(), lanes * unroll), end = emit.add(first, lanes * unroll);
    auto whole = [&] { runColumns(ivs, first, unroll, nullptr); };
    if (columns % (lanes * unroll) == 0)
      return whole();
    emit.when(emit.less(emit.index(columns), end), [&] {
      emit.loop(first, emit.index(columns), lanes, [&](Value column) {
        runColumns(ivs, column, 1, maskOf(emit, lanes, emit.sub(emit.index(columns), column)));
      });
    }, whole);
  });
}

Value LinalgVectorizer::combineWith(const Combiner &combiner, Value sum, Value term) {
  OperationState state(emit.loc, combiner.combine->getName());
  state.addOperands(combiner.sum == 0 ? ValueRange{sum, term} : ValueRange{term, sum});
  state.addTypes(sum.getType());
  state.propertiesAttr = combiner.combine->getPropertiesAsAttribute();
  return emit.b.create(state)->getResult(0);
}

// `unroll` groups of sums over [low, high) of the vector loop; group u takes every unroll-th vector.
SmallVector<Value> LinalgVectorizer::reduceSpan(SmallVector<Value> ivs, Value low, Value high, int64_t unroll,
                                                ValueRange sums) {
  unsigned outs = combiners.size();
  return emit.loop(low, high, lanes * unroll, sums, [&](Value column, ValueRange carried) {
    SmallVector<Value> next;
    for (int64_t u = 0; u < unroll; ++u) {
      ivs[vectorLoop] = emit.add(column, u * lanes);
      llvm::append_range(next, runBody(ivs, nullptr, carried.slice(u * outs, outs)));
    }
    return next;
  });
}

// The sums of one row, as `unroll` groups of vectors.
SmallVector<Value> LinalgVectorizer::reduceRow(SmallVector<Value> &ivs, int64_t unroll) {
  unsigned outs = combiners.size();
  int64_t columns = sizes[vectorLoop], step = lanes * unroll;
  int64_t wide = columns / step * step, whole = columns / lanes * lanes;
  SmallVector<Value> neutral;
  for (int64_t u = 0; u < unroll; ++u)
    for (const Combiner &combiner : combiners) {
      Value scalar = arith::ConstantOp::create(emit.b, emit.loc, combiner.neutral);
      neutral.push_back(spread(emit, scalar, lanes));
    }
  return emit.nest(reductionSizes(vectorLoop), neutral, [&](ValueRange reduced, ValueRange carried) {
    setReductionIvs(ivs, reduced, vectorLoop);
    SmallVector<Value> sums = reduceSpan(ivs, emit.index(0), emit.index(wide), unroll, carried);
    SmallVector<Value> first(sums.begin(), sums.begin() + outs);
    if (wide != whole)
      first = reduceSpan(ivs, emit.index(wide), emit.index(whole), 1, first);
    if (whole != columns) {
      Value mask = maskOf(emit, lanes, emit.index(columns - whole));
      ivs[vectorLoop] = emit.index(whole);
      for (auto [sum, next] : llvm::zip_equal(first, runBody(ivs, mask, first)))
        sum = arith::SelectOp::create(emit.b, emit.loc, mask, next, sum);
    }
    std::copy(first.begin(), first.end(), sums.begin());
    return sums;
  });
}

void LinalgVectorizer::reduceOneRow(SmallVector<Value> &ivs, int64_t unroll) {
  unsigned inputs = op.getNumDpsInputs(), outs = combiners.size();
  SmallVector<Value> groups = reduceRow(ivs, unroll);
  for (auto [number, combiner] : llvm::enumerate(combiners)) {
    Value sum = groups[number];
    for (int64_t u = 1; u < unroll; ++u)
      sum = combineWith(combiner, sum, groups[u * outs + number]);
    const Operand &out = operands[inputs + number];
    SmallVector<Value> at = indicesOf(out, ivs);
    Value folded = foldLanes(emit, sum, [&](Value low, Value high) { return combineWith(combiner, low, high); });
    emit.store(combineWith(combiner, emit.load(out.value, at), folded), out.value, at);
  }
}

int64_t LinalgVectorizer::rowUnroll() const { return std::clamp<int64_t>(sizes[vectorLoop] / lanes, 1, 4); }

void LinalgVectorizer::emitRowReduction() {
  int64_t rowCost = sizes[vectorLoop] * ShapedType::getNumElements(reductionSizes(vectorLoop));
  shareRows(rowCost, vectorLoop, [&](SmallVector<Value> &ivs) { reduceOneRow(ivs, rowUnroll()); });
}

void LinalgVectorizer::emitScalar() {
  int64_t rowCost = ShapedType::getNumElements(reductionSizes(-1));
  shareRows(rowCost, -1, [&](SmallVector<Value> &ivs) {
    emit.nest(reductionSizes(-1), [&](ValueRange reduced) {
      setReductionIvs(ivs, reduced, -1);
      scalarStep(ivs);
    });
  });
}
