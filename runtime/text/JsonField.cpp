// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The library keeps the last of two members of one name, so that names are watched while it parses; and it copies and prints
// values by recursion, so that deep ones are refused before.

#include "runtime/text/JsonField.h"

#include "runtime/core/Json.h"

#include <unordered_set>
#include <vector>

namespace tern::rt {

using nlohmann::json;

static constexpr size_t deepest = 64;

Result<json> parseJsonOnce(std::string_view text, const std::string &path) {
  std::vector<std::unordered_set<std::string>> names; // of the objects around the place, outermost first
  std::string twice;
  bool isDeep = false;
  auto watch = [&](int depth, json::parse_event_t event, json &value) {
    size_t level = static_cast<size_t>(depth);
    bool opens = event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    if (isDeep || (opens && level > deepest)) {
      isDeep = true;
      return false;
    }
    if (event == json::parse_event_t::object_start) {
      names.resize(std::max(names.size(), level + 2));
      names[level + 1].clear();
    }
    if (event == json::parse_event_t::key && !names[level].insert(value.get_ref<const std::string &>()).second)
      twice = value.get<std::string>();
    return true;
  };
  json result = json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/false);
  if (isDeep)
    return error("'", path, "' is nested deeper than ", deepest, " levels");
  if (result.is_discarded() || !result.is_object())
    return error("'", path, "' is not a tokenizer file (no JSON object)");
  if (!twice.empty())
    return error("'", path, "' names ", jsonString(twice), " twice in one object");
  return result;
}

static const json null;

JsonField JsonField::operator[](const char *name) const {
  std::string inner = place.ends_with("'") ? place + ": " + name : place + "." + name;
  if (!value.is_object())
    return {null, std::move(inner)};
  auto found = value.find(name);
  return {found == value.end() ? null : *found, std::move(inner)};
}

JsonField JsonField::operator[](size_t index) const { return {value[index], place + "[" + std::to_string(index) + "]"}; }

Error JsonField::wrong(std::string_view expected) const {
  if (value.is_null())
    return error(place, " is missing; expected ", expected);
  std::string found = value.dump(-1, ' ', true, json::error_handler_t::replace);
  return error(place, " is ", found.size() > 60 ? "a long " + std::string(value.type_name()) : found, "; expected ", expected);
}

Result<std::string> JsonField::text() const {
  return value.is_string() ? Result<std::string>(value.get<std::string>()) : Result<std::string>(wrong("a text"));
}

Result<std::string> JsonField::text(std::string_view absent) const { return isNull() ? std::string(absent) : text(); }

Result<bool> JsonField::flag(bool absent) const {
  if (isNull())
    return absent;
  return value.is_boolean() ? Result<bool>(value.get<bool>()) : Result<bool>(wrong("true or false"));
}

Result<int32_t> JsonField::id() const {
  if (!value.is_number_unsigned() || value.get<uint64_t>() >= idLimit)
    return wrong("a token id, from 0 to " + std::to_string(idLimit - 1));
  return value.get<int32_t>();
}

Status JsonField::expectObject() const { return value.is_object() ? success() : Status(wrong("an object")); }
Status JsonField::expectList() const { return value.is_array() ? success() : Status(wrong("a list")); }

} // namespace tern::rt
