// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parametric: a module-style op that declares the parameters it uses. See Parametric.td.

#ifndef TERN_INTERFACES_PARAMETRIC_H
#define TERN_INTERFACES_PARAMETRIC_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"

#include <string>

namespace tern {
/// One parameter that a module-form op declares: its name below the op's scope ("c_attn.weight"), its per-layer sizes
/// (integers or size expressions), its element type, its initializer attribute, and whether it is never trained.
struct ParameterDeclaration {
  std::string name;
  llvm::SmallVector<mlir::Attribute> sizes;
  mlir::Type elementType;
  mlir::Attribute init;
  bool frozen = false;
};
} // namespace tern

#include "dialects/interfaces/Parametric.h.inc"

#endif // TERN_INTERFACES_PARAMETRIC_H
