// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The compiler's view of tern_ctx (runtime/abi/tern.h): how an entry reaches its memory, its barrier and its checks.

#ifndef TERN_COMPILER_CPU_CONTEXT_H
#define TERN_COMPILER_CPU_CONTEXT_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

namespace tern::cpu {

/// An entry under way from a planned function: `i32 (ptr context, i32 thread, i32 threads)`.
struct Context {
  mlir::func::FuncOp entry;
  mlir::Value pointer; // tern_ctx *
  mlir::Value thread, threads; // index

  /// Ends the region of that number.
  void callBarrier(mlir::OpBuilder &builder, mlir::Location location, uint32_t region);
};

/// True for `func(memref<?xi8>, memref<?xi8>, index, index)`, the form that plan-memory leaves.
bool isPlanned(mlir::func::FuncOp function);

/// Changes the planned function into the entry `tern_entry_<name>`: its arena is that of the context, its scratch the
/// thread's share of the context's.
mlir::FailureOr<Context> makeEntry(mlir::OpBuilder &builder, mlir::func::FuncOp function);

} // namespace tern::cpu

#endif // TERN_COMPILER_CPU_CONTEXT_H
