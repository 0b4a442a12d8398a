// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Headers are read and compared with the size of their file; no tensor is.

#include "compiler/tools/import/Checkpoint.h"

#include "compiler/tools/import/Config.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <map>

using namespace llvm;
using namespace tern;

static constexpr uint64_t headerLimit = 100'000'000; // as the format's own library

std::string tern::shapeText(ArrayRef<int64_t> shape) {
  return "(" + join(map_range(shape, [](int64_t extent) { return std::to_string(extent); }), ", ") + ")";
}

static uint64_t bytesOf(StringRef type) {
  static const std::map<StringRef, uint64_t> widths = {
      {"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8}, {"I32", 4},     {"I16", 2},    {"I8", 1},
      {"U8", 1},  {"BOOL", 1}, {"U16", 2}, {"U32", 4},  {"U64", 8}, {"F8_E4M3", 1}, {"F8_E5M2", 1}};
  auto found = widths.find(type);
  return found == widths.end() ? 0 : found->second;
}

static std::optional<std::vector<int64_t>> naturals(const json::Array *list) {
  std::vector<int64_t> result;
  for (const json::Value &item : list ? *list : json::Array()) {
    std::optional<int64_t> number = item.getAsInteger();
    if (!number || *number < 0)
      return std::nullopt;
    result.push_back(*number);
  }
  return list ? std::optional(result) : std::nullopt;
}

/// Bytes of the shape, or nothing where they are more than there can be.
static std::optional<uint64_t> bytesOf(ArrayRef<int64_t> shape, uint64_t width) {
  uint64_t bytes = width;
  for (int64_t extent : shape)
    if (__builtin_mul_overflow(bytes, static_cast<uint64_t>(extent), &bytes))
      return std::nullopt;
  return bytes;
}

static Expected<StoredTensor> readRow(StringRef name, const json::Value &value, uint64_t dataBytes, const Twine &file) {
  auto broken = [&](const Twine &what) { return createStringError("'" + file + "': tensor '" + name + "' " + what); };
  const json::Object *row = value.getAsObject();
  std::optional<StringRef> type = row ? row->getString("dtype") : std::nullopt;
  auto shape = row ? naturals(row->getArray("shape")) : std::nullopt;
  auto offsets = row ? naturals(row->getArray("data_offsets")) : std::nullopt;
  if (!type || !shape || !offsets || offsets->size() != 2)
    return broken("has no 'dtype', 'shape' and pair of 'data_offsets'");
  if (!bytesOf(*type))
    return broken("has element type '" + *type + "', which is not known");
  uint64_t begin = (*offsets)[0], end = (*offsets)[1];
  if (begin > end || end > dataBytes)
    return broken("claims bytes " + Twine(begin) + " to " + Twine(end) + ", but the file holds " + Twine(dataBytes) +
                  " bytes of data; it is truncated or damaged, fetch it again");
  if (bytesOf(*shape, bytesOf(*type)) != std::optional(end - begin))
    return broken("of shape " + shapeText(*shape) + " and type " + *type + " occupies " + Twine(end - begin) +
                  " bytes, which does not match");
  return StoredTensor{name.str(), type->str(), std::move(*shape)};
}

static Expected<std::unique_ptr<MemoryBuffer>> readPart(StringRef path, uint64_t size, uint64_t offset) {
  auto part = MemoryBuffer::getFileSlice(path, size, offset);
  if (!part)
    return createStringError("cannot read '" + path + "': " + part.getError().message());
  return std::move(*part);
}

static Error readHeader(StringRef path, std::vector<StoredTensor> &tensors) {
  uint64_t fileBytes = 0;
  if (std::error_code error = sys::fs::file_size(path, fileBytes))
    return createStringError("cannot read '" + path + "': " + error.message());
  if (fileBytes < 8)
    return createStringError("'" + path + "' has " + Twine(fileBytes) + " bytes, too few for a safetensors file");
  auto front = readPart(path, 8, 0);
  if (!front)
    return front.takeError();
  uint64_t headerBytes = support::endian::read64le((*front)->getBufferStart());
  if (headerBytes > headerLimit || headerBytes > fileBytes - 8)
    return createStringError("'" + path + "' claims a header of " + Twine(headerBytes) + " bytes, but has " + Twine(fileBytes - 8) +
                             " left; it is truncated or not a safetensors file");
  auto text = readPart(path, headerBytes, 8);
  if (!text)
    return text.takeError();
  Expected<json::Value> header = parseForeignJson((*text)->getBuffer(), path);
  if (!header)
    return header.takeError();
  const json::Object *rows = header->getAsObject();
  if (!rows)
    return createStringError("'" + path + "': the safetensors header is not a JSON object");
  for (const auto &[name, row] : *rows) {
    if (StringRef(name) == "__metadata__")
      continue;
    Expected<StoredTensor> tensor = readRow(name, row, fileBytes - 8 - headerBytes, path);
    if (!tensor)
      return tensor.takeError();
    tensors.push_back(std::move(*tensor));
  }
  llvm::sort(tensors, [](const StoredTensor &a, const StoredTensor &b) { return a.name < b.name; });
  return Error::success();
}

static std::string pathIn(StringRef directory, StringRef name) {
  SmallString<128> path(directory);
  sys::path::append(path, name);
  return path.str().str();
}

// A file of the same folder and no other.
static bool isPlainName(StringRef name) {
  return name.ends_with(".safetensors") && !name.starts_with(".") && name.find_first_of(StringRef("/\\\0", 3)) == StringRef::npos;
}

using FileOfTensor = std::map<std::string, std::string>;

static Expected<FileOfTensor> readIndex(StringRef path) {
  auto file = MemoryBuffer::getFile(path);
  if (!file)
    return createStringError("cannot read '" + path + "': " + file.getError().message());
  Expected<json::Value> index = parseForeignJson((*file)->getBuffer(), path);
  if (!index)
    return index.takeError();
  const json::Object *map = index->getAsObject() ? index->getAsObject()->getObject("weight_map") : nullptr;
  if (!map || map->empty())
    return createStringError("'" + path + "' has no 'weight_map' that names the file of each tensor");
  FileOfTensor result;
  for (const auto &[name, value] : *map) {
    std::optional<StringRef> target = value.getAsString();
    if (!target || !isPlainName(*target))
      return createStringError("'" + path + "': tensor '" + StringRef(name) + "' is said to be in '" + target.value_or("") +
                               "': the name of a .safetensors file in the same folder is expected");
    result[StringRef(name).str()] = target->str();
  }
  return result;
}

/// Every tensor must be where the index says, and nowhere else.
static Error readShards(StringRef directory, StringRef indexPath, const FileOfTensor &files, Checkpoint &checkpoint) {
  std::map<std::string, size_t> shards;
  for (const auto &[name, file] : files)
    ++shards[file];
  for (const auto &[file, count] : shards) {
    std::vector<StoredTensor> tensors;
    if (Error error = readHeader(pathIn(directory, file), tensors))
      return error;
    for (const StoredTensor &tensor : tensors)
      if (auto found = files.find(tensor.name); found == files.end() || found->second != file)
        return createStringError("'" + indexPath + "' does not say that tensor '" + tensor.name + "' is in '" + file + "', where it is");
    if (tensors.size() != count)
      return createStringError("'" + indexPath + "' says that " + Twine(count) + " tensors are in '" + file + "', where " +
                               Twine(tensors.size()) + " are");
    llvm::append_range(checkpoint.tensors, tensors);
  }
  checkpoint.source = std::to_string(shards.size()) + " files of model.safetensors.index.json";
  return Error::success();
}

Expected<std::optional<Checkpoint>> tern::readCheckpoint(StringRef directory) {
  Checkpoint checkpoint{"model.safetensors", {}};
  std::string single = pathIn(directory, "model.safetensors"), index = pathIn(directory, "model.safetensors.index.json");
  if (sys::fs::exists(index)) {
    Expected<FileOfTensor> files = readIndex(index);
    if (!files)
      return files.takeError();
    if (Error error = readShards(directory, index, *files, checkpoint))
      return std::move(error);
    return checkpoint;
  }
  if (!sys::fs::exists(single))
    return std::nullopt;
  if (Error error = readHeader(single, checkpoint.tensors))
    return std::move(error);
  return checkpoint;
}
