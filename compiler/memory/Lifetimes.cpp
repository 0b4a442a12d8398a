// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Positions, and the first and last use of a buffer.

#include "compiler/memory/Lifetimes.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace tern;

Lifetimes::Lifetimes(func::FuncOp function) : aliases(function) {
  for (Operation &op : function.front())
    number(&op);
}

void Lifetimes::number(Operation *op) {
  uint64_t begin = next++;
  for (Region &region : op->getRegions())
    for (Block &block : region)
      for (Operation &inner : block)
        number(&inner);
  spans[op] = {begin, next++};
}

Slot Lifetimes::lifeOf(Value buffer, uint64_t bytes) const {
  Block *home = buffer.getParentBlock();
  Slot life{bytes, UINT64_MAX, 0};
  for (Value alias : aliases.resolve(buffer)) {
    for (Operation *user : alias.getUsers()) {
      if (isMemoryEffectFree(user))
        continue; // makes a view, whose users are asked too
      Span span = spans.at(home->findAncestorOpInBlock(*user));
      life.begin = std::min(life.begin, span.begin);
      life.end = std::max(life.end, span.end);
    }
  }
  if (life.begin == UINT64_MAX)
    life.begin = life.end; // never used
  return life;
}

std::optional<uint64_t> Lifetimes::firstWrite(Value buffer) const {
  std::optional<uint64_t> first;
  for (Value alias : aliases.resolve(buffer))
    for (Operation *user : alias.getUsers())
      if (hasEffect<MemoryEffects::Write>(user, alias))
        first = std::min(first.value_or(UINT64_MAX), spans.at(user).begin);
  return first;
}

std::pair<uint64_t, uint64_t> Lifetimes::spanOf(Operation *op) const {
  Span span = spans.at(op);
  return {span.begin, span.end};
}
