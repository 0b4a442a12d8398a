// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Seven sizes; what the format does not say is the same in every file of it.

#include "compiler/tools/import/Llama2c.h"

#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;
using namespace tern;

static constexpr uint32_t magic = 0x616b3432;
static constexpr uint64_t oldHeader = 28, newHeader = 256, sharedFlag = 36;

static Config toConfig(ArrayRef<int64_t> sizes, bool isTied, StringRef path) {
  static constexpr StringRef keys[] = {"hidden_size",         "intermediate_size", "num_hidden_layers",      "num_attention_heads",
                                       "num_key_value_heads", "vocab_size",        "max_position_embeddings"};
  json::Object values{{"model_type", "llama"}, {"rms_norm_eps", 1e-5}, {"rope_theta", 10000.0}, {"tie_word_embeddings", isTied}};
  for (auto [key, size] : zip_equal(keys, sizes))
    values[key] = size;
  return Config(std::move(values), path);
}

Expected<Llama2cFile> tern::readLlama2c(StringRef path) {
  uint64_t bytes = 0;
  if (std::error_code error = sys::fs::file_size(path, bytes))
    return createStringError("cannot read '" + path + "': " + error.message());
  auto file = MemoryBuffer::getFileSlice(path, std::min(bytes, newHeader), 0);
  if (!file)
    return createStringError("cannot read '" + path + "': " + file.getError().message());
  StringRef text = (*file)->getBuffer();
  if (text.size() < oldHeader)
    return createStringError("'" + path + "' has " + Twine(bytes) + " bytes, too few for a llama2.c model");
  if (text.starts_with("PK\x03\x04"))
    return createStringError("'" + path + "' is a PyTorch file, which may hold code: name its folder, with config.json and "
                             "model.safetensors in it");
  bool isNew = support::endian::read32le(text.data()) == magic;
  uint32_t version = isNew ? support::endian::read32le(text.data() + 4) : 0;
  if (version > 1 || (isNew && version == 0))
    return createStringError("'" + path + "' is of version " + Twine(version) +
                             " of llama2.c's format; 0 and 1 are read: export it with --version 1");
  if (isNew && text.size() < newHeader)
    return createStringError("'" + path + "' has " + Twine(bytes) + " bytes, too few for a llama2.c model");
  std::vector<int64_t> sizes;
  for (unsigned at = 0; at < 7; ++at)
    sizes.push_back(static_cast<int32_t>(support::endian::read32le(text.data() + (isNew ? 8 : 0) + 4 * at)));
  bool isTied = isNew ? text[sharedFlag] == 1 : sizes[5] > 0;
  sizes[5] = isNew ? sizes[5] : std::abs(sizes[5]);
  uint64_t angles = isNew || sizes[3] < 1 ? 0 : 4 * static_cast<uint64_t>(sizes[6]) * (sizes[0] / sizes[3]);
  return Llama2cFile{toConfig(sizes, isTied, path), version, bytes, angles + (isNew ? newHeader : oldHeader)};
}
