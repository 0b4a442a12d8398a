// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the passes of this room emit code with. An Emitter is a builder at a location whose methods read like the loops
// that they make; values may be scalars or vectors of one width.

#ifndef TERN_COMPILER_CPU_CPUUTILS_H
#define TERN_COMPILER_CPU_CPUUTILS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"

namespace tern::cpu {

using mlir::Location;
using mlir::OpBuilder;
using mlir::SmallVector;
using mlir::Type;
using mlir::Value;
using mlir::ValueRange;

class Emitter {
public:
  Emitter(OpBuilder &builder, Location location) : b(builder), loc(location) {}

  /// Constants. `type` may be a vector type, for a splat.
  Value index(int64_t value);
  Value real(Type type, double value);
  Value integer(Type type, int64_t value);

  /// Index arithmetic, folded where both sides are constant.
  Value add(Value left, Value right);
  Value sub(Value left, Value right);
  Value mul(Value left, Value right);
  Value div(Value left, Value right);
  Value rem(Value left, Value right);
  Value min(Value left, Value right);
  Value max(Value left, Value right);
  /// The least multiple of `unit` that is not below `value`.
  Value roundUp(Value value, int64_t unit) { return mul(div(add(value, unit - 1), index(unit)), unit); }
  Value add(Value left, int64_t right) { return add(left, index(right)); }
  Value mul(Value left, int64_t right) { return mul(left, index(right)); }
  Value less(Value left, Value right);
  Value equal(Value left, Value right);

  Value load(Value memref, ValueRange indices);
  void store(Value value, Value memref, ValueRange indices);

  /// for iv = low to high step `step`. The second form carries values and returns their last ones.
  void loop(Value low, Value high, int64_t step, llvm::function_ref<void(Value)> body);
  SmallVector<Value> loop(Value low, Value high, int64_t step, ValueRange initial,
                          llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body);
  void loop(int64_t count, llvm::function_ref<void(Value)> body) { loop(index(0), index(count), 1, body); }
  /// One value carried over `count` iterations.
  Value reduce(Value low, Value high, int64_t step, Value initial, llvm::function_ref<Value(Value, Value)> body);
  /// A nest of loops over `sizes`. The second form carries values.
  void nest(llvm::ArrayRef<int64_t> sizes, llvm::function_ref<void(ValueRange)> body);
  SmallVector<Value> nest(llvm::ArrayRef<int64_t> sizes, ValueRange initial,
                          llvm::function_ref<SmallVector<Value>(ValueRange, ValueRange)> body);
  /// Iterations that threads share.
  void forall(llvm::ArrayRef<int64_t> sizes, llvm::function_ref<void(ValueRange)> body);
  void when(Value condition, llvm::function_ref<void()> body, llvm::function_ref<void()> otherwise = nullptr);

  OpBuilder &b;
  Location loc;
};

/// Element type and static sizes of a memref value.
mlir::MemRefType memrefType(Value value);
int64_t sizeOf(Value memref, unsigned dimension);

/// Memory of one iteration: inside a forall it becomes scratch of the thread.
Value allocate(Emitter &emit, llvm::ArrayRef<int64_t> shape, Type element);

/// The part of a memref at `leading` indices of its first dimensions, as a memref of the dimensions that are left.
Value partAt(Emitter &emit, Value memref, ValueRange leading);

/// Clones the body of `block` (without its terminator) at the insertion point of `emit` with `arguments` for its block
/// arguments, and returns what the terminator yields.
SmallVector<Value> cloneScalarBody(Emitter &emit, mlir::Block &block, ValueRange arguments);

/// A float, or a vector of floats, with another element type; rounds to nearest even.
Value convertFloat(Emitter &emit, Value value, Type element);

/// A table index from i32, clamped into [0, size).
Value clampedIndex(Emitter &emit, Value index, int64_t size);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_CPUUTILS_H
