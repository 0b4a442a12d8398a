// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the assembly of layers and of scan has in common.

#ifndef TERN_DIALECT_STRUCTUREASSEMBLY_H
#define TERN_DIALECT_STRUCTUREASSEMBLY_H

#include "dialects/tern/Tern.h"

namespace tern {

/// `index %i (%h = %h0, ...) KEYWORD (%x = %xs, ...)`, the first and the last part optional.
struct LoopSyntax {
  llvm::SmallVector<mlir::OpAsmParser::Argument> index, carried, slices;
  llvm::SmallVector<mlir::OpAsmParser::UnresolvedOperand> inits, stacked;

  mlir::ParseResult parseBindings(mlir::OpAsmParser &parser, llvm::StringRef keyword);
  /// `: types attributes { body }`: resolves the operands of the bindings and infers the results. `sliceType` refuses, with
  /// an error at the location, what cannot be cut into slices.
  mlir::ParseResult parseBody(mlir::OpAsmParser &parser, mlir::OperationState &result,
                              llvm::function_ref<mlir::FailureOr<mlir::Type>(llvm::SMLoc, mlir::Type)> sliceType,
                              llvm::function_ref<mlir::FailureOr<mlir::Type>(llvm::SMLoc, mlir::Type)> stackType);

private:
  mlir::ParseResult giveTypes(mlir::OpAsmParser &parser, mlir::OperationState &result,
                              llvm::function_ref<mlir::FailureOr<mlir::Type>(llvm::SMLoc, mlir::Type)> sliceType);
};

void printLoopBindings(mlir::OpAsmPrinter &printer, Iterative loop, llvm::StringRef keyword);
void printLoopBody(mlir::OpAsmPrinter &printer, Iterative loop);

/// The type of the argument that holds the number of the iteration.
mlir::Type iterationNumberType(mlir::Builder &b);

/// The body takes and yields what the operands and results say.
mlir::LogicalResult verifyLoopBody(Iterative loop);

} // namespace tern

#endif // TERN_DIALECT_STRUCTUREASSEMBLY_H
