// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GPT-2 as published in safetensors.

#ifndef TERN_RUNTIME_IO_NAMES_GPT2_H
#define TERN_RUNTIME_IO_NAMES_GPT2_H

#include "runtime/io/names/Names.h"

namespace tern::rt {

inline constexpr Buffer gpt2Buffers[] = {
    {".attn.bias", 4, "the causal mask, which the program computes"},
    {".attn.masked_bias", 0, "the value of masked scores, which the program computes"},
};

inline constexpr TiedCopy gpt2TiedCopies[] = {{"lm_head.weight", "wte.weight"}};

inline constexpr NameTable gpt2Names{"gpt2", gpt2Buffers, gpt2TiedCopies};

} // namespace tern::rt

#endif // TERN_RUNTIME_IO_NAMES_GPT2_H
