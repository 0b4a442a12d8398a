// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// std::to_chars prints the shortest digits that read back to the same value.

#include "runtime/core/Json.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace tern::rt {

template <typename T>
static std::string floatText(T value) {
  if (!std::isfinite(value))
    return "null";
  char digits[64];
  auto [end, failure] = std::to_chars(digits, digits + sizeof(digits), value);
  std::string text(digits, end);
  // A reader that keeps integers apart would lose the sign of -0 and the type of 1e15.
  bool looksIntegral = text.find_first_of(".e") == std::string::npos;
  return looksIntegral ? text + ".0" : text;
}

std::string jsonNumber(float value) { return floatText(value); }
std::string jsonNumber(double value) { return floatText(value); }
std::string jsonNumber(int64_t value) { return std::to_string(value); }
std::string jsonNumber(uint64_t value) { return std::to_string(value); }

std::string jsonString(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

JsonObject &JsonObject::addRaw(std::string_view key, std::string_view json) {
  if (!body.empty())
    body += ',';
  body += jsonString(key);
  body += ':';
  body += json;
  return *this;
}

} // namespace tern::rt
