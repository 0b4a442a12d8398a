// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What holds for every Iterative op, and the generated half of the interface.

#include "dialects/interfaces/Iterative.h"

#include "mlir/IR/Builders.h"

#include "dialects/interfaces/Iterative.cpp.inc"

using namespace mlir;

tern::Iterative tern::alsoStack(Iterative loop, Value value) {
  SmallVector<Type> types(loop->getResultTypes());
  types.push_back(loop.getStackType(value.getType()));
  Operation *wider = Operation::create(loop->getLoc(), loop->getName(), types, loop->getOperands(),
                                       loop->getDiscardableAttrDictionary(), loop->getPropertiesStorage(), BlockRange(),
                                       /*numRegions=*/1);
  OpBuilder(loop).insert(wider);
  wider->getRegion(0).takeBody(loop->getRegion(0));
  auto result = cast<Iterative>(wider);
  result.getYield()->insertOperands(result.getYield()->getNumOperands(), value);
  loop->replaceAllUsesWith(wider->getResults().drop_back());
  loop->erase();
  return result;
}

std::optional<unsigned> tern::sliceNumber(Iterative loop, Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  unsigned first = 1 + loop.getInits().size();
  bool isOfBody = argument && argument.getOwner() == &loop->getRegion(0).front();
  return isOfBody && argument.getArgNumber() >= first ? std::optional(argument.getArgNumber() - first) : std::nullopt;
}
