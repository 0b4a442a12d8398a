// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// T5 as published in safetensors.

#ifndef TERN_RUNTIME_IO_NAMES_T5_H
#define TERN_RUNTIME_IO_NAMES_T5_H

#include "runtime/io/names/Names.h"

namespace tern::rt {

inline constexpr Buffer t5Buffers[] = {
    {".EncDecAttention.relative_attention_bias.weight", 2, "the decoder looks into the source wherever that stands"},
};

inline constexpr TiedCopy t5TiedCopies[] = {{"encoder.embed_tokens.weight", "shared.weight"},
                                            {"decoder.embed_tokens.weight", "shared.weight"},
                                            {"lm_head.weight", "shared.weight"}};

inline constexpr NameTable t5Names{"t5", t5Buffers, t5TiedCopies};

} // namespace tern::rt

#endif // TERN_RUNTIME_IO_NAMES_T5_H
