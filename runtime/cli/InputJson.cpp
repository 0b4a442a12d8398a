// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensors written by hand: an object of nested arrays of numbers. Meant for models of a few values.

#include "runtime/cli/InputBatch.h"

#include <nlohmann/json.hpp>

namespace tern::rt {

/// Appends the numbers of `value` in row-major order. False where nesting or lengths are uneven.
static bool flatten(const nlohmann::json &value, size_t depth, InputTensor &tensor) {
  if (value.is_number()) {
    tensor.values.push_back(value.get<double>());
    return depth == tensor.shape.size();
  }
  if (!value.is_array() || value.empty() || depth >= tensor.shape.size())
    return false;
  if (tensor.shape[depth] != static_cast<int64_t>(value.size()))
    return false;
  for (const nlohmann::json &element : value)
    if (!flatten(element, depth + 1, tensor))
      return false;
  return true;
}

static std::vector<int64_t> shapeOfFirst(const nlohmann::json &value) {
  std::vector<int64_t> shape;
  for (const nlohmann::json *level = &value; level->is_array() && !level->empty(); level = &level->front())
    shape.push_back(static_cast<int64_t>(level->size()));
  return shape;
}

Result<std::map<std::string, InputTensor>> parseJsonTensors(const std::string &text, const std::string &path) {
  nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object())
    return error("'", path, "' is not a JSON object of {\"role\": numbers}");
  std::map<std::string, InputTensor> tensors;
  for (const auto &[name, value] : json.items()) {
    InputTensor tensor{shapeOfFirst(value), {}};
    if (tensor.shape.size() > TERN_MAX_RANK || !flatten(value, 0, tensor))
      return error("'", path, "': \"", name, "\" is not a number or an even nesting of arrays of numbers");
    tensors[name] = std::move(tensor);
  }
  return tensors;
}

} // namespace tern::rt
