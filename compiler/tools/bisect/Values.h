// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numbers by name: what is written into a program before an entry runs, what it left behind, and how two such results
// differ. Names and not places, because passes move and pack what a program keeps.

#ifndef TERN_COMPILER_TOOLS_BISECT_VALUES_H
#define TERN_COMPILER_TOOLS_BISECT_VALUES_H

#include "compiler/tools/Jit.h"

#include "llvm/ADT/ArrayRef.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tern::bisect {

struct Tensor {
  std::string kind; // input, output, parameter, gradient, state: tensors of one kind have comparable magnitudes
  std::string name; // the role or the parameter
  std::vector<int64_t> shape;
  std::vector<double> values;
};

/// Where a program keeps a tensor. A layered one is one tensor, with the layers in front.
struct Storage {
  std::string kind, name;
  uint32_t dtype;
  std::vector<int64_t> shape;
  uint64_t offset, bytes;  // of one layer
  uint64_t layers, stride; // 0 layers: not layered
};
/// Inputs and outputs of the entry, and every parameter with its gradient and states.
std::vector<Storage> storageOf(const tern_manifest &manifest, const tern_entry &entry);

/// What programs are fed with: seeded numbers, or those of files, the same for every program with the same names.
struct Feed {
  uint64_t seed = 1;
  int64_t classes = 0; // integers are in [0, classes); 0: in the vocabulary, or rows of every table
  std::map<std::string, Tensor> files;

  /// Every element of one tensor; `flag` is what scalars of i1 become.
  void fill(Jit &jit, const Storage &storage, bool flag) const;
  /// What the files say about a tensor, layer after layer.
  std::vector<double> given(llvm::StringRef name, int64_t layers) const;
};
/// Adds the tensors of a .json file ({"role": nested arrays of numbers}) or of a .safetensors file.
llvm::Error addFile(Feed &feed, llvm::StringRef path);

std::vector<double> read(Jit &jit, const Storage &storage);

/// One element of two results. `relative` is to the largest magnitude of its slice.
struct Difference {
  double relative = 0, reference = 0, actual = 0;
  std::string tensor;            // "gradient wte.weight"
  std::vector<int64_t> position; // of the element
  int64_t slice = 0;             // the first one that differs
};
struct Comparison {
  double tolerance = 1e-4;
  int64_t slices = 1;    // leading parts of every tensor that are compared on their own
  bool reversed = false; // the last slice was computed first
};
/// The worst element of the first slice that differs beyond the tolerance; the worst of all when none does.
struct Verdict {
  bool differs = false;
  Difference worst;
};
Verdict compare(llvm::ArrayRef<Tensor> reference, llvm::ArrayRef<Tensor> actual, const Comparison &how);

/// "logits[0, 3, 7]: 0.25 instead of 0.5"
std::string describe(const Difference &difference);

} // namespace tern::bisect

#endif // TERN_COMPILER_TOOLS_BISECT_VALUES_H
