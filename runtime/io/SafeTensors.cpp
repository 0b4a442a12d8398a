// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reader: the header is parsed once, and every number in it is compared with the file's size before it is used.

#include "runtime/io/SafeTensors.h"

#include "runtime/core/Program.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

namespace tern::rt {

namespace {

using nlohmann::json;

struct StoredType {
  std::string_view name;
  uint64_t bytes;
  std::optional<uint32_t> dtype;
};

constexpr StoredType storedTypes[] = {
    {"F32", 4, TERN_F32}, {"F64", 8, TERN_F64}, {"BF16", 2, TERN_BF16}, {"F16", 2, TERN_F16}, {"I32", 4, TERN_I32},
    {"I64", 8, TERN_I64}, {"I8", 1, TERN_I8},   {"BOOL", 1, TERN_I1},   {"U8", 1, {}},        {"I16", 2, {}},
    {"U16", 2, {}},       {"U32", 4, {}},       {"U64", 8, {}},         {"F8_E4M3", 1, {}},   {"F8_E5M2", 1, {}},
};

constexpr uint64_t headerLimit = 100'000'000; // as the format's own library

const StoredType *findType(std::string_view name) {
  auto found = std::ranges::find(storedTypes, name, &StoredType::name);
  return found == std::end(storedTypes) ? nullptr : found;
}

// JSON that refuses an object with the same key twice at the top level (one of two tensors would silently win).
Result<json> parseHeader(std::string_view text, const std::string &path) {
  std::set<std::string> seen;
  std::string twice;
  bool isDeep = false; // a header has three levels; copies of a value recurse
  auto watch = [&](int depth, json::parse_event_t event, json &value) {
    isDeep |= depth > 8;
    if (event == json::parse_event_t::key && depth == 1 && !seen.insert(value.get<std::string>()).second)
      twice = value.get<std::string>();
    return !isDeep;
  };
  json header = json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/false);
  if (isDeep)
    return error("'", path, "': the safetensors header is nested too deep; the file is damaged, fetch it again");
  if (header.is_discarded())
    return error("'", path, "': the safetensors header is not valid JSON; the file is damaged, fetch it again");
  if (!header.is_object())
    return error("'", path, "': the safetensors header is not a JSON object; the file is damaged, fetch it again");
  if (!twice.empty())
    return error("'", path, "': the safetensors header names '", twice, "' twice");
  return header;
}

std::optional<uint64_t> asUnsigned(const json &value) {
  return value.is_number_unsigned() ? std::optional(value.get<uint64_t>()) : std::nullopt;
}

Result<std::vector<int64_t>> readShape(const json &value, const std::string &where) {
  std::vector<int64_t> shape;
  if (!value.is_array())
    return error(where, " has no 'shape' list");
  for (const json &extent : value) {
    std::optional<uint64_t> number = asUnsigned(extent);
    if (!number || *number > INT64_MAX)
      return error(where, " has an impossible extent in its shape");
    shape.push_back(static_cast<int64_t>(*number));
  }
  return shape;
}

Status readOffsets(const json &value, StoredTensor &tensor, uint64_t dataBytes, const std::string &where) {
  bool pair = value.is_array() && value.size() == 2;
  std::optional<uint64_t> begin = pair ? asUnsigned(value[0]) : std::nullopt;
  std::optional<uint64_t> end = pair ? asUnsigned(value[1]) : std::nullopt;
  if (!begin || !end)
    return error(where, " has no pair of 'data_offsets'");
  if (*begin > *end || *end > dataBytes)
    return error(where, " claims bytes ", *begin, " to ", *end, ", but the file holds ", dataBytes,
                 " bytes of data; it is truncated or damaged, fetch it again");
  tensor.begin = *begin;
  tensor.end = *end;
  return success();
}

Result<StoredTensor> readTensor(const std::string &name, const json &value, uint64_t dataBytes,
                                const std::string &path) {
  std::string where = "'" + path + "': tensor '" + name + "'";
  if (!value.is_object() || !value.contains("dtype") || !value["dtype"].is_string())
    return error(where, " has no 'dtype'");
  StoredTensor tensor{.name = name, .type = value["dtype"], .dtype = {}, .shape = {}, .begin = 0, .end = 0};
  const StoredType *type = findType(tensor.type);
  if (!type)
    return error(where, " has element type '", tensor.type, "', which this runtime does not know");
  tensor.dtype = type->dtype;
  TERN_ASSIGN(tensor.shape, readShape(value.value("shape", json()), where));
  TERN_TRY(readOffsets(value.value("data_offsets", json()), tensor, dataBytes, where));
  std::optional<uint64_t> bytes = checkedBytes(tensor.shape, type->bytes);
  if (!bytes || *bytes != tensor.end - tensor.begin)
    return error(where, " of shape ", shapeText(tensor.shape), " and type ", tensor.type, " occupies ",
                 tensor.end - tensor.begin, " bytes, which does not match");
  return tensor;
}

Result<std::map<std::string, std::string>> readMetadata(const json &value, const std::string &path) {
  std::map<std::string, std::string> result;
  if (!value.is_object())
    return error("'", path, "': '__metadata__' is not an object");
  for (const auto &[key, item] : value.items()) {
    if (!item.is_string())
      return error("'", path, "': '__metadata__' entry '", key, "' is not a text");
    result[key] = item;
  }
  return result;
}

// The tensors, sorted by place, must fill the data section: a gap or an overlap means that a length lies.
Status checkCoverage(const std::vector<StoredTensor> &table, uint64_t dataBytes, const std::string &path) {
  uint64_t expected = 0;
  for (const StoredTensor &tensor : table) {
    if (tensor.begin != expected)
      return error("'", path, "': tensor '", tensor.name, "' starts at byte ", tensor.begin, " of the data instead of ",
                   expected, "; the file is damaged");
    expected = tensor.end;
  }
  if (expected != dataBytes)
    return error("'", path, "': ", dataBytes - expected,
                 " bytes after the last tensor belong to nothing; the file is damaged");
  return success();
}

} // namespace

