// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A value in a JSON file that somebody else wrote, with its place for messages: "'tokenizer.json': model.merges[17]".

#ifndef TERN_RUNTIME_TEXT_JSONFIELD_H
#define TERN_RUNTIME_TEXT_JSONFIELD_H

#include "runtime/core/Result.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace tern::rt {

/// Refuses what is not JSON, and an object that names something twice (one of the two would silently win).
Result<nlohmann::json> parseJsonOnce(std::string_view text, const std::string &path);

class JsonField {
public:
  JsonField(const nlohmann::json &value, std::string place) : value(value), place(std::move(place)) {}

  const nlohmann::json &json() const { return value; }
  bool isNull() const { return value.is_null(); }
  std::string where() const { return place; }

  /// The member of an object; a null where it is missing, or where this is no object.
  JsonField operator[](const char *name) const;
  JsonField operator[](size_t index) const; // of a list that has it

  Result<std::string> text() const;
  Result<std::string> text(std::string_view absent) const; // when it is null
  Result<bool> flag(bool absent) const;
  Result<int32_t> id() const; // 0 to idLimit - 1
  Status expectObject() const;
  Status expectList() const;
  Error wrong(std::string_view expected) const;

  static constexpr int64_t idLimit = 1 << 24;

private:
  const nlohmann::json &value;
  std::string place;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_TEXT_JSONFIELD_H
