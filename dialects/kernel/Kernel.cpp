// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tern_kernel dialect and its row kernels: gather, scatter_add, cross_entropy, cross_entropy_grad. Per op: builder,
// verify, cost.

#include "dialects/kernel/KernelUtils.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace tern::kernel;

#include "dialects/kernel/Dialect.cpp.inc"
#include "dialects/kernel/Enums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/kernel/Attrs.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/kernel/Kernel.cpp.inc"

void KernelDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/kernel/Attrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/kernel/Kernel.cpp.inc"
      >();
  declarePromisedInterfaces<bufferization::BufferizableOpInterface, ContractOp, PackOp, QuantizeOp, DequantizeOp,
                            InterleaveOp, DeinterleaveOp, AttentionOp, AttentionGradOp, RotationOp, GatherOp,
                            ScatterAddOp, WriteRowsOp, CrossEntropyOp, CrossEntropyGradOp>();
}

static void addOperandsAndResults(OperationState &state, ValueRange inputs, ValueRange outs) {
  state.addOperands(inputs);
  state.addOperands(outs);
  state.addTypes(resultTypes(outs));
}

//===----------------------------------------------------------------------===//
// gather
//===----------------------------------------------------------------------===//

void GatherOp::build(OpBuilder &builder, OperationState &state, Value table, Value indices, Value out) {
  addOperandsAndResults(state, {table, indices}, out);
}

// Checks the table (V, C), the indices (N) and the rows (N, C) that gather reads and scatter_add writes.
static LogicalResult verifyTable(Operation *op, Value table, Value indices, Value rows) {
  if (failed(verifyRank(op, table, "the table", 2)) || failed(verifyIndices(op, indices, "indices")) ||
      failed(verifyRank(op, rows, "rows", 2)))
    return failure();
  if (shaped(table).getElementType() != shaped(rows).getElementType())
    return op->emitOpError() << "the table has elements of type " << shaped(table).getElementType() << ", but rows of type "
                             << shaped(rows).getElementType();
  if (failed(verifySame(op, "the number of indices", dim(indices, 0), "the number of rows", dim(rows, 0))))
    return failure();
  return verifySame(op, "columns of the table", dim(table, 1), "columns of rows", dim(rows, 1));
}

LogicalResult GatherOp::verify() {
  if (failed(verifyOutCount(*this, getOuts(), 1)))
    return failure();
  return verifyTable(*this, getTable(), getIndices(), getOuts()[0]);
}

uint64_t GatherOp::getFlops() { return 0; }

void GatherOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, false, effects);
}

//===----------------------------------------------------------------------===//
// scatter_add
//===----------------------------------------------------------------------===//

void ScatterAddOp::build(OpBuilder &builder, OperationState &state, Value rows, Value indices, Value out) {
  addOperandsAndResults(state, {rows, indices}, out);
}

LogicalResult ScatterAddOp::verify() {
  if (failed(verifyOutCount(*this, getOuts(), 1)) || failed(verifyFloat(*this, getRows(), "rows")))
    return failure();
  return verifyTable(*this, getOuts()[0], getIndices(), getRows());
}

uint64_t ScatterAddOp::getFlops() { return product({dim(getRows(), 0), dim(getRows(), 1)}); }

void ScatterAddOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, true, effects);
}

//===----------------------------------------------------------------------===//
// write_rows
//===----------------------------------------------------------------------===//

void WriteRowsOp::build(OpBuilder &builder, OperationState &state, Value rows, Value position, Value count, Value out) {
  addOperandsAndResults(state, {rows, position, count}, out);
}

LogicalResult WriteRowsOp::verify() {
  if (failed(verifyOutCount(*this, getOuts(), 1)) || failed(verifyRank(*this, getRows(), "rows", 3)) ||
      failed(verifyRank(*this, getOuts()[0], "the out", 3)) || failed(verifyIndices(*this, getPosition(), "position")) ||
      failed(verifyIndices(*this, getCount(), "count")))
    return failure();
  Value out = getOuts()[0];
  if (shaped(getRows()).getElementType() != shaped(out).getElementType())
    return emitOpError() << "rows have elements of type " << shaped(getRows()).getElementType() << ", but the out of type "
                         << shaped(out).getElementType();
  if (failed(verifySame(*this, "the batch of rows", dim(getRows(), 0), "that of the out", dim(out, 0))) ||
      failed(verifySame(*this, "channels of rows", dim(getRows(), 2), "channels of the out", dim(out, 2))) ||
      failed(verifySame(*this, "the number of positions", dim(getPosition(), 0), "the batch of rows", dim(getRows(), 0))))
    return failure();
  return verifySame(*this, "the number of counts", dim(getCount(), 0), "the batch of rows", dim(getRows(), 0));
}

