// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The child writes to two files, so that nothing it prints can block it.

#include "ProgramTest.h"

#include "runtime/cli/Commands.h"

#include <cstdio>
#include <sys/wait.h>
#include <unistd.h>

namespace tern::rt::test {

pid_t ProgramTest::start(const tern_manifest &program, const Arguments &arguments) {
  std::string out = file("stdout", ""), err = file("stderr", "");
  std::fflush(nullptr);
  pid_t process = fork();
  if (process != 0)
    return process;
  bool isRedirected = std::freopen(out.c_str(), "w", stdout) && std::freopen(err.c_str(), "w", stderr);
  std::vector<const char *> argv{"program"};
  for (const std::string &argument : arguments)
    argv.push_back(argument.c_str());
  tern_variant variant{program.isa, 0, &program};
  tern_variants table{TERN_ABI_MAGIC, TERN_ABI_VERSION, sizeof(tern_variant), 1, &variant};
  int status = isRedirected ? runCommandLine(table, static_cast<int>(argv.size()), argv.data()) : 99;
  std::fflush(nullptr);
  _exit(status);
}

Outcome ProgramTest::wait(pid_t process) {
  int status = 0;
  waitpid(process, &status, 0);
  int result = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return {result, contentOf(path("stdout")), contentOf(path("stderr"))};
}

std::string ProgramTest::output() const { return contentOf(path("stdout")); }

Outcome ProgramTest::run(const tern_manifest &program, const Arguments &arguments) {
  return wait(start(program, arguments));
}

} // namespace tern::rt::test
