// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// LLaMA, and what is built like it, as published in safetensors.

#ifndef TERN_RUNTIME_IO_NAMES_LLAMA_H
#define TERN_RUNTIME_IO_NAMES_LLAMA_H

#include "runtime/io/names/Names.h"

namespace tern::rt {

inline constexpr Buffer llamaBuffers[] = {
    {".rotary_emb.inv_freq", 1, "angles, which the program computes"},
};

inline constexpr TiedCopy llamaTiedCopies[] = {{"lm_head.weight", "embed_tokens.weight"}};

inline constexpr NameTable llamaNames{"llama", llamaBuffers, llamaTiedCopies};

} // namespace tern::rt

#endif // TERN_RUNTIME_IO_NAMES_LLAMA_H
