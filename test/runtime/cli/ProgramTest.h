// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs the command line of a hand-written program in a process of its own, as a user would.

#ifndef TERN_TEST_RUNTIME_CLI_PROGRAMTEST_H
#define TERN_TEST_RUNTIME_CLI_PROGRAMTEST_H

#include "../FakeProgram.h"
#include "../Support.h"

#include <sys/types.h>

namespace tern::rt::test {

struct Outcome {
  int status = -1; // exit status, or minus the signal
  std::string out, err;
};

class ProgramTest : public FileTest {
protected:
  using Arguments = std::vector<std::string>;

  Outcome run(const Arguments &arguments) { return run(bigramProgram(), arguments); }
  Outcome run(const tern_manifest &program, const Arguments &arguments);

  // For tests that send signals: start, then wait.
  pid_t start(const tern_manifest &program, const Arguments &arguments);
  Outcome wait(pid_t process);
  // What the started process has printed so far.
  std::string output() const;
};

} // namespace tern::rt::test

#endif // TERN_TEST_RUNTIME_CLI_PROGRAMTEST_H
