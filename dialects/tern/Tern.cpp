// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Registration of the tern dialect: its attributes and ops. Meaning lives in the family files.

#include "dialects/tern/Tern.h"

#include "dialects/tern/Attrs.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Transforms/InliningUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace tern;

#include "dialects/tern/Dialect.cpp.inc"
#include "dialects/tern/Enums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/tern/Attrs.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/tern/Tern.cpp.inc"

namespace {
/// Every op may be inlined: none depends on the function around it.
struct TernInliner : DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final { return true; }
  bool isLegalToInline(Region *, Region *, bool, IRMapping &) const final { return true; }
};
} // namespace

void TernDialect::initialize() {
  addInterfaces<TernInliner>();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/tern/Attrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/tern/Tern.cpp.inc"
      >();
}

Operation *TernDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}
