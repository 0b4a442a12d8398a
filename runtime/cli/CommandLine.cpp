// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exit status 0 success, 1 failure with one message on standard error, 2 usage. Nothing below may end the process.

#include "runtime/cli/Commands.h"

#include <cstdio>
#include <exception>
#include <new>

namespace tern::rt {

static Status dispatch(const tern_variants &program, const Options &options) {
  TERN_ASSIGN(const tern_variant *variant, chooseVariant(program, options));
  const tern_manifest &manifest = *variant->manifest;
  if (options.command == "info")
    return runInfo(program, manifest, options.info);
  if (options.command == "train")
    return runTrain(manifest, options.train);
  if (options.command == "generate")
    return runGenerate(manifest, options.generate);
  if (options.command == "tokenize")
    return runTokenize(manifest, options.tokenize);
  if (options.command == "eval")
    return runEval(manifest, options.eval);
  if (options.command == "grad")
    return runGrad(manifest, options.grad);
  if (options.command == "forward")
    return runForward(manifest, options.forward);
  return runBench(manifest, options.bench);
}

/// Exceptions of the standard library end here: the message of the failure is all that a caller sees.
static Status dispatchSafely(const tern_variants &program, const Options &options) {
  try {
    return dispatch(program, options);
  } catch (const std::bad_alloc &) {
    return error("out of memory; 'info' shows what the program needs");
  } catch (const std::exception &failure) {
    return error("unexpected failure: ", failure.what());
  }
}

int runCommandLine(const tern_variants &program, int argc, const char *const *argv) {
  Options options;
  if (std::optional<int> status = parseCommandLine(argc, argv, options))
    return *status;
  Status status = dispatchSafely(program, options);
  bool isWritten = std::fflush(stdout) == 0 && !std::ferror(stdout);
  if (status.ok() && !isWritten)
    status = error("cannot write to standard output");
  if (status.ok())
    return 0;
  std::fprintf(stderr, "error: %s\n", status.message().c_str());
  return 1;
}

} // namespace tern::rt
