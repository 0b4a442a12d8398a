// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The reducer: makes a module smaller as long as somebody finds it interesting. tern-reduce asks a script, tern-bisect
// asks a function.

#ifndef TERN_COMPILER_TOOLS_REDUCE_H
#define TERN_COMPILER_TOOLS_REDUCE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <functional>
#include <vector>

namespace tern {

/// Asked about valid modules only. It may change what it gets: that is a copy.
using Interesting = llvm::function_ref<bool(mlir::ModuleOp)>;

/// One step that was kept: what was done, how many ops are left, how many questions have been asked.
using ReduceReport = llvm::function_ref<void(llvm::StringRef reduction, size_t ops, unsigned questions)>;

/// Makes `module`, which is interesting, smaller until no reduction keeps it so. Returns the number of questions asked.
/// The result does not depend on anything but the module and the answers.
unsigned reduce(mlir::OwningOpRef<mlir::ModuleOp> &module, Interesting interesting, ReduceReport report);

/// A way to make a module smaller. Each edit is about its own op and stays valid when edits before it in the list have
/// been made.
struct Reduction {
  llvm::StringLiteral name;
  std::vector<std::function<void()>> (*collect)(mlir::ModuleOp);
  bool together; // several edits make sense at once
};

/// In the order in which they are tried: what removes most comes first.
llvm::ArrayRef<Reduction> listReductions();

} // namespace tern

#endif // TERN_COMPILER_TOOLS_REDUCE_H
