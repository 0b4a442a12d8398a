// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Between tensors in files and the parameters of a program: bind by name, check everything, then copy. A file that does
// not fit is refused as a whole with one message that lists every problem; nothing is copied in that case.

#ifndef TERN_RUNTIME_IO_WEIGHTS_H
#define TERN_RUNTIME_IO_WEIGHTS_H

#include "runtime/core/Session.h"
#include "runtime/io/SafeTensors.h"

#include <optional>

namespace tern::rt {

// What a file of parameter tensors holds.
enum class Section {
  Values,    // "h.0.ln_1.weight"
  Gradients, // same names
  States,    // "m/h.0.ln_1.weight": state name, slash, parameter
  Averages,  // names as of values: moving averages, and values that are not trained
};

// The state that is a moving average of the weights, if the program keeps one.
std::optional<unsigned> averageState(const tern_manifest &manifest);

struct WeightNotes {
  std::vector<std::string> lines; // what was converted or left out, one sentence each
};

// Reads `path` (a file or a folder, see TensorSource) into the session. Values may come
// from a published checkpoint: a leading "transformer." or "model." is ignored on either side, known buffers are left
// out with a note, floating types are converted. Gradients and states must match exactly in name, shape and type.
Status loadTensors(const std::string &path, Section section, Session &session, WeightNotes *notes = nullptr);

// Writes every parameter (of gradients and states: those that have one) canonically and atomically.
Status saveTensors(const std::string &path, Section section, Session &session,
                   const std::map<std::string, std::string> &annotations = {});

} // namespace tern::rt

#endif // TERN_RUNTIME_IO_WEIGHTS_H
