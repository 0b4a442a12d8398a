// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `ternc --explain=PLACE`: the life of one op of the model file, from the line where it is written down to
// instructions.

#ifndef TERN_COMPILER_TOOLS_EXPLAIN_H
#define TERN_COMPILER_TOOLS_EXPLAIN_H

#include "compiler/tools/Compile.h"

namespace tern {

/// A place in a model file; a column of 0 means the whole line, an empty file the only one.
struct Place {
  std::string file;
  unsigned line = 0, column = 0;
};
/// From "24", "24:12" or "model.mlir:24:12".
llvm::Expected<Place> parsePlace(llvm::StringRef text);

/// Lowers a model that has just been read down to floor `last`, and prints what became of the op at the place. Fails
/// when there is none, and names the nearest.
llvm::Error explain(Compilation &compilation, PipelineOptions options, const Place &place, Stage last,
                    llvm::raw_ostream &out);

} // namespace tern

#endif // TERN_COMPILER_TOOLS_EXPLAIN_H
