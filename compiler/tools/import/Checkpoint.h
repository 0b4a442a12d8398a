// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a published checkpoint says about its tensors: names, types and shapes, from the headers of its safetensors files. Their
// bytes are left to the program that loads them.

#ifndef TERN_COMPILER_TOOLS_IMPORT_CHECKPOINT_H
#define TERN_COMPILER_TOOLS_IMPORT_CHECKPOINT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace tern {

struct StoredTensor {
  std::string name, type; // "BF16"
  std::vector<int64_t> shape;
};

struct Checkpoint {
  std::string source; // "model.safetensors", "2 files of model.safetensors.index.json"
  std::vector<StoredTensor> tensors;
};

/// "(2, 3)".
std::string shapeText(llvm::ArrayRef<int64_t> shape);

/// The checkpoint of a directory: model.safetensors, or the files of model.safetensors.index.json; nothing where neither is there.
llvm::Expected<std::optional<Checkpoint>> readCheckpoint(llvm::StringRef directory);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_IMPORT_CHECKPOINT_H
