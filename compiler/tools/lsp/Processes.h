// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions that run in processes of their own, so that a crash is an answer and not an end.

#ifndef TERN_COMPILER_TOOLS_LSP_PROCESSES_H
#define TERN_COMPILER_TOOLS_LSP_PROCESSES_H

#include "llvm/ADT/STLFunctionalExtras.h"

#include <string>
#include <sys/types.h>

namespace tern::lsp {

struct Process {
  pid_t id = -1;
  int input = -1, output = -1; // ends of pipes: where it reads from and writes to
  std::string unwritten;       // of what it shall read

  bool isRunning() const { return id > 0; }
  /// Writes what its pipe takes without waiting. Call it when poll says so.
  void flush();
  /// No more input.
  void closeInput();
  /// Waits for its end, or kills it first; closes the pipes. Returns what happened, "" for a clean end.
  std::string end(bool kill);
};

/// Starts a copy of this process that runs `main` with the pipes as standard input and output, and holds no other
/// files. Only in processes without further threads. Not running when the system has no room.
Process start(llvm::function_ref<int()> main);

} // namespace tern::lsp

#endif // TERN_COMPILER_TOOLS_LSP_PROCESSES_H
