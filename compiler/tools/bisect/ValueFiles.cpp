// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensors from files, in the two forms that `PROG grad --input` takes. Lengths are compared with the file before they
// are believed.

#include "compiler/tools/bisect/Values.h"

#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstring>

using namespace tern;
using namespace tern::bisect;
using llvm::StringRef;

/// Appends the numbers of nested arrays in row-major order; false where nesting or lengths are uneven.
static bool flatten(const llvm::json::Value &value, size_t depth, Tensor &tensor) {
  if (std::optional<double> number = value.getAsNumber()) {
    tensor.values.push_back(*number);
    return depth == tensor.shape.size();
  }
  const llvm::json::Array *array = value.getAsArray();
  if (!array || array->empty())
    return false;
  if (tensor.values.empty() && depth == tensor.shape.size())
    tensor.shape.push_back(array->size());
  if (depth >= tensor.shape.size() || tensor.shape[depth] != static_cast<int64_t>(array->size()))
    return false;
  return llvm::all_of(*array, [&](const llvm::json::Value &element) { return flatten(element, depth + 1, tensor); });
}

static llvm::Expected<llvm::json::Value> parseJson(StringRef path, StringRef text) {
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(text);
  if (json)
    return json;
  return llvm::createStringError("'" + path + "' holds no JSON: " + llvm::toString(json.takeError()));
}

static llvm::Error addJson(Feed &feed, StringRef path, StringRef text) {
  llvm::Expected<llvm::json::Value> json = parseJson(path, text);
  if (!json)
    return json.takeError();
  const llvm::json::Object *object = json->getAsObject();
  if (!object)
    return llvm::createStringError("'" + path + "' is not a JSON object of {\"role\": numbers}");
  for (const auto &[name, value] : *object) {
    Tensor tensor{"file", name.str(), {}, {}};
    if (!flatten(value, 0, tensor))
      return llvm::createStringError("'" + path + "': \"" + StringRef(name) +
                                     "\" is not a number or an even nesting of arrays of numbers");
    feed.files[name.str()] = std::move(tensor);
  }
  return llvm::Error::success();
}

static std::optional<std::pair<uint32_t, uint64_t>> elementType(StringRef name) {
  static constexpr std::tuple<StringRef, uint32_t, uint64_t> types[] = {
      {"F32", TERN_F32, 4}, {"F64", TERN_F64, 8}, {"I32", TERN_I32, 4}, {"I64", TERN_I64, 8}, {"I8", TERN_I8, 1}};
  for (auto [known, dtype, bytes] : types)
    if (name == known)
      return std::pair(dtype, bytes);
  return std::nullopt;
}

/// One row of the header: {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}.
static llvm::Error addStored(Feed &feed, StringRef path, StringRef name, const llvm::json::Object *row,
                             StringRef data) {
  auto broken = [&] {
    return llvm::createStringError("'" + path + "': the row of \"" + name + "\" does not fit the file");
  };
  const llvm::json::Array *shape = row ? row->getArray("shape") : nullptr;
  const llvm::json::Array *offsets = row ? row->getArray("data_offsets") : nullptr;
  std::optional<StringRef> typeName = row ? row->getString("dtype") : std::nullopt;
  if (!shape || !offsets || offsets->size() != 2 || !typeName)
    return broken();
  auto type = elementType(*typeName);
  if (!type) // asking for it says that it is missing
    return llvm::Error::success();
  std::optional<int64_t> begin = (*offsets)[0].getAsInteger(), end = (*offsets)[1].getAsInteger();
  if (!begin || !end || *begin < 0 || *end < *begin || static_cast<uint64_t>(*end) > data.size())
    return broken();
  Tensor tensor{"file", name.str(), {}, {}};
  uint64_t left = (*end - *begin) / type->second;
  for (const llvm::json::Value &extent : *shape) {
    int64_t size = extent.getAsInteger().value_or(0);
    if (size < 1 || left % size != 0)
      return broken();
    left /= size;
    tensor.shape.push_back(size);
  }
  if (left != 1)
    return broken();
  std::vector<uint8_t> bytes(data.begin() + *begin, data.begin() + *end); // aligned
  for (uint64_t index = 0; index < bytes.size() / type->second; ++index)
    tensor.values.push_back(elementAt(bytes.data(), type->first, index));
  feed.files[name.str()] = std::move(tensor);
  return llvm::Error::success();
}

static llvm::Error addSafeTensors(Feed &feed, StringRef path, StringRef bytes) {
  uint64_t length = bytes.size() < 8 ? 0 : llvm::support::endian::read64le(bytes.data());
  if (bytes.size() < 8 || length > bytes.size() - 8)
    return llvm::createStringError("'" + path + "' is neither .json nor a safetensors file");
  llvm::Expected<llvm::json::Value> header = parseJson(path, bytes.substr(8, length));
  if (!header)
    return header.takeError();
  const llvm::json::Object *rows = header->getAsObject();
  if (!rows)
    return llvm::createStringError("'" + path + "': the header is not a JSON object");
  for (const auto &[name, row] : *rows)
    if (StringRef(name) != "__metadata__")
      if (llvm::Error error = addStored(feed, path, name, row.getAsObject(), bytes.drop_front(8 + length)))
        return error;
  return llvm::Error::success();
}

llvm::Error bisect::addFile(Feed &feed, StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(path);
  if (!file)
    return llvm::createStringError("cannot read '" + path + "': " + file.getError().message());
  StringRef bytes = (*file)->getBuffer();
  return path.ends_with(".json") ? addJson(feed, path, bytes) : addSafeTensors(feed, path, bytes);
}
