// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rearranging: an op that moves elements and computes none, so that it does the same to elements of any type.

#ifndef TERN_INTERFACES_REARRANGING_H
#define TERN_INTERFACES_REARRANGING_H

#include "mlir/IR/OpDefinition.h"

namespace tern {

template <typename ConcreteOp>
class Rearranging : public mlir::OpTrait::TraitBase<ConcreteOp, Rearranging> {};

} // namespace tern

#endif // TERN_INTERFACES_REARRANGING_H