uint64_t WriteRowsOp::getFlops() { return 0; }

// What is not overwritten stays: the out is read as far as the analysis of tensors goes, but no element of it moves.
void WriteRowsOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, /*readsOuts=*/false, effects);
}

//===----------------------------------------------------------------------===//
// cross_entropy
//===----------------------------------------------------------------------===//

void CrossEntropyOp::build(OpBuilder &builder, OperationState &state, Value logits, Value targets, Value rowLoss,
                           Value rowLse, int64_t ignoreIndex) {
  addOperandsAndResults(state, {logits, targets}, {rowLoss, rowLse});
  state.getOrAddProperties<Properties>().ignore_index = builder.getI64IntegerAttr(ignoreIndex);
}

// Checks logits (N, V) against the targets (N) and one per-row value (N).
static LogicalResult verifyLogits(Operation *op, Value logits, Value targets, Value perRow, StringRef name) {
  if (failed(verifyRank(op, logits, "logits", 2)) || failed(verifyFloat(op, logits, "logits")) ||
      failed(verifyIndices(op, targets, "targets")) || failed(verifyRank(op, perRow, name, 1)))
    return failure();
  if (shaped(perRow).getElementType() != shaped(logits).getElementType())
    return op->emitOpError() << name << " has elements of type " << shaped(perRow).getElementType()
                             << ", but logits of type " << shaped(logits).getElementType();
  if (failed(verifySame(op, "rows of logits", dim(logits, 0), "the number of targets", dim(targets, 0))))
    return failure();
  return verifySame(op, "rows of logits", dim(logits, 0), "the size of " + name, dim(perRow, 0));
}

LogicalResult CrossEntropyOp::verify() {
  if (failed(verifyOutCount(*this, getOuts(), 2)) ||
      failed(verifyLogits(*this, getLogits(), getTargets(), getOuts()[0], "row_loss")))
    return failure();
  return verifyLogits(*this, getLogits(), getTargets(), getOuts()[1], "row_lse");
}

// A subtraction, an exponential and an addition per element.
uint64_t CrossEntropyOp::getFlops() { return product({3, dim(getLogits(), 0), dim(getLogits(), 1)}); }

void CrossEntropyOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, false, effects);
}

//===----------------------------------------------------------------------===//
// cross_entropy_grad
//===----------------------------------------------------------------------===//

void CrossEntropyGradOp::build(OpBuilder &builder, OperationState &state, Value targets, Value rowLse, Value scale,
                               Value logits, Value out, int64_t ignoreIndex) {
  SmallVector<Value> inputs = {targets, rowLse, scale};
  if (logits)
    inputs.push_back(logits);
  addOperandsAndResults(state, inputs, out);
  Properties &properties = state.getOrAddProperties<Properties>();
  properties.operandSegmentSizes = {1, 1, 1, logits ? 1 : 0, 1};
  properties.ignore_index = builder.getI64IntegerAttr(ignoreIndex);
}

LogicalResult CrossEntropyGradOp::verify() {
  if (failed(verifyOutCount(*this, getOuts(), 1)))
    return failure();
  Value logits = logitsOrOut(), out = getOuts()[0];
  if (failed(verifyLogits(*this, logits, getTargets(), getRowLse(), "row_lse")))
    return failure();
  Type element = shaped(logits).getElementType(), written = shaped(out).getElementType();
  if (shaped(getScale()).getElementType() != element)
    return emitOpError() << "scale is " << shaped(getScale()).getElementType() << ", but logits have elements of type " << element;
  if (written != element && !(written.isBF16() && element.isF32()))
    return emitOpError() << "out has elements of type " << written << ", but logits of type " << element;
  if (failed(verifySame(*this, "rows of logits", dim(logits, 0), "rows of the out", dim(out, 0))))
    return failure();
  return verifySame(*this, "columns of logits", dim(logits, 1), "columns of the out", dim(out, 1));
}

// A subtraction, an exponential and a multiplication per element.
uint64_t CrossEntropyGradOp::getFlops() { return product({3, dim(getOuts()[0], 0), dim(getOuts()[0], 1)}); }

void CrossEntropyGradOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, /*readsOuts=*/!getLogits(), effects);
}
