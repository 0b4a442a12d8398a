// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sums run in batch order in double precision, so that the figure does not depend on threads.

#include "runtime/cli/MeanLoss.h"

#include <algorithm>

namespace tern::rt {

Result<MeanLoss> meanLoss(Session &session, BatchSource &source, Split split, int64_t limit,
                          const std::function<bool()> &shouldStop) {
  TERN_ASSIGN(const tern_entry *entry, session.program().entry("loss"));
  int64_t batches = source.orderedBatches(split);
  if (limit > 0)
    batches = std::min(batches, limit);
  double sum = 0;
  MeanLoss result;
  for (int64_t index = 0; index < batches; ++index) {
    if (shouldStop && shouldStop())
      return error("stopped after ", index, " of ", batches, " batches");
    TERN_ASSIGN(int64_t weight, source.fillOrdered(split, index, session, *entry));
    TERN_TRY(session.call(*entry));
    TERN_ASSIGN(double loss, session.scalar(*entry, "loss"));
    sum += loss * static_cast<double>(weight);
    result.items += weight;
  }
  if (result.items == 0)
    return error("there is nothing to measure the loss on");
  result.loss = sum / static_cast<double>(result.items);
  return result;
}

} // namespace tern::rt
