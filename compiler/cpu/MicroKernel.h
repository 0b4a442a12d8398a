// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The inner loop of every product: a tile of C in registers, one row of B and one column of A per step.

#ifndef TERN_COMPILER_CPU_MICROKERNEL_H
#define TERN_COMPILER_CPU_MICROKERNEL_H

#include "compiler/cpu/CpuUtils.h"
#include "compiler/cpu/Machine.h"

#include "mlir/IR/BuiltinTypes.h"

namespace tern::cpu {

/// A register tile: `rows` rows of `vectors` vectors of `lanes` elements.
struct RegisterTile {
  int64_t rows, vectors, lanes;
  int64_t columns() const { return vectors * lanes; }
};

/// The tile that fills the registers of the machine.
RegisterTile registerTile(const Machine &machine, Type element);

/// The tile that fills tile registers of 16 rows by 64 bytes: 2 by 2 of them, or 1 by 4 for a product of few rows.
inline RegisterTile tileRegisters(int64_t rows) { return rows <= 16 ? RegisterTile{16, 4, 16} : RegisterTile{32, 2, 16}; }

/// The one with panels of 32 or 64 columns.
inline RegisterTile tileRegistersOf(int64_t columns) { return tileRegisters(columns == 64 ? 1 : 32); }

mlir::VectorType vectorType(const Machine &machine, Type element);

/// The type of packed operands for products in `compute`: bf16 where the machine multiplies pairs of it, else the type of
/// the sums.
Type packedType(const Machine &machine, Type compute);

/// How many k of one column lie side by side in a packed operand of this element type: as many as fill 32 bits.
inline int64_t groupOf(Type packed) { return std::max<int64_t>(32 / packed.getIntOrFloatBitWidth(), 1); }

/// left * right + sum, in one instruction where the machine has it. Factors of bf16 hold pairs, whose products are added.
Value multiplyAdd(Emitter &emit, const Machine &machine, Value left, Value right, Value sum);

/// One element, or one group of elements, in every lane of a vector of this type.
Value spreadGroup(Emitter &emit, Value group, Type type);

/// A tile product: reads A as scalars, or as groups (vector<2xbf16>), and B as vectors; returns `rows * vectors` sums
/// (row-major) that start at `initial`.
struct TileProduct {
  int64_t rows, vectors;
  Value depth; // k, or the group of k, runs over [0, depth)
  llvm::function_ref<Value(int64_t row, Value k)> a;
  llvm::function_ref<Value(Value k, int64_t vector)> b;
  llvm::function_ref<void(Value k)> beside = nullptr; // what else a step does
};
SmallVector<Value> emitTileProduct(Emitter &emit, const Machine &machine, const TileProduct &product, ValueRange initial);

/// Of two vectors, the lanes that exchanging blocks of `distance` lanes off the diagonal leaves in each: low and high.
std::pair<SmallVector<int64_t>, SmallVector<int64_t>> exchangedLanes(int64_t lanes, int64_t distance);

/// Transposes `lanes` vectors of `lanes` elements in registers.
SmallVector<Value> transposeVectors(Emitter &emit, ValueRange rows);

/// Combines all lanes into one scalar, by halves: the same order on every machine with this width.
Value foldLanes(Emitter &emit, Value vector, llvm::function_ref<Value(Value, Value)> combine);

/// vector<lanes x i1> with the first `count` lanes set; a count below 0 sets none.
Value maskOf(Emitter &emit, int64_t lanes, Value count);

Value loadVector(Emitter &emit, mlir::VectorType type, Value memref, ValueRange at, Value mask = nullptr);
void storeVector(Emitter &emit, Value vector, Value memref, ValueRange at, Value mask = nullptr);

/// The last dimension of the memref is contiguous, so that vectors can be loaded from it.
bool hasContiguousRows(Value memref);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_MICROKERNEL_H
