// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ternc --emit=html`: one page that shows what the compiler did to a model. It holds everything that it needs and
// opens without a network. Its parts lie in html/; this writes its data.

#ifndef TERN_COMPILER_TOOLS_PAGE_H
#define TERN_COMPILER_TOOLS_PAGE_H

#include "compiler/tools/Compile.h"

namespace tern {

/// Lowers a model that has just been read down to the last floor, and writes the page. `isa` names the target.
llvm::Error writePage(Compilation &compilation, PipelineOptions options, llvm::StringRef isa, llvm::raw_ostream &out);

/// The files of html/, which are part of the tool.
struct PageFiles {
  llvm::StringRef frame, style, script;
};
PageFiles pageFiles();

} // namespace tern

#endif // TERN_COMPILER_TOOLS_PAGE_H
