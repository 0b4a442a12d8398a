// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Register tiles. Their sizes leave room for one row of B and one broadcast element of A beside the sums, and hold enough
// independent sums to hide the latency of two multiply-adds per cycle.

#include "compiler/cpu/MicroKernel.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/X86Vector/X86VectorDialect.h"

using namespace mlir;
using namespace tern::cpu;

RegisterTile tern::cpu::registerTile(const Machine &machine, Type element) {
  int64_t lanes = machine.lanes(element.getIntOrFloatBitWidth());
  if (machine.vectorBits >= 512)
    return {14, 2, lanes}; // 28 sums of 32 registers
  if (machine.vectorBits >= 256)
    return {6, 2, lanes}; // 12 sums of 16 registers
  return {4, 2, lanes};
}

VectorType tern::cpu::vectorType(const Machine &machine, Type element) {
  return VectorType::get({machine.lanes(element.getIntOrFloatBitWidth())}, element);
}

Type tern::cpu::packedType(const Machine &machine, Type compute) {
  bool widens = compute.isBF16() && !machine.bf16Dot;
  return widens ? Float32Type::get(compute.getContext()) : compute;
}

Value tern::cpu::multiplyAdd(Emitter &emit, const Machine &machine, Value left, Value right, Value sum) {
  if (getElementTypeOrSelf(left.getType()).isBF16())
    return x86vector::DotBF16Op::create(emit.b, emit.loc, sum, left, right);
  if (machine.fma)
    return vector::FMAOp::create(emit.b, emit.loc, left, right, sum);
  Value product = arith::MulFOp::create(emit.b, emit.loc, left, right);
  return arith::AddFOp::create(emit.b, emit.loc, product, sum);
}

Value tern::cpu::spreadGroup(Emitter &emit, Value group, Type type) {
  if (!isa<VectorType>(group.getType()))
    return vector::BroadcastOp::create(emit.b, emit.loc, type, group);
  auto word = VectorType::get({1}, emit.b.getI32Type());
  auto words = VectorType::get({cast<VectorType>(type).getDimSize(0) / groupOf(getElementTypeOrSelf(type))}, emit.b.getI32Type());
  Value bits = vector::BitCastOp::create(emit.b, emit.loc, word, group);
  Value all = vector::BroadcastOp::create(emit.b, emit.loc, words, vector::ExtractOp::create(emit.b, emit.loc, bits, 0));
  return vector::BitCastOp::create(emit.b, emit.loc, type, all);
}

SmallVector<Value> tern::cpu::emitTileProduct(Emitter &emit, const Machine &machine, const TileProduct &product,
                                              ValueRange initial) {
  return emit.loop(emit.index(0), product.depth, 1, initial, [&](Value k, ValueRange carried) {
    SmallVector<Value> sums(carried.begin(), carried.end()), row;
    if (product.beside)
      product.beside(k);
    for (int64_t j = 0; j < product.vectors; ++j)
      row.push_back(product.b(k, j));
    for (int64_t r = 0; r < product.rows; ++r) {
      Value a = spreadGroup(emit, product.a(r, k), row[0].getType());
      for (int64_t j = 0; j < product.vectors; ++j) {
        Value &sum = sums[r * product.vectors + j];
        sum = multiplyAdd(emit, machine, a, row[j], sum);
      }
    }
    return sums;
  });
}

std::pair<SmallVector<int64_t>, SmallVector<int64_t>> tern::cpu::exchangedLanes(int64_t lanes, int64_t distance) {
  SmallVector<int64_t> low, high;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    bool odd = lane & distance;
    low.push_back(odd ? lanes + lane - distance : lane);
    high.push_back(odd ? lanes + lane : lane + distance);
  }
  return {low, high};
}

// Exchanges, in every pair of vectors `distance` apart, the blocks of `distance` lanes off the diagonal; doing so for all
// powers of two transposes.
SmallVector<Value> tern::cpu::transposeVectors(Emitter &emit, ValueRange rows) {
  int64_t lanes = rows.size();
  SmallVector<Value> current(rows.begin(), rows.end());
  for (int64_t distance = 1; distance < lanes; distance *= 2) {
    auto [low, high] = exchangedLanes(lanes, distance);
    SmallVector<Value> next(lanes);
    for (int64_t i = 0; i < lanes; ++i) {
      if (i & distance)
        continue;
      Value upper = current[i], lower = current[i + distance];
      next[i] = vector::ShuffleOp::create(emit.b, emit.loc, upper, lower, low);
      next[i + distance] = vector::ShuffleOp::create(emit.b, emit.loc, upper, lower, high);
    }
    current = next;
  }
  return current;
}

Value tern::cpu::foldLanes(Emitter &emit, Value vector, function_ref<Value(Value, Value)> combine) {
  for (int64_t half = cast<VectorType>(vector.getType()).getDimSize(0) / 2; half >= 1; half /= 2) {
    SmallVector<int64_t> low = llvm::to_vector(llvm::seq<int64_t>(0, half));
    SmallVector<int64_t> high = llvm::to_vector(llvm::seq<int64_t>(half, 2 * half));
    Value first = vector::ShuffleOp::create(emit.b, emit.loc, vector, vector, low);
    Value second = vector::ShuffleOp::create(emit.b, emit.loc, vector, vector, high);
    vector = combine(first, second);
  }
  return vector::ExtractOp::create(emit.b, emit.loc, vector, ArrayRef<int64_t>{0});
}

Value tern::cpu::maskOf(Emitter &emit, int64_t lanes, Value count) {
  return vector::CreateMaskOp::create(emit.b, emit.loc, VectorType::get({lanes}, emit.b.getI1Type()), count);
}

Value tern::cpu::loadVector(Emitter &emit, VectorType type, Value memref, ValueRange at, Value mask) {
  if (!mask)
    return vector::LoadOp::create(emit.b, emit.loc, type, memref, at);
  Value zero = arith::ConstantOp::create(emit.b, emit.loc, emit.b.getZeroAttr(type));
  return vector::MaskedLoadOp::create(emit.b, emit.loc, type, memref, at, mask, zero);
}

void tern::cpu::storeVector(Emitter &emit, Value vector, Value memref, ValueRange at, Value mask) {
  if (mask)
    vector::MaskedStoreOp::create(emit.b, emit.loc, memref, at, mask, vector);
  else
    vector::StoreOp::create(emit.b, emit.loc, vector, memref, at);
}

bool tern::cpu::hasContiguousRows(Value memref) {
  auto type = memrefType(memref);
  if (type.getRank() == 0)
    return true;
  auto [strides, offset] = type.getStridesAndOffset();
  return strides.back() == 1;
}
