// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numbers and one-line objects for machines. Every number is printed with the fewest digits that read back to the same
// bits, a float as a float. JSON has no infinity or NaN: they are printed as null.

#ifndef TERN_RUNTIME_CORE_JSON_H
#define TERN_RUNTIME_CORE_JSON_H

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace tern::rt {

std::string jsonNumber(float value);
std::string jsonNumber(double value);
std::string jsonNumber(int64_t value);
std::string jsonNumber(uint64_t value);
// Quoted and escaped; bytes that are not UTF-8 become U+FFFD.
std::string jsonString(std::string_view text);

// An object in the order of its add() calls: JsonObject().add("step", 1).add("loss", 2.5f).text() ==
// {"step":1,"loss":2.5}
class JsonObject {
public:
  template <std::integral T>
  JsonObject &add(std::string_view key, T value) {
    if constexpr (std::same_as<T, bool>)
      return addRaw(key, value ? "true" : "false");
    else if constexpr (std::signed_integral<T>)
      return addRaw(key, jsonNumber(static_cast<int64_t>(value)));
    else
      return addRaw(key, jsonNumber(static_cast<uint64_t>(value)));
  }
  JsonObject &add(std::string_view key, float value) { return addRaw(key, jsonNumber(value)); }
  JsonObject &add(std::string_view key, double value) { return addRaw(key, jsonNumber(value)); }
  JsonObject &add(std::string_view key, const char *value) { return addRaw(key, jsonString(value)); }
  JsonObject &add(std::string_view key, std::string_view value) { return addRaw(key, jsonString(value)); }
  JsonObject &add(std::string_view key, const std::string &value) { return addRaw(key, jsonString(value)); }
  JsonObject &add(std::string_view key, const JsonObject &value) { return addRaw(key, value.text()); }
  JsonObject &addRaw(std::string_view key, std::string_view json); // `json` is already JSON

  std::string text() const { return "{" + body + "}"; }

private:
  std::string body;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_CORE_JSON_H
