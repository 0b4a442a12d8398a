// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which format a path is, and checkpoints of several files: every tensor must be where the index says, and nowhere else.

#include "runtime/io/TensorSource.h"

#include "runtime/io/Llama2c.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

namespace tern::rt {

using nlohmann::json;

using FileOfTensor = std::map<std::string, std::string>;

// A file of the same folder and no other.
static bool isPlainName(std::string_view name) {
  return name.ends_with(".safetensors") && !name.starts_with(".") &&
         name.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

static Result<FileOfTensor> readIndex(const std::string &path) {
  TERN_ASSIGN(std::string text, readFile(path));
  bool isDeep = false; // an index has two levels; copies of a value recurse
  auto watch = [&](int depth, json::parse_event_t, json &) { return !(isDeep |= depth > 8); };
  json index = json::parse(text, watch, /*allow_exceptions=*/false);
  json map = index.is_object() && !isDeep ? index.value("weight_map", json()) : json();
  if (!map.is_object() || map.empty())
    return error("'", path, "' has no 'weight_map' that names the file of each tensor");
  FileOfTensor result;
  for (const auto &[name, value] : map.items()) {
    if (!value.is_string() || !isPlainName(value.get<std::string>()))
      return error("'", path, "': tensor '", name, "' is said to be in ",
                   value.dump(-1, ' ', false, json::error_handler_t::replace),
                   ": the name of a .safetensors file in the same folder is expected");
    result[name] = value;
  }
  return result;
}

static Status checkShard(const SafeTensors &shard, const std::string &file, const FileOfTensor &places,
                         const std::string &index) {
  for (const StoredTensor &tensor : shard.tensors())
    if (auto place = places.find(tensor.name); place == places.end() || place->second != file)
      return error("'", index, "' does not say that tensor '", tensor.name, "' is in '", file, "', where it is");
  for (const auto &[name, place] : places)
    if (place == file && !shard.find(name))
      return error("'", index, "' says that tensor '", name, "' is in '", file, "', where it is not");
  return success();
}

void TensorSource::add(SafeTensors file) {
  for (const StoredTensor &tensor : file.tensors())
    table.push_back({tensor.name, tensor.type, tensor.dtype, tensor.shape, file.bytes(tensor)});
  files.push_back(std::move(file)); // the mapping, and with it the bytes, stays where it is
}

Result<TensorSource> TensorSource::openIndex(const std::string &folder, const std::string &index) {
  TERN_ASSIGN(FileOfTensor places, readIndex(index));
  std::set<std::string> names;
  for (const auto &[tensor, file] : places)
    names.insert(file);
  TensorSource result;
  result.name = index;
  for (const std::string &file : names) {
    TERN_ASSIGN(SafeTensors shard, SafeTensors::open((std::filesystem::path(folder) / file).string()));
    TERN_TRY(checkShard(shard, file, places, index));
    result.add(std::move(shard));
  }
  return result;
}

Result<TensorSource> TensorSource::openLlama2c(const std::string &path) {
  TERN_ASSIGN(MappedFile file, MappedFile::open(path));
  TensorSource result;
  TERN_ASSIGN(result.table, parseLlama2c(file.bytes(), path));
  result.name = path;
  result.mapped = std::move(file);
  return result;
}

Result<TensorSource> TensorSource::open(const std::string &path) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  std::string file = path;
  if (fs::is_directory(path, ignored)) {
    if (std::string index = (fs::path(path) / "model.safetensors.index.json").string(); fs::exists(index, ignored))
      return openIndex(path, index);
    file = (fs::path(path) / "model.safetensors").string();
  }
  if (file.ends_with(".bin"))
    return openLlama2c(file);
  TERN_ASSIGN(SafeTensors single, SafeTensors::open(file));
  TensorSource result;
  result.name = file;
  result.add(std::move(single));
  return result;
}

void TensorSource::dropPages() const {
  for (const SafeTensors &file : files)
    file.dropPages();
  if (mapped)
    mapped->dropPages();
}

} // namespace tern::rt
