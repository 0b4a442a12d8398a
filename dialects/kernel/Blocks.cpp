// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// tern_kernel.quantize, dequantize, interleave and deinterleave. Per op: builder, verify, cost.

#include "dialects/kernel/KernelUtils.h"

using namespace mlir;
using namespace tern::kernel;

int64_t tern::kernel::blockBytes(BlockFormat format) { return format == BlockFormat::q8_0 ? 34 : 18; }

static void buildBlocks(OperationState &state, BlockFormat format, Value source, Value out, OpBuilder &builder,
                        BlockFormatAttr &attribute) {
  state.addOperands({source, out});
  state.addTypes(resultTypes(out));
  attribute = BlockFormatAttr::get(builder.getContext(), format);
}

static LogicalResult verifyElements(Operation *op, Value value, StringRef name, Type type) {
  if (shaped(value).getElementType() == type)
    return success();
  return op->emitOpError() << name << " has elements of type " << shaped(value).getElementType() << ", expected " << type;
}

// Canonical blocks (N, K / 32, bytes).
static LogicalResult verifyCanonical(Operation *op, Value blocks, StringRef name, BlockFormat format) {
  if (failed(verifyRank(op, blocks, name, 3)) ||
      failed(verifyElements(op, blocks, name, IntegerType::get(op->getContext(), 8))))
    return failure();
  return verifySame(op, "the size of a block of " + name, dim(blocks, 2), stringifyBlockFormat(format), blockBytes(format));
}

static LogicalResult verifyConversion(Operation *op, Value matrix, StringRef name, Value blocks, StringRef blocksName,
                                      BlockFormat format) {
  if (failed(verifyCanonical(op, blocks, blocksName, format)) || failed(verifyRank(op, matrix, name, 2)) ||
      failed(verifyElements(op, matrix, name, Float32Type::get(op->getContext()))) ||
      failed(verifySame(op, "N of " + name, dim(matrix, 0), "N of " + blocksName, dim(blocks, 0))) ||
      failed(verifyBlockDepth(op, dim(matrix, 1))))
    return failure();
  return verifySame(op, "K of " + name, dim(matrix, 1), "32 times the blocks of a row of " + blocksName,
                    dim(blocks, 1) * blockSize);
}

static LogicalResult verifyOrder(Operation *op, Value canonical, StringRef name, Value interleaved, StringRef interleavedName,
                                 BlockFormat format) {
  if (failed(verifyCanonical(op, canonical, name, format)) ||
      failed(verifySame(op, "the blocks of a row of " + name, dim(canonical, 1), "those of " + interleavedName,
                        dim(interleaved, 1))))
    return failure();
  return verifyInterleaved(op, interleaved, interleavedName, dim(canonical, 0), format);
}

LogicalResult tern::kernel::verifyBlockDepth(Operation *op, int64_t depth) {
  if (depth % blockSize == 0)
    return success();
  return op->emitOpError() << "K is " << depth << ", which is no multiple of " << blockSize
                           << ", the size of a block; leave this weight in f32 or bf16";
}

LogicalResult tern::kernel::verifyInterleaved(Operation *op, Value blocks, StringRef name, int64_t rows, BlockFormat format) {
  if (failed(verifyRank(op, blocks, name, 3)) ||
      failed(verifyElements(op, blocks, name, IntegerType::get(op->getContext(), 8))) ||
      failed(verifySame(op, "the number of groups of " + name, dim(blocks, 0), "N / 16, rounded up,",
                        llvm::divideCeil(rows, interleavedRows))))
    return failure();
  return verifySame(op, "the size of 16 blocks of " + name, dim(blocks, 2), "16 times " + stringifyBlockFormat(format),
                    interleavedRows * blockBytes(format));
}

//===----------------------------------------------------------------------===//
// quantize
//===----------------------------------------------------------------------===//

void QuantizeOp::build(OpBuilder &builder, OperationState &state, BlockFormat format, Value source, Value out) {
  buildBlocks(state, format, source, out, builder, state.getOrAddProperties<Properties>().format);
}

LogicalResult QuantizeOp::verify() {
  if (failed(verifyOutCount(*this, getOuts(), 1)))
    return failure();
  return verifyConversion(*this, getSource(), "the source", getOuts()[0], "the out", getFormat());
}

// A comparison, a multiplication and a rounding per weight.
uint64_t QuantizeOp::getFlops() { return product({3, dim(getSource(), 0), dim(getSource(), 1)}); }

void QuantizeOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, false, effects);
}

//===----------------------------------------------------------------------===//
// dequantize
//===----------------------------------------------------------------------===//

void DequantizeOp::build(OpBuilder &builder, OperationState &state, BlockFormat format, Value source, Value out) {
  buildBlocks(state, format, source, out, builder, state.getOrAddProperties<Properties>().format);
}

LogicalResult DequantizeOp::verify() {
  if (failed(verifyOutCount(*this, getOuts(), 1)))
    return failure();
  return verifyConversion(*this, getOuts()[0], "the out", getSource(), "the source", getFormat());
}

uint64_t DequantizeOp::getFlops() { return product({dim(getOuts()[0], 0), dim(getOuts()[0], 1)}); }

void DequantizeOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, false, effects);
}

//===----------------------------------------------------------------------===//
// interleave
//===----------------------------------------------------------------------===//

void InterleaveOp::build(OpBuilder &builder, OperationState &state, BlockFormat format, Value source, Value out) {
  buildBlocks(state, format, source, out, builder, state.getOrAddProperties<Properties>().format);
}

LogicalResult InterleaveOp::verify() {
  if (failed(verifyOutCount(*this, getOuts(), 1)))
    return failure();
  return verifyOrder(*this, getSource(), "the source", getOuts()[0], "the out", getFormat());
}

uint64_t InterleaveOp::getFlops() { return 0; }

void InterleaveOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, false, effects);
}

//===----------------------------------------------------------------------===//
// deinterleave
//===----------------------------------------------------------------------===//

void DeinterleaveOp::build(OpBuilder &builder, OperationState &state, BlockFormat format, Value source, Value out) {
  buildBlocks(state, format, source, out, builder, state.getOrAddProperties<Properties>().format);
}

LogicalResult DeinterleaveOp::verify() {
  if (failed(verifyOutCount(*this, getOuts(), 1)))
    return failure();
  return verifyOrder(*this, getOuts()[0], "the out", getSource(), "the source", getFormat());
}

uint64_t DeinterleaveOp::getFlops() { return 0; }

void DeinterleaveOp::getEffects(SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  addEffects(*this, false, effects);
}
