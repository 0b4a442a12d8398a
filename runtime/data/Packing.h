// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Several examples in one row of a batch: one after the other, separated by the end token. Attention sees what stands
// before, and positions count on, as in the texts that language models are pre-trained on.

#ifndef TERN_RUNTIME_DATA_PACKING_H
#define TERN_RUNTIME_DATA_PACKING_H

#include "runtime/data/Corpus.h"

namespace tern::rt {

// targets[t] is what follows tokens[t], or ignored.
struct Dialogue {
  std::vector<int32_t> tokens, targets;
};

// Rows of at most `length` tokens: each example goes where it leaves least room, in the order of the file, training and
// validation apart. An example that is shorter than a row ends with a target, the end token.
Divided<Dialogue> pack(const Divided<Dialogue> &examples, int64_t length);

// How many of the places of all rows are tokens.
double fullness(const Divided<Dialogue> &rows, int64_t length);

} // namespace tern::rt

#endif // TERN_RUNTIME_DATA_PACKING_H
