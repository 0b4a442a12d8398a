// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A fixed batch: tensors from a .safetensors or .json file, and single values from --set, written into the inputs of an
// entry by role. Element types are converted where no value changes; ids are checked against the vocabulary.

#ifndef TERN_RUNTIME_CLI_INPUTBATCH_H
#define TERN_RUNTIME_CLI_INPUTBATCH_H

#include "runtime/cli/Options.h"
#include "runtime/core/Session.h"

#include <map>

namespace tern::rt {

/// A tensor whose values are held as doubles: every float and every id is exact.
struct InputTensor {
  std::vector<int64_t> shape;
  std::vector<double> values;
};

class InputBatch {
public:
  static Result<InputBatch> open(const BatchFlags &flags);

  /// Writes the values of --set that name parameters.
  Status setParameters(Session &session) const;

  /// Writes all data inputs of the entry; shapes must agree exactly.
  Status fill(Session &session, const tern_entry &entry) const;

  /// Writes rows [first, first + batch) into all data inputs; rows beyond the end are zero.
  Status fillRows(Session &session, const tern_entry &entry, int64_t first) const;
  /// Rows of the inputs of the entry; an error when they differ.
  Result<int64_t> rows(const tern_entry &entry) const;

  /// Of everything that fill() reads.
  std::string fingerprint() const;

private:
  Result<const InputTensor *> find(const std::string &role) const;
  Status check(const Session &session, const tern_tensor &target, const InputTensor &tensor) const;

  std::string path;
  std::map<std::string, InputTensor> tensors;
  std::map<std::string, double> constants;
};

/// Reads {"role": nested arrays of numbers}.
Result<std::map<std::string, InputTensor>> parseJsonTensors(const std::string &text, const std::string &path);

} // namespace tern::rt

#endif // TERN_RUNTIME_CLI_INPUTBATCH_H
