// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Keys are marked when they are asked for; the rest is what nobody knows how to map.

#include "compiler/tools/import/Config.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cmath>

using namespace llvm;
using namespace tern;

static constexpr uint64_t configLimit = 1 << 20;
static constexpr unsigned nestingLimit = 64;
static constexpr int64_t layerLimit = 4096; // each has its rows in the table of parameters
static constexpr double sizeLimit = 1u << 31;

// The parser of LLVM calls itself for every level.
static bool isNestedTooDeep(StringRef text) {
  unsigned depth = 0;
  bool isText = false;
  for (size_t at = 0; at < text.size(); ++at) {
    if (isText && text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      isText = !isText;
    else if (!isText && (text[at] == '[' || text[at] == '{') && ++depth > nestingLimit)
      return true;
    else if (!isText && (text[at] == ']' || text[at] == '}') && depth > 0)
      --depth;
  }
  return false;
}

Expected<json::Value> tern::parseForeignJson(StringRef text, const Twine &where) {
  if (isNestedTooDeep(text))
    return createStringError("'" + where + "': brackets are nested more than " + Twine(nestingLimit) + " deep");
  Expected<json::Value> value = json::parse(text);
  if (!value)
    return createStringError("'" + where + "' is not valid JSON: " + toString(value.takeError()));
  return value;
}

Expected<json::Value> tern::readForeignJson(StringRef path) {
  auto file = MemoryBuffer::getFile(path);
  if (!file)
    return createStringError("cannot read '" + path + "': " + file.getError().message());
  if ((*file)->getBufferSize() > configLimit)
    return createStringError("'" + path + "' has " + Twine((*file)->getBufferSize()) + " bytes, too many for a configuration");
  return parseForeignJson((*file)->getBuffer(), path);
}

Expected<Config> Config::read(StringRef path) {
  Expected<json::Value> value = readForeignJson(path);
  if (!value)
    return value.takeError();
  json::Object *object = value->getAsObject();
  if (!object)
    return createStringError("'" + path + "' is not a JSON object: a configuration is expected");
  return Config(std::move(*object), path);
}

static std::string textOf(const json::Value &value) {
  std::string text;
  raw_string_ostream(text) << value;
  return text.size() > 60 ? text.substr(0, 57) + "..." : text;
}

bool Config::has(StringRef key) const {
  const json::Value *value = values.get(key);
  return value && value->kind() != json::Value::Null;
}

const json::Value *Config::value(StringRef key) {
  asked.insert(key);
  return has(key) ? values.get(key) : nullptr;
}

std::optional<double> Config::number(StringRef key) {
  const json::Value *found = value(key);
  return found ? found->getAsNumber() : std::nullopt;
}

int64_t Config::size(StringRef key, std::optional<int64_t> otherwise) {
  std::optional<double> found = number(key);
  bool isSize = found && *found >= 1 && *found <= sizeLimit && *found == std::floor(*found);
  if (isSize)
    return static_cast<int64_t>(*found);
  if (has(key))
    refuse(key, "a whole number from 1 to 2147483648 is expected");
  else if (!otherwise)
    problems.push_back(("'" + key + "' is missing").str());
  return otherwise.value_or(1);
}

int64_t Config::layers(StringRef key, std::optional<int64_t> otherwise) {
  int64_t count = size(key, otherwise);
  if (count <= layerLimit)
    return count;
  refuse(key, "a model of at most 4096 layers is expected");
  return 1;
}

double Config::positive(StringRef key, std::optional<double> otherwise) {
  std::optional<double> found = number(key);
  if (found && std::isfinite(*found) && *found > 0)
    return *found;
  if (has(key))
    refuse(key, "a number above 0 is expected");
  else if (!otherwise)
    problems.push_back(("'" + key + "' is missing").str());
  return otherwise.value_or(1);
}

double Config::rate(StringRef key, double otherwise) {
  std::optional<double> found = number(key);
  if (found && *found >= 0 && *found < 1)
    return *found;
  if (has(key))
    refuse(key, "a number from 0 to below 1 is expected");
  return otherwise;
}

bool Config::flag(StringRef key, bool otherwise) {
  const json::Value *found = value(key);
  if (found && !found->getAsBoolean())
    refuse(key, "true or false is expected");
  return found ? found->getAsBoolean().value_or(otherwise) : otherwise;
}

std::string Config::word(StringRef key, StringRef otherwise) {
  const json::Value *found = value(key);
  if (found && !found->getAsString())
    refuse(key, "a text is expected");
  return found ? found->getAsString().value_or(otherwise).str() : otherwise.str();
}

void Config::leaveOut(ArrayRef<StringRef> keys) {
  for (StringRef key : keys)
    ignored.insert(key);
}

void Config::refuse(StringRef key, const Twine &why) {
  asked.insert(key);
  const json::Value *found = values.get(key);
  problems.push_back(("'" + key + "'" + (found ? " = " + textOf(*found) : std::string(" is missing")) + ": " + why).str());
}

void Config::refuseUnless(bool holds, StringRef key, const Twine &why) {
  asked.insert(key);
  if (!holds)
    refuse(key, why);
}

Error Config::finish() {
  std::vector<std::string> unknown;
  for (const auto &[key, value] : values)
    if (StringRef name = key; has(name) && !asked.contains(name) && !ignored.contains(name))
      unknown.push_back(name.str());
  llvm::sort(unknown);
  for (const std::string &key : unknown)
    refuse(key, "no rule says what it changes; if nothing, take the line out of the file");
  if (problems.empty())
    return Error::success();
  return createStringError("'" + path + "' cannot be mapped (" + Twine(problems.size()) +
                           (problems.size() == 1 ? " problem" : " problems") + "); nothing was written:\n  " +
                           llvm::join(problems, "\n  "));
}

static std::vector<std::string> keysIn(const json::Object &values, const StringSet<> &names) {
  std::vector<std::string> keys;
  for (const auto &[key, value] : values)
    if (names.contains(StringRef(key)))
      keys.push_back(StringRef(key).str());
  llvm::sort(keys);
  return keys;
}

std::vector<std::string> Config::mapped() const { return keysIn(values, asked); }

std::vector<std::string> Config::leftOut() const {
  std::vector<std::string> keys = keysIn(values, ignored);
  llvm::erase_if(keys, [&](const std::string &key) { return asked.contains(key); });
  return keys;
}
