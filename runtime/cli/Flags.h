// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pieces of the command line grammar. Private to Flags.cpp and TrainFlags.cpp: everything else reads Options.h.

#ifndef TERN_RUNTIME_CLI_FLAGS_H
#define TERN_RUNTIME_CLI_FLAGS_H

#include "runtime/cli/Options.h"

namespace CLI {
class App;
class Validator;
} // namespace CLI

namespace tern::rt {

/// Checks of numbers, with messages that say what was found.
CLI::Validator atLeast(double low);
CLI::Validator above(double low);
CLI::Validator between(double low, double high);

void addMachineFlags(CLI::App &command, MachineOptions &options);
void addDataFlags(CLI::App &command, DataFlags &data);
void addBatchFlags(CLI::App &command, BatchFlags &batch);

void addTrainCommand(CLI::App &app, TrainOptions &options);
/// Which settings stand on the parsed command line.
std::set<std::string> givenSettings(const CLI::App &train);

} // namespace tern::rt

#endif // TERN_RUNTIME_CLI_FLAGS_H