Result<SafeTensors> SafeTensors::open(const std::string &path) {
  TERN_ASSIGN(MappedFile file, MappedFile::open(path));
  TERN_ASSIGN(SafeTensors result, parse(file.bytes(), path));
  result.file = std::move(file);
  return result;
}

Result<SafeTensors> SafeTensors::parse(std::span<const uint8_t> file, const std::string &path) {
  if (file.size() < 8)
    return error("'", path, "' has ", file.size(), " bytes, too few for a safetensors file");
  uint64_t headerBytes;
  std::memcpy(&headerBytes, file.data(), 8);
  if (headerBytes > headerLimit || headerBytes > file.size() - 8)
    return error("'", path, "' claims a header of ", headerBytes, " bytes, but has ", file.size() - 8,
                 " left; it is truncated or not a safetensors file");
  std::string_view text(reinterpret_cast<const char *>(file.data()) + 8, headerBytes);
  TERN_ASSIGN(json header, parseHeader(text, path));

  SafeTensors result;
  result.name = path;
  result.data = file.subspan(8 + headerBytes);
  for (const auto &[name, value] : header.items()) {
    if (name == "__metadata__") {
      TERN_ASSIGN(result.annotations, readMetadata(value, path));
      continue;
    }
    TERN_ASSIGN(StoredTensor tensor, readTensor(name, value, result.data.size(), path));
    result.table.push_back(std::move(tensor));
  }
  std::ranges::sort(result.table, {}, [](const StoredTensor &tensor) { return std::pair(tensor.begin, tensor.end); });
  TERN_TRY(checkCoverage(result.table, result.data.size(), path));
  for (size_t index = 0; index < result.table.size(); ++index)
    result.byName[result.table[index].name] = index;
  return result;
}

const StoredTensor *SafeTensors::find(std::string_view name) const {
  auto found = byName.find(name);
  return found == byName.end() ? nullptr : &table[found->second];
}

std::span<const uint8_t> SafeTensors::bytes(const StoredTensor &tensor) const {
  return data.subspan(tensor.begin, tensor.end - tensor.begin);
}

void SafeTensors::dropPages() const {
  if (file)
    file->dropPages();
}

} // namespace tern::rt
