// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an op's buildGradient sees: its own values, the cotangents of its results, and one line per formula to write the
// cotangents of its operands. Helpers broadcast like the ops they make.

#ifndef TERN_DIALECT_GRADBUILDER_H
#define TERN_DIALECT_GRADBUILDER_H

#include "mlir/IR/Builders.h"

#include <optional>

namespace tern {

class GradBuilder {
public:
  /// `cotangents` has one value per result of `op`, null where nothing flows; `wanted` one flag per operand.
  GradBuilder(mlir::OpBuilder &builder, mlir::Operation *op, llvm::ArrayRef<mlir::Value> cotangents,
              llvm::ArrayRef<bool> wanted);

  mlir::OpBuilder &getBuilder() { return builder; }
  mlir::Location getLoc() const { return op->getLoc(); }

  /// The cotangent of a result, zeros where nothing flows into it.
  mlir::Value cotangent(unsigned result = 0);
  bool hasCotangent(unsigned result) const { return static_cast<bool>(cotangents[result]); }
  /// Whether somebody needs the cotangent of this operand. Not asking is allowed: unwanted ones are dropped.
  bool wants(unsigned operand) const { return wanted[operand]; }
  /// Adds to the cotangent of an operand. Where the operand was broadcast the value is summed to its shape first.
  void accumulate(unsigned operand, mlir::Value value);
  /// The same, found by value; ignores a null operand (optional ones).
  void accumulate(mlir::Value operand, mlir::Value value);

  // Elementwise, with broadcasting.
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value neg(mlir::Value a);
  mlir::Value scale(mlir::Value a, double factor);
  mlir::Value shift(mlir::Value a, double term);
  /// A rank-0 constant with the element type of `like`; broadcasts against anything.
  mlir::Value constant(double value, mlir::Value like);
  mlir::Value zerosLike(mlir::Value like);

  // Reductions. Negative dimensions count from the end.
  mlir::Value sum(mlir::Value a, llvm::ArrayRef<int64_t> dims, bool keepDims);
  mlir::Value mean(mlir::Value a, llvm::ArrayRef<int64_t> dims, bool keepDims);
  /// Sums leading and broadcast dimensions until the value has the given type.
  mlir::Value sumTo(mlir::Value a, mlir::Type type);
  mlir::Value reshape(mlir::Value a, llvm::ArrayRef<int64_t> shape);

  /// Operand cotangents so far, null where none; for the differentiator.
  llvm::ArrayRef<mlir::Value> operandCotangents() const { return results; }

private:
  mlir::OpBuilder &builder;
  mlir::Operation *op;
  llvm::SmallVector<mlir::Value> cotangents;
  llvm::SmallVector<bool> wanted;
  llvm::SmallVector<mlir::Value> results;
};

} // namespace tern

#endif // TERN_DIALECT_GRADBUILDER_H
