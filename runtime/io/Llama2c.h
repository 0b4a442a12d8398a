// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The .bin format of llama2.c, versions 0 and 1: a header of sizes, then the tensors of a LLaMA as f32, each for all layers
// together. They get the names of published safetensors files.

#ifndef TERN_RUNTIME_IO_LLAMA2C_H
#define TERN_RUNTIME_IO_LLAMA2C_H

#include "runtime/io/TensorSource.h"

namespace tern::rt {

// The tensors, from memory that outlives them; `path` is only for messages.
Result<std::vector<SourceTensor>> parseLlama2c(std::span<const uint8_t> file, const std::string &path);

} // namespace tern::rt

#endif // TERN_RUNTIME_IO_LLAMA2C_H
