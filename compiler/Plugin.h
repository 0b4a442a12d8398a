// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the author of a plugin includes: a shared object that brings passes to tern-opt, ternc and tern-run.

#ifndef TERN_COMPILER_PLUGIN_H
#define TERN_COMPILER_PLUGIN_H

#include "compiler/support/Version.h"

#include "mlir/Tools/Plugins/PassPlugin.h"

/// Stands in front of the version in the file of a plugin, so that it can be read before any of its code runs.
#define TERN_PLUGIN_MARK "tern-plugin-built-for:"

/// The door of a plugin. `registerPasses` is a function without arguments, or a lambda, that registers its passes:
///
///   TERN_PLUGIN("scale-folding", [] { mlir::PassRegistration<FoldScales>(); })
#define TERN_PLUGIN(name, ...)                                                                                           \
  extern "C" [[gnu::used, gnu::visibility("default")]] const char ternPluginVersion[] =                                 \
      TERN_PLUGIN_MARK TERN_FULL_VERSION;                                                                                \
  extern "C" [[gnu::visibility("default")]] ::mlir::PassPluginLibraryInfo mlirGetPassPluginInfo() {                      \
    return {MLIR_PLUGIN_API_VERSION, name, TERN_FULL_VERSION, __VA_ARGS__};                                              \
  }

#endif // TERN_COMPILER_PLUGIN_H
