// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Assembly of sizes, reals and initializers, for the custom<...> directives of every family.

#ifndef TERN_DIALECT_ATTRS_H
#define TERN_DIALECT_ATTRS_H

#include "dialects/tern/Tern.h"

namespace tern {

/// custom<Size>: `768`, `@d_model`, `3 * @d_model`, `@d_model div 12`.
mlir::ParseResult parseSize(mlir::OpAsmParser &parser, mlir::Attribute &size);
void printSize(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::Attribute size);

/// custom<Sizes>: `[768, 3 * @d_model]`.
mlir::ParseResult parseSizes(mlir::OpAsmParser &parser, mlir::ArrayAttr &sizes);
void printSizes(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::ArrayAttr sizes);

/// custom<Real>: `0.1` or `@dropout`.
mlir::ParseResult parseReal(mlir::OpAsmParser &parser, mlir::Attribute &real);
void printReal(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::Attribute real);

/// custom<Init>: `zeros`, `normal(0.02)`, `residual_normal(0.02, 2 * @n_layer)`.
mlir::ParseResult parseInit(mlir::OpAsmParser &parser, InitAttr &init);
/// The same where no initializer may stand.
/// "zeros, ones, ...", for messages.
llvm::StringRef initializerNames();
mlir::OptionalParseResult parseOptionalInit(mlir::OpAsmParser &parser, InitAttr &init);
void printInit(mlir::OpAsmPrinter &printer, mlir::Operation *op, InitAttr init);

/// custom<HyperValue>: an integer or a float, without its type.
mlir::ParseResult parseHyperValue(mlir::OpAsmParser &parser, mlir::Attribute &value);
void printHyperValue(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::Attribute value);

/// custom<Reduction>: `dims [-1] keep_dims : tensor<2x4xf32>`, stored normalised and sorted.
mlir::ParseResult parseReduction(mlir::OpAsmParser &parser, mlir::DenseI64ArrayAttr &dims, mlir::UnitAttr &keepDims,
                                 mlir::Type &input);
void printReduction(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::DenseI64ArrayAttr dims,
                    mlir::UnitAttr keepDims, mlir::Type input);

/// The integer of a literal size, or nullopt while it names a hyperparameter.
std::optional<int64_t> literalSize(mlir::Attribute size);
/// The number of a literal real, or nullopt while it names a hyperparameter.
std::optional<double> literalReal(mlir::Attribute real);
/// The extent that a size gives a type: the literal, or dynamic.
int64_t extentOf(mlir::Attribute size);

} // namespace tern

#endif // TERN_DIALECT_ATTRS_H
