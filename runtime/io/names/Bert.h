// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// BERT as published in safetensors.

#ifndef TERN_RUNTIME_IO_NAMES_BERT_H
#define TERN_RUNTIME_IO_NAMES_BERT_H

#include "runtime/io/names/Names.h"

namespace tern::rt {

inline constexpr Buffer bertBuffers[] = {
    {"embeddings.position_ids", 2, "numbers from 0 on, which the program counts"},
    {"pooler.dense.weight", 2, "the program has no pooler"},
    {"pooler.dense.bias", 1, "the program has no pooler"},
};

inline constexpr NameTable bertNames{"bert", bertBuffers, {}};

} // namespace tern::rt

#endif // TERN_RUNTIME_IO_NAMES_BERT_H
