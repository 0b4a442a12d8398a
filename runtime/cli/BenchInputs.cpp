// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The values keep a long series of steps well-behaved: a small learning rate, no denormal numbers.

#include "runtime/cli/BenchInputs.h"

#include "runtime/core/Convert.h"
#include "runtime/core/Random.h"

#include <algorithm>
#include <cstring>
#include <optional>

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
  std::string_view role = tensor.name;
  bool isClass = role == "labels" || role == "next_sentence"; // of which there may be few: always the first
  uint64_t vocabulary = isClass ? 1 : static_cast<uint64_t>(std::max<int64_t>(session.manifest().vocab, 2));
  std::span<uint8_t> bytes = session.bytes(tensor);
  uint64_t size = elementBytes(tensor.dtype);
  for (uint64_t i = 0; i * size < bytes.size(); ++i) {
    int64_t id = static_cast<int64_t>(randomBelow(1, i, vocabulary)); // little endian: the low bytes are the narrow id
    std::memcpy(bytes.data() + i * size, &id, size);
  }
  return success();
}

// A block of numbers, again and again: large tensors are filled at the speed of memory.
static void fillNumbers(std::span<uint8_t> bytes, uint32_t dtype, double scale) {
  constexpr uint64_t blockElements = 4093; // a prime, so that rows differ
  uint64_t size = elementBytes(dtype);
  std::span<uint8_t> block = bytes.first(std::min<uint64_t>(bytes.size(), blockElements * size));
  for (uint64_t i = 0; i * size < block.size(); ++i) {
    double value = scale * randomUnit(2, i);
    convertElements({reinterpret_cast<const uint8_t *>(&value), sizeof(value)}, TERN_F64, block.subspan(i * size, size),
                    dtype);
  }
  for (uint64_t at = block.size(); at < bytes.size(); at += block.size())
    std::memcpy(bytes.data() + at, block.data(), std::min<uint64_t>(block.size(), bytes.size() - at));
}

/// Where a step of generation stands: at the end of full caches, with all its tokens there.
static std::optional<int32_t> stepValue(const Session &session, const tern_entry &entry, std::string_view role) {
  const tern_tensor *tokens = findInput(entry, "tokens");
  int64_t count = tokens && tokens->rank == 2 ? tokens->shape[1] : 1;
  if (role == "count")
    return static_cast<int32_t>(count);
  if (role == "position")
    return static_cast<int32_t>(std::max<int64_t>(session.manifest().context - count, 0));
  return std::nullopt;
}

Status fillBenchInputs(Session &session, const tern_entry &entry) {
  for (const tern_tensor &tensor : inputs(entry)) {
    bool isInteger =
        tensor.dtype == TERN_I32 || tensor.dtype == TERN_I64 || tensor.dtype == TERN_I8 || tensor.dtype == TERN_I1;
    double value = scalarValue(tensor.name);
    if (std::optional<int32_t> step = stepValue(session, entry, tensor.name); step && tensor.dtype == TERN_I32) {
      TERN_ASSIGN(std::span<int32_t> values, session.input<int32_t>(entry, tensor.name));
      std::ranges::fill(values, *step);
    } else if (tensor.rank > 0 && isInteger)
      TERN_TRY(fillIds(session, tensor));
    else if (tensor.rank > 0)
      fillNumbers(session.bytes(tensor), tensor.dtype, 1);
    else if (isInteger)
      TERN_TRY(session.setScalar(entry, tensor.name, static_cast<int64_t>(value)));
    else
      TERN_TRY(session.setScalar(entry, tensor.name, value));
  }
  return success();
}

Status fillBenchParameters(Session &session) {
  std::vector<const Parameter *> floats;
  for (const Parameter &parameter : session.program().parameters()) {
    bool isFloat = parameter.dtype == TERN_F32 || parameter.dtype == TERN_F64 || parameter.dtype == TERN_BF16 ||
                   parameter.dtype == TERN_F16;
    if (isFloat)
      floats.push_back(&parameter);
  }
  return session.writeValues(floats, [](const Parameter &parameter, std::span<uint8_t> value) {
    fillNumbers(value, parameter.dtype, 0.02);
  });
}

} // namespace tern::rt
