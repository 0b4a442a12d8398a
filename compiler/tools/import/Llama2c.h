// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The header of a llama2.c .bin file as a configuration of the LLaMA family.

#ifndef TERN_COMPILER_TOOLS_IMPORT_LLAMA2C_H
#define TERN_COMPILER_TOOLS_IMPORT_LLAMA2C_H

#include "compiler/tools/import/Config.h"

namespace tern {

struct Llama2cFile {
  Config config;
  unsigned version;
  uint64_t bytes;       // of the file
  uint64_t otherBytes;  // header, and what the old format has beside parameters
};

llvm::Expected<Llama2cFile> readLlama2c(llvm::StringRef path);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_IMPORT_LLAMA2C_H
