// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tensors of a checkpoint, wherever they lie: one safetensors file, several that an index names, or a llama2.c file.
// Everything about them is checked here; their bytes stay in the mapped files.

#ifndef TERN_RUNTIME_IO_TENSORSOURCE_H
#define TERN_RUNTIME_IO_TENSORSOURCE_H

#include "runtime/io/SafeTensors.h"

namespace tern::rt {

struct SourceTensor {
  std::string name;
  std::string type;              // as the file spells it
  std::optional<uint32_t> dtype; // tern_dtype, where there is one
  std::vector<int64_t> shape;
  std::span<const uint8_t> bytes; // may be misaligned
  // Above 0: the rows of every one of so many heads lie pair by pair, as adjacent channels turn; programs and published
  // safetensors files have the first ones of all pairs, then the second ones.
  int64_t pairedHeads = 0;
};

class TensorSource {
public:
  // A .safetensors file, a llama2.c .bin file, or a folder with model.safetensors.index.json or model.safetensors in it.
  static Result<TensorSource> open(const std::string &path);

  std::span<const SourceTensor> tensors() const { return table; }
  const std::string &path() const { return name; }
  void dropPages() const; // see MappedFile

private:
  TensorSource() = default;
  static Result<TensorSource> openIndex(const std::string &folder, const std::string &index);
  static Result<TensorSource> openLlama2c(const std::string &path);
  void add(SafeTensors file);

  std::string name;
  std::vector<SafeTensors> files;
  std::optional<MappedFile> mapped; // a file of another format
  std::vector<SourceTensor> table;
};

} // namespace tern::rt

#endif // TERN_RUNTIME_IO_TENSORSOURCE_H
