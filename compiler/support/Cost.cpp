// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Counts of one op.

#include "compiler/support/Cost.h"

#include "dialects/tern/Tern.h"

using namespace mlir;

uint64_t tern::repeatsOf(Operation *op) {
  uint64_t repeats = 1;
  for (auto layers = op->getParentOfType<LayersOp>(); layers; layers = layers->getParentOfType<LayersOp>())
    repeats *= std::max<int64_t>(1, layers.getTripCount());
  return repeats;
}

static uint64_t elementsOf(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() ? tensor.getNumElements() : 0;
}

uint64_t tern::flopsOf(Operation *op) {
  if (auto costed = dyn_cast<Costed>(op))
    return costed.getFlops();
  if (!isa<Differentiable>(op) ||
      isa<LayersOp, ReshapeOp, TransposeOp, SplitOp, ConcatOp, SliceOp, BroadcastOp, EmbeddingOp>(op))
    return 0;
  uint64_t flops = 0;
  for (Type type : op->getResultTypes())
    if (isa<FloatType>(getElementTypeOrSelf(type)))
      flops += elementsOf(type);
  return flops;
}

uint64_t tern::bytesOf(TypeRange types) {
  uint64_t bytes = 0;
  for (Type type : types)
    if (uint64_t elements = elementsOf(type))
      bytes += elements * ((getElementTypeOrSelf(type).getIntOrFloatBitWidth() + 7) / 8);
  return bytes;
}

uint64_t tern::trafficOf(Operation *op) {
  if (op->getNumRegions() || op->hasTrait<OpTrait::IsTerminator>() || op->hasTrait<OpTrait::ConstantLike>() ||
      isa<ReshapeOp, ParamOp>(op))
    return 0;
  uint64_t results = bytesOf(op->getResultTypes());
  if (isa<EmbeddingOp, PositionEmbeddingOp, SliceOp>(op)) // as much of the table as the result has
    return results + std::min(results, bytesOf(op->getOperandTypes()));
  return results + bytesOf(op->getOperandTypes());
}
