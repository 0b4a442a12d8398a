// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The exact mean loss over a split: every batch weighted by the targets it counts, the padded last one included.

#ifndef TERN_RUNTIME_CLI_MEANLOSS_H
#define TERN_RUNTIME_CLI_MEANLOSS_H

#include "runtime/data/BatchSource.h"

#include <functional>

namespace tern::rt {

struct MeanLoss {
  double loss = 0;
  int64_t items = 0; // targets or rows that were counted
};

/// Over the first `limit` batches of the split; 0 is all. `shouldStop` ends the work early with an error.
Result<MeanLoss> meanLoss(Session &session, BatchSource &source, Split split, int64_t limit,
                          const std::function<bool()> &shouldStop = {});

} // namespace tern::rt

#endif // TERN_RUNTIME_CLI_MEANLOSS_H
