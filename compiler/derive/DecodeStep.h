// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a program that sees sequences in pieces keeps from call to call, and the arguments that say which piece it sees.

#ifndef TERN_COMPILER_DERIVE_DECODESTEP_H
#define TERN_COMPILER_DERIVE_DECODESTEP_H

#include "dialects/tern/Tern.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSet.h"

namespace tern {

/// What lasts from call to call: (slots, rows, C), as the op that keeps it sees it, and the variable's name.
struct Storage {
  mlir::Value held;
  std::string variable;
};

/// One function that becomes a step. What lasts from call to call is an argument and a result, both with the variable's name.
class DecodeStep : public StepBuilder {
public:
  DecodeStep(mlir::func::FuncOp function, int64_t batch, int64_t slots, int64_t positions, mlir::Type kept)
      : function(function), batch(batch), slots(slots), positions(positions), kept(kept) {}

  mlir::Value position() override { return once(first, "position", {batch}); }
  mlir::Value count() override { return once(there, "count", {batch}); }
  int64_t context() const override { return positions; }
  mlir::Value cache(mlir::Operation *op, llvm::StringRef name, mlir::Value rows) override;
  mlir::Value state(mlir::Operation *op, llvm::StringRef name, mlir::Value start) override;
  void keep(mlir::Operation *op, mlir::Value state, mlir::Value end) override;

  /// Keeps values (B, ...) for the functions that `recall` them. Emits an error where one does not begin with the batch.
  mlir::LogicalResult remember(llvm::ArrayRef<mlir::Value> values);
  /// What was kept in place of a value, in its shape. Null after an error.
  mlir::Value recall(mlir::Value value);

private:
  /// A variable for what `op` keeps, or for a value.
  std::optional<Storage> open(mlir::Operation *op, llvm::StringRef name, int64_t rows, int64_t channels, mlir::Type element);
  std::optional<Storage> openFor(mlir::Value value);
  /// Rows of the variable that are new. Returns all of it.
  mlir::Value write(mlir::OpBuilder &b, mlir::Location loc, const Storage &storage, mlir::Value rows, mlir::Value place,
                    mlir::Value number);
  /// The part of a variable that the program works on.
  mlir::Value ofSlot(mlir::OpBuilder &b, mlir::Location loc, mlir::Value held);
  /// An argument that is made when it is asked for.
  mlir::Value once(mlir::Value &argument, llvm::StringRef role, llvm::ArrayRef<int64_t> shape);
  /// Which of the sequences of the cache a program works on that works on one, or null.
  mlir::Value slot();
  /// "cache:h.{i}.key", with a number where the name is taken.
  std::string variableOf(LayersOp layers, llvm::StringRef name);

  mlir::func::FuncOp function;
  int64_t batch, slots, positions;
  mlir::Type kept; // of the elements of caches; null: as they are computed
  mlir::Value first, there, which;
  llvm::StringSet<> variables;
  llvm::DenseMap<mlir::Value, Storage> states;
};

} // namespace tern

#endif // TERN_COMPILER_DERIVE_DECODESTEP_H
