// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every pass did: the IR after each pass that changed it, line by line, with the time it took and the op of the
// model file that each line comes from. A record holds differences; replay it to see a whole program.

#ifndef TERN_COMPILER_TOOLS_RECORDER_H
#define TERN_COMPILER_TOOLS_RECORDER_H

#include "compiler/tools/Compile.h"
#include "compiler/tools/Origins.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

#include <map>

namespace tern {

/// At line `at` of the text before, `removed` lines give way to `inserted`. Edits of one change do not overlap.
struct Edit {
  unsigned at, removed;
  std::vector<unsigned> inserted; // indices of Record::lines
};

/// What a pass did to one function, or to what lies beside functions (section "").
struct Change {
  std::string section;
  std::vector<Edit> edits;
  bool erased = false;
};

struct Step {
  Stage stage = Stage::Model;
  std::string pass; // tern-fuse-qkv, or empty for the program as it was read
  double seconds = 0;
  std::vector<Change> changes; // none: the pass left the program as it was
};

struct Record {
  struct Line {
    unsigned text, origin; // indices of texts and origins
  };
  std::vector<std::string> texts;
  std::vector<std::vector<unsigned>> origins; // sets of indices of Origins::ops
  std::vector<Line> lines;
  std::vector<Step> steps;

  llvm::StringRef textOf(unsigned line) const { return texts[lines[line].text]; }
  llvm::ArrayRef<unsigned> originsOf(unsigned line) const { return origins[lines[line].origin]; }
};

/// The program after some step: per section its lines.
using Program = std::map<std::string, std::vector<unsigned>>;
void apply(const Change &change, Program &program);

/// Watches a compilation. Passes on functions are merged: a step is one pass over the whole module. While it watches,
/// the context runs on one thread.
class Recorder {
public:
  /// Starts with the module that `compilation` has read, and watches until it is destroyed.
  explicit Recorder(Compilation &compilation);
  ~Recorder();

  const Record &record() const;
  const Origins &origins() const;

  /// Called with every module pass's flag after it ran.
  std::function<void(llvm::StringRef pass, mlir::ModuleOp)> after = [](llvm::StringRef, mlir::ModuleOp) {};

private:
  class Watch;
  struct State;
  std::unique_ptr<State> state;
};

} // namespace tern

#endif // TERN_COMPILER_TOOLS_RECORDER_H
