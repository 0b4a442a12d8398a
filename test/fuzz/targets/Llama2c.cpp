// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Llama2c: every tensor of a file that parses lies in it, and its shape accounts for its bytes.

#include "runtime/io/Llama2c.h"

#include "../Targets.h"

using namespace tern::rt;

int fuzzLlama2c(const uint8_t *data, size_t size) {
  auto tensors = parseLlama2c({data, size}, "input");
  if (!tensors.ok())
    return 0;
  uint64_t bytes = 0;
  for (const SourceTensor &tensor : *tensors) {
    uint64_t expected = 4;
    for (int64_t extent : tensor.shape)
      expected *= static_cast<uint64_t>(extent);
    fuzz::require(tensor.bytes.size() == expected, "a shape accounts for its bytes");
    fuzz::require(tensor.bytes.data() >= data && tensor.bytes.data() + expected <= data + size, "a tensor lies in the file");
    fuzz::require(tensor.pairedHeads == 0 || tensor.shape[0] % (2 * tensor.pairedHeads) == 0, "heads are made of pairs");
    bytes += expected;
  }
  fuzz::require(bytes <= size, "tensors do not overlap");
  return 0;
}
