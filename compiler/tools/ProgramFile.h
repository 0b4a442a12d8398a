// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The last step of ternc: objects and the runtime become a program.

#ifndef TERN_COMPILER_TOOLS_PROGRAMFILE_H
#define TERN_COMPILER_TOOLS_PROGRAMFILE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Error.h"

#include <string>

namespace tern {

struct ProgramFile {
  std::string path;
  std::string linker; // a compiler driver; empty: the first that is found
  bool isShared = false, keepsObjects = false;
};

/// Writes the objects beside the program and links them, with the runtime library that lies beside this tool.
llvm::Error writeProgram(llvm::ArrayRef<llvm::SmallString<0>> objects, const ProgramFile &file);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_PROGRAMFILE_H
