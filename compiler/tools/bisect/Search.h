// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The first pass after which the values differ: programs between -O0 and -O3 are compared with -O0.

#ifndef TERN_COMPILER_TOOLS_BISECT_SEARCH_H
#define TERN_COMPILER_TOOLS_BISECT_SEARCH_H

#include "compiler/tools/bisect/Corridor.h"
#include "compiler/tools/bisect/Evaluate.h"

#include "llvm/Support/raw_ostream.h"

namespace tern::bisect {

/// What does not change while something is looked for.
struct Setup {
  std::vector<Step> steps;
  Machine machine;
  double tolerance;     // of -O3 against -O0
  double passTolerance; // of one pass, with everything else equal
  llvm::raw_ostream &progress;
};

struct Culprit {
  size_t number = 0; // among the optional passes, from 1; 0: there is none
  size_t step = 0;   // in the corridor; its length: LLVM's optimizer
  Verdict verdict;   // of the program with it; of -O3 when there is none
  Outcome outcome;   // of the program with it
};

/// Also sets the number of classes, which a part of the model could not know. Fails when
/// not even the required passes make a program, or when a file names a tensor that no entry takes.
llvm::Expected<Culprit> findPass(mlir::ModuleOp model, Setup &setup);

/// "fuse-qkv", or "llvm-O3" for the last one.
std::string nameOfStep(const Setup &setup, size_t step);

} // namespace tern::bisect

#endif // TERN_COMPILER_TOOLS_BISECT_SEARCH_H
