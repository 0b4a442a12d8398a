// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The corridor as a list of steps, some of which a program can do without. With only the first k of those it is a
// program between -O0 (k = 0) and -O3 (all of them).

#ifndef TERN_COMPILER_TOOLS_BISECT_CORRIDOR_H
#define TERN_COMPILER_TOOLS_BISECT_CORRIDOR_H

#include "compiler/Pipeline.h"

#include "mlir/IR/BuiltinOps.h"

#include <optional>

namespace tern::bisect {

struct Step {
  Stage stage;
  std::string text; // as a pass pipeline takes it
  std::string name; // "fuse-qkv"
  bool isOptional;
  bool isInserted;
};

/// All passes of -O3, insertions included, floor after floor.
std::vector<Step> listSteps(const PipelineOptions &options);

/// The optional steps by number; one more, LLVM's own optimizer, comes after them.
std::vector<size_t> listOptional(llvm::ArrayRef<Step> steps);

/// The texts of the required steps and of the optional ones before step `end`.
std::vector<std::string> hybrid(llvm::ArrayRef<Step> steps, size_t end);

/// The texts of all steps before `end`.
std::vector<std::string> prefix(llvm::ArrayRef<Step> steps, size_t end);

/// The texts of the required steps from `begin` on, and of step `also` at its place.
std::vector<std::string> required(llvm::ArrayRef<Step> steps, size_t begin, std::optional<size_t> also = std::nullopt);

/// The first step that still has to run, by what the module holds: a file may stand on any floor above LLVM.
size_t nextStep(mlir::ModuleOp module, llvm::ArrayRef<Step> steps);
/// The first step of the buffer floor: values are tensors before it.
size_t firstBufferStep(llvm::ArrayRef<Step> steps);

/// A step by its place: "buffer:stash-in-place", "buffer:canonicalize:2" where there are two.
std::string placeOf(llvm::ArrayRef<Step> steps, size_t step);
std::optional<size_t> findPlace(llvm::ArrayRef<Step> steps, llvm::StringRef place);

} // namespace tern::bisect

#endif // TERN_COMPILER_TOOLS_BISECT_CORRIDOR_H
