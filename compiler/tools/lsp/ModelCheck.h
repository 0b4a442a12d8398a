// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What ternc would say of a model file, for an editor: the corridor down to static shapes.

#ifndef TERN_COMPILER_TOOLS_LSP_MODELCHECK_H
#define TERN_COMPILER_TOOLS_LSP_MODELCHECK_H

#include "llvm/Support/JSON.h"

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace tern::lsp {

/// Whether a text is a model file: one module with a @forward.
bool isModel(llvm::StringRef text);

/// Diagnostics of the protocol. A text that does not parse has none here: the parser's are already known.
llvm::json::Array checkModel(const mlir::DialectRegistry &registry, llvm::StringRef uri, llvm::StringRef text);

} // namespace tern::lsp

#endif // TERN_COMPILER_TOOLS_LSP_MODELCHECK_H
