// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What products with interleaved blocks share, of few rows (BlockStream) and of many (BlockTiles): one block of some rows of A
// by one block of some groups of 16 rows of B, and the end of a sum.

#ifndef TERN_COMPILER_CPU_BLOCKPRODUCT_H
#define TERN_COMPILER_CPU_BLOCKPRODUCT_H

#include "compiler/cpu/BlockRows.h"

namespace tern::cpu {

class BlockProduct {
protected:
  BlockProduct(Emitter &emit, kernel::ContractOp op, const Machine &machine)
      : emit(emit), op(op), machine(machine), format(*op.getBlocks()), lanes(machine.lanes(32)), m(op.getM()), n(op.getN()),
        blocks(op.getK() / kernel::blockSize), groups(llvm::divideCeil(n, kernel::interleavedRows)),
        floats(mlir::VectorType::get({lanes}, emit.b.getF32Type())), words(mlir::VectorType::get({lanes}, emit.b.getI32Type())) {}

  /// Vectors of columns in one group.
  int64_t vectors() const { return kernel::interleavedRows / lanes; }
  /// Bytes of a block of 16 rows.
  int64_t groupBytes() const { return kernel::interleavedRows * kernel::blockBytes(format); }

  /// Adds block `b` of `rows` rows of A from `row` on, by `width` vectors of columns from those of `group` on, to `sums`
  /// (rows x width).
  SmallVector<Value> multiplyBlock(Value group, Value b, Value row, int64_t rows, int64_t width, ValueRange sums);

  /// Finishes the sums of one row and the vector of columns that starts at `column`.
  void finish(Value sum, Value row, Value column);

  /// Asks for the line at a byte of a block; bytes and blocks may lie behind the last.
  void prefetch(Value group, Value b, Value byte);

  void loadFlag() { flag = op.getInit() == kernel::InitKind::Flag ? emit.load(op.getFlag(), {}) : Value(); }

  Emitter &emit;
  kernel::ContractOp op;
  const Machine &machine;
  kernel::BlockFormat format;
  int64_t lanes, m, n, blocks, groups;
  mlir::VectorType floats, words;
  BlockRows a;
  Value flag;

private:
  Value loadBytes(Value group, Value b, int64_t at, int64_t count);
  Value loadScales(Value group, Value b, int64_t v);
  SmallVector<std::pair<Value, int64_t>> wordsAt(Value group, Value b, int64_t v, int64_t place);
};

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_BLOCKPRODUCT_H
