// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inputs for timing an entry: random ids of the vocabulary, small random numbers, and settings of an ordinary step.

#ifndef TERN_RUNTIME_CLI_BENCHINPUTS_H
#define TERN_RUNTIME_CLI_BENCHINPUTS_H

#include "runtime/core/Session.h"

namespace tern::rt {

/// Writes every input of the entry.
Status fillBenchInputs(Session &session, const tern_entry &entry);

/// Small numbers in every parameter: for programs that have no initial ones.
Status fillBenchParameters(Session &session);

} // namespace tern::rt

#endif // TERN_RUNTIME_CLI_BENCHINPUTS_H
