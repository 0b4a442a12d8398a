// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rows of dictionaries.

#include "compiler/memory/BufferTable.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace tern;

BufferTable::BufferTable(func::FuncOp function, const Lifetimes &lifetimes)
    : function(function), builder(function.getContext()) {
  addPositions(function.front(), lifetimes, 0);
}

// Views, constants and allocations take no time.
static bool isStatement(Operation &op) {
  return !isMemoryEffectFree(&op) && !isa<memref::AllocOp, memref::DeallocOp>(op);
}

// The loop of the layers does one thing after another; the loops of a kernel belong to one op of the model.
static bool isSequence(Operation &op) {
  auto loop = dyn_cast<scf::ForOp>(op);
  if (!loop)
    return false;
  llvm::SmallPtrSet<const void *, 4> locations;
  for (Operation &inner : *loop.getBody())
    if (isStatement(inner))
      locations.insert(inner.getLoc().getAsOpaquePointer());
  return locations.size() > 1;
}

void BufferTable::addPositions(Block &block, const Lifetimes &lifetimes, unsigned depth) {
  for (Operation &op : block) {
    if (!isStatement(op))
      continue;
    auto [begin, end] = lifetimes.spanOf(&op);
    NamedAttrList row;
    row.append("op", builder.getStringAttr(op.getName().getStringRef()));
    row.append("begin", builder.getI64IntegerAttr(begin));
    row.append("end", builder.getI64IntegerAttr(end));
    row.append("depth", builder.getI64IntegerAttr(depth));
    row.append("from", Attribute(op.getLoc()));
    positions.push_back(row.getDictionary(builder.getContext()));
    if (isSequence(op))
      addPositions(*cast<scf::ForOp>(op).getBody(), lifetimes, depth + 1);
  }
}

void BufferTable::add(StringRef memoryClass, StringRef name, Type type, Location from, const Slot &slot,
                      uint64_t base) {
  NamedAttrList row;
  row.append("class", builder.getStringAttr(memoryClass));
  row.append("name", builder.getStringAttr(name));
  row.append("type", TypeAttr::get(type));
  row.append("offset", builder.getI64IntegerAttr(base + slot.offset));
  row.append("bytes", builder.getI64IntegerAttr(slot.bytes));
  row.append("begin", builder.getI64IntegerAttr(slot.begin));
  row.append("end", builder.getI64IntegerAttr(slot.end));
  row.append("from", Attribute(from));
  buffers.push_back(row.getDictionary(builder.getContext()));
}

void BufferTable::attach() {
  function->setAttr("tern.buffers", builder.getArrayAttr(buffers));
  function->setAttr("tern.positions", builder.getArrayAttr(positions));
}
