// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The ops of a model file, and which of them an op further down comes from: by its location.

#ifndef TERN_COMPILER_TOOLS_ORIGINS_H
#define TERN_COMPILER_TOOLS_ORIGINS_H

#include "mlir/IR/BuiltinOps.h"

#include <map>
#include <string>
#include <vector>

namespace tern {

/// An op as it stands in the model file. Lines and columns count from 1.
struct ModelOp {
  unsigned line, column;
  std::string name;     // tern.linear, func.func
  std::string symbol;   // @forward, or the name that its parameters share (attn.c_attn), or empty
  std::string function; // that it stands in
  int parent = -1;      // index of the op around it
};

class Origins {
public:
  /// Of a module that has just been read from a file with this text.
  Origins(mlir::ModuleOp model, llvm::StringRef text);

  llvm::ArrayRef<ModelOp> ops() const { return table; }
  llvm::ArrayRef<std::string> lines() const { return source; }
  /// Name of the file as diagnostics print it.
  llvm::StringRef file() const { return fileName; }

  /// Indices of the ops that a location names; fused, call-site and name locations are looked through. An op around
  /// another one that is named says nothing more and is left out. Sorted.
  std::vector<unsigned> of(mlir::Location location) const;
  /// The same for an op: what has no location of its own comes from what the op around it comes from.
  std::vector<unsigned> of(mlir::Operation *op) const;
  /// The op at exactly this place of the model file, or nothing.
  std::optional<unsigned> at(mlir::Location location) const;

private:
  void add(mlir::Operation *op, int parent, llvm::StringRef function);
  void collect(mlir::Location location, std::vector<unsigned> &found) const;

  std::vector<ModelOp> table;
  std::map<std::pair<unsigned, unsigned>, unsigned> places;
  std::vector<std::string> source;
  std::string fileName;
};

} // namespace tern

#endif // TERN_COMPILER_TOOLS_ORIGINS_H
