// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The safetensors file format: 8 bytes of header length, a JSON header, then the tensors' bytes without gaps. The
// reader maps the file and believes nothing before checking it against the file's size; the writer streams from memory
// it does not own.

#ifndef TERN_RUNTIME_IO_SAFETENSORS_H
#define TERN_RUNTIME_IO_SAFETENSORS_H

#include "runtime/abi/tern.h"
#include "runtime/core/Files.h"

#include <map>
#include <optional>
#include <vector>

namespace tern::rt {

struct StoredTensor {
  std::string name;
  std::string type;              // as the file spells it: "F32", "BF16", "U8", ...
  std::optional<uint32_t> dtype; // tern_dtype, where there is one
  std::vector<int64_t> shape;
  uint64_t begin, end; // bytes, from the start of the data section
};

class SafeTensors {
public:
  static Result<SafeTensors> open(const std::string &path);
  // From memory that outlives the object; `path` is only for messages.
  static Result<SafeTensors> parse(std::span<const uint8_t> file, const std::string &path);

  std::span<const StoredTensor> tensors() const { return table; } // in file order
  const StoredTensor *find(std::string_view name) const;
  std::span<const uint8_t> bytes(const StoredTensor &tensor) const; // may be misaligned
  const std::map<std::string, std::string> &metadata() const { return annotations; }
  const std::string &path() const { return name; }
  void dropPages() const; // see MappedFile

private:
  SafeTensors() = default;
  std::optional<MappedFile> file;
  std::string name;
  std::span<const uint8_t> data;
  std::vector<StoredTensor> table;
  std::map<std::string, size_t, std::less<>> byName;
  std::map<std::string, std::string> annotations;
};

class SafeTensorsWriter {
public:
  // `bytes` must stay valid until write(). A name may be added once only.
  Status add(std::string name, uint32_t dtype, std::span<const int64_t> shape, std::span<const uint8_t> bytes);
  void annotate(std::string key, std::string value) { annotations[std::move(key)] = std::move(value); }
  Status write(const std::string &path) const; // atomically

private:
  struct Item {
    std::string name;
    uint32_t dtype;
    std::vector<int64_t> shape;
    std::span<const uint8_t> bytes;
  };
  std::string header() const;
  std::vector<Item> items;
  std::map<std::string, std::string> annotations;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_IO_SAFETENSORS_H
