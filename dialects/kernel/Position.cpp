// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tern_kernel.rotation: builder, verify, cost.

#include "dialects/kernel/KernelUtils.h"

using namespace mlir;
using namespace tern::kernel;

void RotationOp::build(OpBuilder &builder, OperationState &state, Value input, Value table, Value out, int64_t heads,
                       int64_t turning, bool interleaved, bool inverse) {
  state.addOperands({input, table, out});
  state.addTypes(resultTypes(out));
  auto &properties = state.getOrAddProperties<Properties>();
  properties.heads = builder.getI64IntegerAttr(heads);
  properties.turning = builder.getI64IntegerAttr(turning);
  properties.interleaved = interleaved ? builder.getUnitAttr() : nullptr;
  properties.inverse = inverse ? builder.getUnitAttr() : nullptr;
}

int64_t RotationOp::getBatch() { return dim(getInput(), 0); }
int64_t RotationOp::getTokens() { return dim(getInput(), 1); }
int64_t RotationOp::getHeadSize() { return dim(getInput(), 2) / int64_t(getHeads()); }
int64_t RotationOp::getRotaryCount() { return shaped(getTable()).getShape().back(); }

static LogicalResult verifyTable(RotationOp op) {
  Value table = op.getTable();
  int64_t rank = shaped(table).getRank();
  if (rank != 2 && rank != 3)
    return op.emitOpError() << "the table has rank " << rank << ", expected 2 or 3";
  if (failed(verifySame(op, "tokens of the table", dim(table, rank - 2), "those of x", op.getTokens())))
    return failure();
  return rank == 2 ? success() : verifySame(op, "the batch of the table", dim(table, 0), "that of x", op.getBatch());
}

static LogicalResult verifyHeads(RotationOp op) {
  int64_t heads = op.getHeads(), turning = op.getTurning(), channels = dim(op.getInput(), 2);
  if (heads < 1 || channels % heads)
    return op.emitOpError() << "channels of x is " << channels << ", which is not a multiple of heads, " << heads;
  if (turning < 0 || turning > heads)
    return op.emitOpError() << "turns " << turning << " of " << heads << " heads";
  int64_t count = op.getRotaryCount();
  if (count % 2 || count > op.getHeadSize())
    return op.emitOpError() << "columns of the table is " << count << ", expected an even number up to the head size, "
                            << op.getHeadSize();
  return success();
}

LogicalResult RotationOp::verify() {
  if (failed(verifyOutCount(*this, getOuts(), 1)))
    return failure();
  Value out = getOuts()[0];
  for (auto [name, value] : {std::pair("x", getInput()), std::pair("the table", getTable()), std::pair("the out", out)}) {
    if (failed(verifyFloat(*this, value, name)))
      return failure();
    if (shaped(value).getElementType() != shaped(out).getElementType())
      return emitOpError() << name << " has elements of type " << shaped(value).getElementType() << ", but the out of type "
                           << shaped(out).getElementType();
  }
  if (failed(verifyRank(*this, getInput(), "x", 3)) || failed(verifyRank(*this, out, "the out", 3)))
    return failure();
  for (unsigned i = 0; i < 3; ++i)
    if (failed(verifySame(*this, "dimension " + Twine(i) + " of the out", dim(out, i), "that of x", dim(getInput(), i))))
      return failure();
  return failure(failed(verifyTable(*this)) || failed(verifyHeads(*this)));
}

// Four products and two sums per pair.
uint64_t RotationOp::getFlops() { return product({3, getBatch(), getTokens(), int64_t(getTurning()), getRotaryCount()}); }

void RotationOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, false, effects);
}
