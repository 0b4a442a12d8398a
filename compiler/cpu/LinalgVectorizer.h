// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One linalg op on memrefs of static shape as loops on vectors.

#ifndef TERN_COMPILER_CPU_LINALGVECTORIZER_H
#define TERN_COMPILER_CPU_LINALGVECTORIZER_H

#include "compiler/cpu/MicroKernel.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace tern::cpu {

class LinalgVectorizer {
public:
  LinalgVectorizer(Emitter &emit, mlir::linalg::LinalgOp op, const Machine &machine, bool keepRows = false);

  /// Why the op has no vector form, or nothing.
  llvm::StringRef whyNot() const { return reason; }
  /// The form that it has: "vectors of 16".
  std::string describe() const;
  /// Emits the loops at the insertion point; with a reason against vectors, scalar loops over shared rows.
  void emitLoops();

  /// How the op works on rows: loops over rows first, then at most one loop along a row. Needs `keepRows`.
  enum class RowForm { None, OnePerRow, Elementwise, RowReduction, ColumnReduction };
  RowForm rowForm(int64_t rows) const;
  /// The elements that one row has in all operands that move along it.
  int64_t rowElements() const;
  /// The row form inside of somebody else's loops, so that several ops share them: partial sums of columns are made for each
  /// of `tasks` tasks, cleared when a task begins, and added in their order at the end.
  void prepareRows(RowForm form, int64_t tasks);
  void beginTask(Value task);
  void emitRow(Value row, Value task);
  void finishRows(int64_t tasks);

private:
  struct Operand {
    Value value;
    mlir::AffineMap map;
    bool isMemref, isOut;
    int64_t stride(unsigned loop) const; // of memory along a loop; 0 where the operand does not move
  };
  /// A reduction that vectors can carry: `combine` takes the sum as operand `sum`.
  struct Combiner {
    mlir::Operation *combine;
    unsigned sum;
    mlir::TypedAttr neutral;
  };

  // Analysis.
  void flatten();
  void chooseVectorLoop();
  llvm::StringRef findReason();
  bool isContiguous(const Operand &operand, unsigned loop) const;
  bool sumsAcross() const { return llvm::is_contained(iterators, mlir::utils::IteratorType::reduction); }
  bool isReduction(unsigned loop) const { return iterators[loop] == mlir::utils::IteratorType::reduction; }
  bool findCombiners();
  int64_t laneCount() const;

  // Loops.
  void emitElementwise();
  void emitColumnReduction();
  void emitRowReduction();
  void emitScalar();
  void runRow(SmallVector<Value> &ivs, Value low, Value high, llvm::function_ref<void(llvm::function_ref<void()>)> atEnd);
  int64_t rowUnroll() const;
  void reduceOneRow(SmallVector<Value> &ivs, int64_t unroll);
  void addRowToColumns(SmallVector<Value> &ivs, Value task);
  void forEachVector(llvm::function_ref<void(Value column, Value mask)> body);
  SmallVector<Value> delinearize(Value linear, llvm::ArrayRef<unsigned> loops) const;
  /// forall over chunks of the linear parallel iterations without `skip`, and the loop inside a chunk.
  void shareRows(int64_t rowCost, int skip, llvm::function_ref<void(SmallVector<Value> &)> row);
  SmallVector<int64_t> reductionSizes(int skip) const;
  void setReductionIvs(SmallVector<Value> &ivs, ValueRange values, int skip) const;
  SmallVector<Value> reduceRow(SmallVector<Value> &ivs, int64_t unroll);
  SmallVector<Value> reduceSpan(SmallVector<Value> ivs, Value low, Value high, int64_t unroll, ValueRange sums);
  Value combineWith(const Combiner &combiner, Value sum, Value term);

  // Elements.
  SmallVector<Value> indicesOf(const Operand &operand, ValueRange ivs) const;
  Value loadScalar(const Operand &operand, ValueRange ivs);
  Value loadLanes(const Operand &operand, ValueRange ivs, Value mask);
  Value gatherLanes(const Operand &operand, ValueRange ivs);
  /// One vector of elements: inputs loaded, `outs` given or loaded, body run.
  SmallVector<Value> runBody(ValueRange ivs, Value mask, ValueRange outs);
  void elementStep(ValueRange ivs, Value mask);
  void scalarStep(ValueRange ivs);

  Emitter &emit;
  mlir::linalg::LinalgOp op;
  const Machine &machine;
  mlir::Block &body;
  SmallVector<Operand> operands;
  SmallVector<int64_t> sizes;
  SmallVector<mlir::utils::IteratorType> iterators;
  SmallVector<Combiner> combiners;
  unsigned vectorLoop = 0;
  int64_t lanes = 1;
  llvm::StringRef reason;
  RowForm form = RowForm::None;
  SmallVector<Value> partials; // (tasks, columns) of each out
};

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_LINALGVECTORIZER_H
