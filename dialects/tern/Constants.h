// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Constants that have one value everywhere, for the folds of the families.

#ifndef TERN_DIALECT_CONSTANTS_H
#define TERN_DIALECT_CONSTANTS_H

#include "mlir/IR/BuiltinAttributes.h"

#include <optional>

namespace tern {

/// The number that a constant operand of floating-point numbers has everywhere, or nullopt.
std::optional<double> splatValue(mlir::Attribute attribute);
/// A constant of the type that has one value everywhere; null while an extent is dynamic.
mlir::Attribute splatOf(mlir::Type type, double value);
inline bool isSplat(mlir::Attribute attribute, double value) { return splatValue(attribute) == value; }

} // namespace tern

#endif // TERN_DIALECT_CONSTANTS_H
