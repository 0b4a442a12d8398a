// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function per subcommand. They print their results on standard output and return the message of a failure.

#ifndef TERN_RUNTIME_CLI_COMMANDS_H
#define TERN_RUNTIME_CLI_COMMANDS_H

#include "runtime/abi/tern.h"
#include "runtime/cli/Options.h"
#include "runtime/core/Session.h"
#include "runtime/text/Tokenizer.h"

namespace tern::rt {

Status runInfo(const tern_variants &program, const tern_manifest &manifest, const MachineOptions &options);
Status runTrain(const tern_manifest &manifest, const TrainOptions &options);
Status runGenerate(const tern_manifest &manifest, const GenerateOptions &options);
/// The part of runGenerate for encoder-decoders.
Status runTranslate(Session &session, const Tokenizer &tokenizer, std::string_view prompt, const GenerateOptions &options);
Status runTokenize(const tern_manifest &manifest, const TokenizeOptions &options);
Status runEval(const tern_manifest &manifest, const EvalOptions &options);
Status runGrad(const tern_manifest &manifest, const GradOptions &options);
Status runForward(const tern_manifest &manifest, const ForwardOptions &options);
class InputBatch;
/// `forward --steps`: through prefill and decode.
Status runForwardBySteps(Session &session, const tern_entry &forward, const InputBatch &batch, const ForwardOptions &options);
Status runBench(const tern_manifest &manifest, const BenchOptions &options);

/// The variant to run: what TERN_ISA names, else the one that a run to resume was made with, else the best that can be used.
Result<const tern_variant *> chooseVariant(const tern_variants &program, const Options &options);

/// The whole program: parses, runs one command, prints the message of a failure. Returns the exit status.
int runCommandLine(const tern_variants &program, int argc, const char *const *argv);

} // namespace tern::rt

#endif // TERN_RUNTIME_CLI_COMMANDS_H
