// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Before anything else: which variant of the program runs. Another one would give other bits, so a resumed run keeps its own.

#include "runtime/cli/Commands.h"
#include "runtime/core/Variants.h"
#include "runtime/train/Checkpoint.h"

#include <cstdlib>

namespace tern::rt {

/// The instruction set of the run that --resume continues, or "" where there is none to read.
static std::string storedIsa(const Options &options) {
  if (options.command != "train" || !options.train.resume)
    return "";
  Result<std::string> checkpoint = latestCheckpoint(options.train.out);
  if (!checkpoint)
    return "";
  Result<CheckpointState> state = readCheckpoint(*checkpoint);
  return state ? state->isa : "";
}

Result<const tern_variant *> chooseVariant(const tern_variants &program, const Options &options) {
  Processor processor = thisProcessor();
  const char *asked = std::getenv("TERN_ISA");
  if (asked && *asked) {
    Result<const tern_variant *> picked = pickVariant(program, asked, processor);
    return picked ? picked : error("TERN_ISA: ", picked.message());
  }
  Result<const tern_variant *> best = pickVariant(program, "", processor);
  std::string isa = best ? storedIsa(options) : "";
  if (isa.empty() || !findVariant(program, isa)) // then what differs is said when the checkpoint is read
    return best;
  Result<const tern_variant *> pinned = pickVariant(program, isa, processor);
  if (pinned || options.train.allowInexactResume)
    return pinned ? pinned : best;
  return error("the run in '", options.train.out, "' cannot be continued exactly: ", pinned.message(),
               "\ngive --allow-inexact-resume to continue with another variant");
}

} // namespace tern::rt
