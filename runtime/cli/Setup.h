// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What several commands do first: choose a tokenizer, open the data, fill the parameters, watch for signals.

#ifndef TERN_RUNTIME_CLI_SETUP_H
#define TERN_RUNTIME_CLI_SETUP_H

#include "runtime/cli/Options.h"
#include "runtime/core/Session.h"
#include "runtime/data/BatchSource.h"
#include "runtime/text/Tokenizer.h"

#include <memory>

namespace tern::rt {

/// Prints the notes of the loader on standard error. Without weights the init entry fills the parameters.
Status fillParameters(Session &session, const std::string &weights, uint64_t seed);

/// The tokenizer that --tokenizer names, else the one saved beside the weights, else the program's default. `corpus`
/// are the data that "chars" and "words" are made from.
Result<std::unique_ptr<Tokenizer>> chooseTokenizer(const std::string &flag, const std::string &weights,
                                                   const Program &program, const DataOptions &corpus);

/// The names of the classes that the weights of a checkpoint were trained with; empty for other weights.
Result<std::vector<std::string>> savedClasses(const std::string &weights);

DataOptions dataOptions(const DataFlags &flags);

/// 16 hexadecimal digits of a text: equal for equal data.
std::string fingerprint(std::string_view text);
/// Of the training and the validation files.
Result<std::string> dataFingerprint(const DataFlags &flags);

bool takesTokens(const tern_entry &entry);

/// Turns the first SIGINT or SIGTERM into interrupted() == true; the second one ends the process.
void watchInterrupts();
bool interrupted();

uint64_t peakResidentBytes();
/// "124,439,808"
std::string withSeparators(uint64_t value);

} // namespace tern::rt

#endif // TERN_RUNTIME_CLI_SETUP_H
