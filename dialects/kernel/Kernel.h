// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tern_kernel dialect: destination-style kernels of the tensor floor. See Kernel.td.

#ifndef TERN_DIALECT_KERNEL_H
#define TERN_DIALECT_KERNEL_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/interfaces/Costed.h"

namespace tern::kernel {

/// What keeps a query of attention from a key, or draws it there: see tern_kernel.attention. Values may be null.
struct AttentionMask {
  bool causal = false;
  mlir::Value keyLengths, position;
  double dropout = 0;
  mlir::Value key;
  int64_t window = 0; // 0 for none
  mlir::Value bias;
};

} // namespace tern::kernel

#include "dialects/kernel/Dialect.h.inc"
#include "dialects/kernel/Enums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/kernel/Attrs.h.inc"
#define GET_OP_CLASSES
#include "dialects/kernel/Kernel.h.inc"

namespace tern::kernel {

/// Weights of one block, and rows of one group of interleaved blocks.
constexpr int64_t blockSize = 32, interleavedRows = 16;

/// Bytes of one canonical block; its scale takes the first two.
int64_t blockBytes(BlockFormat format);

/// Makes the ops of the dialect bufferizable once the dialect is loaded.
void registerBufferization(mlir::DialectRegistry &registry);

} // namespace tern::kernel

#endif // TERN_DIALECT_KERNEL_H
