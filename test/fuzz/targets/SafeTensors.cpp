// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SafeTensors: every tensor of a file that parses can be read to its last byte, and its shape accounts for its bytes.

#include "runtime/io/SafeTensors.h"

#include "../Targets.h"

using namespace tern::rt;

int fuzzSafeTensors(const uint8_t *data, size_t size) {
  Result<SafeTensors> file = SafeTensors::parse({data, size}, "input");
  if (!file.ok())
    return 0;
  uint64_t sum = 0, bytes = 0;
  for (const StoredTensor &tensor : file->tensors()) {
    fuzz::require(file->find(tensor.name) == &tensor, "a tensor is found by its name");
    for (uint8_t byte : file->bytes(tensor))
      sum += byte;
    bytes += file->bytes(tensor).size();
  }
  fuzz::require(bytes <= size, "tensors lie in the file");
  fuzz::require(sum <= 255 * bytes, "bytes are bytes");
  return 0;
}
