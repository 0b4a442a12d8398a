// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the verifiers of the kernel ops share. Included by the .cpp files of this folder only.

#ifndef TERN_DIALECT_KERNEL_UTILS_H
#define TERN_DIALECT_KERNEL_UTILS_H

#include "dialects/kernel/Kernel.h"

namespace tern::kernel {
using namespace mlir;

inline ShapedType shaped(Value value) { return cast<ShapedType>(value.getType()); }

inline int64_t dim(Value value, unsigned index) { return shaped(value).getDimSize(index); }

inline bool isFloat(Value value) { return shaped(value).getElementType().isF32() || shaped(value).getElementType().isF64(); }

inline SmallVector<Type> resultTypes(ValueRange outs) {
  SmallVector<Type> types;
  for (Value out : outs)
    if (isa<RankedTensorType>(out.getType()))
      types.push_back(out.getType());
  return types;
}

inline LogicalResult verifyRank(Operation *op, Value value, StringRef name, int64_t rank) {
  if (shaped(value).getRank() == rank)
    return success();
  return op->emitOpError() << name << " has rank " << shaped(value).getRank() << ", expected " << rank;
}

inline LogicalResult verifyFloat(Operation *op, Value value, StringRef name) {
  if (isFloat(value))
    return success();
  return op->emitOpError() << name << " has elements of type " << shaped(value).getElementType() << ", expected f32 or f64";
}

inline LogicalResult verifySame(Operation *op, Twine what, int64_t first, Twine where, int64_t second) {
  if (first == second || ShapedType::isDynamic(first) || ShapedType::isDynamic(second))
    return success();
  return op->emitOpError() << what.str() << " is " << first << ", but " << where.str() << " is " << second;
}

inline LogicalResult verifyOutCount(Operation *op, ValueRange outs, size_t count) {
  if (outs.size() == count)
    return success();
  return op->emitOpError() << "has " << outs.size() << " outs, expected " << count;
}

inline LogicalResult verifyIndices(Operation *op, Value indices, StringRef name) {
  if (!shaped(indices).getElementType().isInteger(32))
    return op->emitOpError() << name << " has elements of type " << shaped(indices).getElementType() << ", expected i32";
  return verifyRank(op, indices, name, 1);
}

/// K can be cut into blocks.
LogicalResult verifyBlockDepth(Operation *op, int64_t depth);
/// Interleaved blocks of `rows` rows.
LogicalResult verifyInterleaved(Operation *op, Value blocks, StringRef name, int64_t rows, BlockFormat format);
/// `value` is a matrix (K, N) packed as `layout` says: a tensor of that encoding, or of the physical shape.
LogicalResult verifyPacked(Operation *op, Value value, StringRef name, PackedAttr layout, int64_t k, int64_t n);

inline uint64_t product(std::initializer_list<int64_t> sizes) {
  uint64_t result = 1;
  for (int64_t size : sizes) {
    if (ShapedType::isDynamic(size))
      return 0;
    result *= size;
  }
  return result;
}

inline void addEffects(DestinationStyleOpInterface op, bool readsOuts,
                       SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  auto *resource = SideEffects::DefaultResource::get();
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    bool out = op.isDpsInit(&operand);
    if (!out || readsOuts)
      effects.emplace_back(MemoryEffects::Read::get(), &operand, resource);
    if (out)
      effects.emplace_back(MemoryEffects::Write::get(), &operand, resource);
  }
}

} // namespace tern::kernel

#endif // TERN_DIALECT_KERNEL_UTILS_H
