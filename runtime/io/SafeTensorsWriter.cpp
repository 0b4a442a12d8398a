// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writer: the header is padded with spaces so that the data starts at a multiple of 8 bytes, as the format asks.

#include "runtime/io/SafeTensors.h"

#include "runtime/core/Json.h"
#include "runtime/core/Program.h"

#include <algorithm>

namespace tern::rt {

static std::string_view storedName(uint32_t dtype) {
  constexpr std::string_view names[] = {"F32", "F64", "BF16", "F16", "I32", "I64", "I8", "BOOL"};
  return dtype < std::size(names) ? names[dtype] : "";
}

Status SafeTensorsWriter::add(std::string name, uint32_t dtype, std::span<const int64_t> shape,
                              std::span<const uint8_t> bytes) {
  if (name == "__metadata__" || std::ranges::find(items, name, &Item::name) != items.end())
    return error("a safetensors file cannot hold '", name, "' twice");
  if (storedName(dtype).empty() || checkedBytes(shape, elementBytes(dtype)) != bytes.size())
    return error("tensor '", name, "' of shape ", shapeText(shape), " cannot be written from ", bytes.size(), " bytes");
  items.push_back({std::move(name), dtype, {shape.begin(), shape.end()}, bytes});
  return success();
}

std::string SafeTensorsWriter::header() const {
  JsonObject header;
  if (!annotations.empty()) {
    JsonObject metadata;
    for (const auto &[key, value] : annotations)
      metadata.add(key, value);
    header.add("__metadata__", metadata);
  }
  uint64_t offset = 0;
  for (const Item &item : items) {
    std::string shape;
    for (int64_t extent : item.shape)
      shape += (shape.empty() ? "" : ",") + std::to_string(extent);
    uint64_t end = offset + item.bytes.size();
    JsonObject tensor;
    tensor.add("dtype", storedName(item.dtype)).addRaw("shape", "[" + shape + "]");
    tensor.addRaw("data_offsets", "[" + std::to_string(offset) + "," + std::to_string(end) + "]");
    header.add(item.name, tensor);
    offset = end;
  }
  std::string text = header.text();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

Status SafeTensorsWriter::write(const std::string &path) const {
  std::string text = header();
  uint64_t length = text.size();
  TERN_ASSIGN(AtomicFile file, AtomicFile::create(path));
  TERN_TRY(file.write(std::span(reinterpret_cast<const uint8_t *>(&length), sizeof(length))));
  TERN_TRY(file.write(text));
  for (const Item &item : items)
    TERN_TRY(file.write(item.bytes));
  return file.commit();
}

} // namespace tern::rt
