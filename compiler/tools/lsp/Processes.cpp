// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions that run in processes of their own.

#include "compiler/tools/lsp/Processes.h"

#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <limits.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace tern::lsp;

void Process::flush() {
  // A pipe that poll calls writable takes this much at least.
  ssize_t written = write(input, unwritten.data(), std::min<size_t>(unwritten.size(), PIPE_BUF));
  if (written > 0)
    unwritten.erase(0, written);
  else if (errno != EINTR && errno != EAGAIN)
    closeInput(); // it reads no more; its end will be seen on its output
}

void Process::closeInput() {
  if (input >= 0)
    close(input);
  input = -1;
  unwritten.clear();
}

std::string Process::end(bool kill) {
  closeInput();
  if (kill)
    ::kill(id, SIGKILL);
  int status = 0;
  while (waitpid(id, &status, 0) < 0 && errno == EINTR) {
  }
  close(output);
  id = output = -1;
  if (WIFSIGNALED(status))
    return "ended with signal " + std::to_string(WTERMSIG(status)) + " (" + strsignal(WTERMSIG(status)) + ")";
  return WEXITSTATUS(status) == 0 ? "" : "ended with status " + std::to_string(WEXITSTATUS(status));
}

Process tern::lsp::start(llvm::function_ref<int()> main) {
  int in[2], out[2];
  if (pipe(in) != 0)
    return {};
  if (pipe(out) != 0) {
    close(in[0]), close(in[1]);
    return {};
  }
  pid_t id = fork();
  if (id == 0) {
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    // A pipe that somebody else holds open has no end.
    for (int file = STDERR_FILENO + 1; file < 256; ++file)
      close(file);
    int status = main();
    llvm::outs().flush();
    _exit(status); // what this process would tidy up is the other's
  }
  close(in[0]), close(out[1]);
  if (id > 0)
    return {id, in[1], out[0], ""};
  close(in[1]), close(out[0]);
  return {};
}
