// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The values keep a long series of steps well-behaved: a small learning rate, no denormal numbers.

#include "runtime/cli/BenchInputs.h"

#include "runtime/core/Convert.h"
#include "runtime/core/Random.h"

#include <algorithm>
#include <cstring>

namespace tern::rt {

static double scalarValue(std::string_view role) {
  static constexpr std::pair<std::string_view, double> known[] = {
      {"learning_rate", 1e-5}, {"beta1", 0.9}, {"beta2", 0.999}, {"epsilon", 1e-8}, {"momentum", 0.9},
      {"weight_decay", 0.1},   {"clip", 1.0},  {"scale", 1.0},   {"step", 1},       {"seed", 1},
  };
  for (auto [name, value] : known)
    if (name == role)
      return value;
  return 0;
}

static Status fillIds(Session &session, const tern_tensor &tensor) {
  uint64_t vocabulary = static_cast<uint64_t>(std::max<int64_t>(session.manifest().vocab, 2));
  std::span<uint8_t> bytes = session.bytes(tensor);
  uint64_t size = elementBytes(tensor.dtype);
  for (uint64_t i = 0; i * size < bytes.size(); ++i) {
    int64_t id = static_cast<int64_t>(randomBelow(1, i, vocabulary)); // little endian: the low bytes are the narrow id
    std::memcpy(bytes.data() + i * size, &id, size);
  }
  return success();
}

static Status fillNumbers(Session &session, const tern_tensor &tensor) {
  std::span<uint8_t> bytes = session.bytes(tensor);
  uint64_t size = elementBytes(tensor.dtype);
  for (uint64_t i = 0; i * size < bytes.size(); ++i) {
    double value = randomUnit(2, i);
    convertElements({reinterpret_cast<const uint8_t *>(&value), sizeof(value)}, TERN_F64, bytes.subspan(i * size, size),
                    tensor.dtype);
  }
  return success();
}

Status fillBenchInputs(Session &session, const tern_entry &entry) {
  for (const tern_tensor &tensor : inputs(entry)) {
    bool isInteger =
        tensor.dtype == TERN_I32 || tensor.dtype == TERN_I64 || tensor.dtype == TERN_I8 || tensor.dtype == TERN_I1;
    double value = scalarValue(tensor.name);
    if (tensor.rank > 0)
      TERN_TRY(isInteger ? fillIds(session, tensor) : fillNumbers(session, tensor));
    else if (isInteger)
      TERN_TRY(session.setScalar(entry, tensor.name, static_cast<int64_t>(value)));
    else
      TERN_TRY(session.setScalar(entry, tensor.name, value));
  }
  return success();
}

} // namespace tern::rt
