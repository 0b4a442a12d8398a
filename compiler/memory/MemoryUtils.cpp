// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Questions about buffers.

#include "compiler/memory/MemoryUtils.h"

#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;

uint64_t tern::bytesOf(MemRefType type) {
  Type element = type.getElementType();
  uint64_t elementBytes = isa<IndexType>(element) ? 8 : (element.getIntOrFloatBitWidth() + 7) / 8;
  return static_cast<uint64_t>(type.getNumElements()) * elementBytes;
}

Value tern::baseOf(Value buffer) {
  while (auto view = buffer.getDefiningOp<ViewLikeOpInterface>())
    buffer = view.getViewSource();
  return buffer;
}
