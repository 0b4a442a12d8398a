// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A state file is written by this runtime, but may be cut, edited or of another version: every field is checked.

#include "runtime/train/CheckpointState.h"

#include "runtime/core/Json.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace tern::rt {

static constexpr int64_t kStateVersion = 3; // 3: classes

static std::string jsonList(const std::vector<std::string> &texts) {
  std::string list;
  for (const std::string &text : texts)
    list += (list.empty() ? "" : ",") + jsonString(text);
  return "[" + list + "]";
}

std::string stateJson(const CheckpointState &state) {
  JsonObject settings;
  visitSettings([&](const char *name, auto member) { settings.add(name, state.settings.*member); });
  JsonObject object;
  object.add("version", kStateVersion).add("step", state.step).add("model", state.model);
  object.add("source_hash", state.sourceHash).add("isa", state.isa).add("compiler", state.compiler);
  object.add("data", state.data).addRaw("classes", jsonList(state.classes)).add("settings", settings);
  return object.text() + "\n";
}

static void appendPoints(std::string &csv, const char *kind, const std::vector<PlotPoint> &points) {
  for (const PlotPoint &point : points)
    csv += std::string(kind) + "," + jsonNumber(point.step) + "," + jsonNumber(point.value) + "\n";
}

std::string historyCsv(const CheckpointState &state) {
  std::string csv = "kind,step,loss\n";
  appendPoints(csv, "train", state.losses);
  appendPoints(csv, "validation", state.validationLosses);
  return csv;
}

// Overloads of the field types of CheckpointState and TrainSettings; false when the JSON value is of another type.
static bool readField(const nlohmann::json &value, std::string &field) {
  if (value.is_string())
    field = value.get<std::string>();
  return value.is_string();
}
static bool readField(const nlohmann::json &value, std::vector<std::string> &field) {
  bool isList =
      value.is_array() && std::ranges::all_of(value, [](const nlohmann::json &item) { return item.is_string(); });
  if (isList)
    field = value.get<std::vector<std::string>>();
  return isList;
}
static bool readField(const nlohmann::json &value, double &field) {
  if (value.is_number())
    field = value.get<double>();
  return value.is_number();
}
static bool readField(const nlohmann::json &value, int64_t &field) {
  if (value.is_number_integer())
    field = value.get<int64_t>();
  return value.is_number_integer();
}
static bool readField(const nlohmann::json &value, uint64_t &field) {
  if (value.is_number_unsigned())
    field = value.get<uint64_t>();
  return value.is_number_unsigned();
}

Status parseStateJson(const std::string &text, const std::string &path, CheckpointState &state) {
  nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object())
    return error("'", path, "' is not a JSON object; the checkpoint is damaged");
  std::string wrong;
  auto read = [&](const nlohmann::json &object, const char *name, auto &field) {
    auto found = object.find(name);
    if (wrong.empty() && (found == object.end() || !readField(*found, field)))
      wrong = name;
  };
  int64_t version = 0;
  read(json, "version", version);
  if (wrong.empty() && version != kStateVersion)
    return error("'", path, "' has version ", version, "; this program reads version ", kStateVersion);
  read(json, "step", state.step);
  read(json, "model", state.model);
  read(json, "source_hash", state.sourceHash);
  read(json, "isa", state.isa);
  read(json, "compiler", state.compiler);
  read(json, "data", state.data);
  read(json, "classes", state.classes);
  nlohmann::json settings = json.value("settings", nlohmann::json::object());
  if (!settings.is_object())
    return error("'", path, "': \"settings\" is not an object; the checkpoint is damaged");
  visitSettings([&](const char *name, auto member) { read(settings, name, state.settings.*member); });
  if (!wrong.empty())
    return error("'", path, "': \"", wrong, "\" is missing or of the wrong type; the checkpoint is damaged");
  if (state.step < 0 || state.settings.accumulate < 1)
    return error("'", path, "': \"step\" or \"accumulate\" is out of range; the checkpoint is damaged");
  return success();
}

template <typename T>
static bool parseNumber(std::string_view text, T &value) {
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size();
}

/// "train,12,3.25" without its line end.
static bool parsePoint(std::string_view line, CheckpointState &state) {
  size_t first = line.find(','), second = line.find(',', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos)
    return false;
  PlotPoint point{};
  if (!parseNumber(line.substr(first + 1, second - first - 1), point.step) ||
      !parseNumber(line.substr(second + 1), point.value))
    return false;
  std::string_view kind = line.substr(0, first);
  if (kind != "train" && kind != "validation")
    return false;
  (kind == "train" ? state.losses : state.validationLosses).push_back(point);
  return true;
}

Status parseHistoryCsv(const std::string &text, const std::string &path, CheckpointState &state) {
  size_t begin = 0;
  for (int64_t number = 1; begin < text.size(); ++number) {
    size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = std::string_view(text).substr(begin, end - begin);
    if (number > 1 && !line.empty() && !parsePoint(line, state))
      return error("'", path, "' line ", number, " is not \"kind,step,loss\"; the checkpoint is damaged");
    begin = end + 1;
  }
  return success();
}

} // namespace tern::rt
