// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Everything a Tern tool knows: dialects, interfaces implemented from outside, passes, translations.

#ifndef TERN_COMPILER_REGISTER_H
#define TERN_COMPILER_REGISTER_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace tern {

/// Dialects of Tern and of upstream, their bufferization and their translation to LLVM IR.
void registerDialects(mlir::DialectRegistry &registry);

/// Passes of every room, of upstream, and the pipelines of Pipeline.h under their names (`--tern-buffer-pipeline`, ...).
void registerPasses();

} // namespace tern

#endif // TERN_COMPILER_REGISTER_H
