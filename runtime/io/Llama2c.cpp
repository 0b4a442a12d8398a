// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sizes of the header say how long the file must be; nothing is read before it is exactly that long.

#include "runtime/io/Llama2c.h"

#include <cstring>

namespace tern::rt {

namespace {

constexpr uint32_t magic = 0x616b3432;
constexpr size_t oldHeader = 28, newHeader = 256;
// Far above any model, and low enough that no product of sizes overflows.
constexpr int64_t widthLimit = 1 << 20, layerLimit = 1 << 12, vocabularyLimit = 1 << 24;

struct Sizes {
  int64_t width, inner, layers, heads, keyHeads, vocabulary, positions;
  bool isTied;
  size_t header;           // bytes
  bool hasNormsFirst;      // version 1
  int64_t headSize() const { return width / heads; }
};

// A kind of tensor: one for the model, or one per layer.
struct Kind {
  std::string_view name; // empty: passed over
  std::vector<int64_t> shape;
  bool isPerLayer = false;
  int64_t pairedHeads = 0;
};

} // namespace

static Status checkSizes(const Sizes &sizes, const std::string &path) {
  struct Row {
    const char *name;
    int64_t value, limit;
  };
  const Row rows[] = {{"width", sizes.width, widthLimit},           {"inner width", sizes.inner, widthLimit},
                      {"layers", sizes.layers, layerLimit},         {"heads", sizes.heads, widthLimit},
                      {"key-value heads", sizes.keyHeads, widthLimit}, {"vocabulary", sizes.vocabulary, vocabularyLimit},
                      {"positions", sizes.positions, vocabularyLimit}};
  for (const Row &row : rows)
    if (row.value < 1 || row.value > row.limit)
      return error("'", path, "' is no llama2.c model: its header says ", row.name, " ", row.value, ", from 1 to ", row.limit,
                   " is possible");
  if (sizes.width % sizes.heads || sizes.heads % sizes.keyHeads || sizes.headSize() % 2)
    return error("'", path, "' is no llama2.c model: ", sizes.heads, " heads, ", sizes.keyHeads, " key-value heads and a width of ",
                 sizes.width, " do not go together");
  return success();
}

static Result<Sizes> readSizes(std::span<const uint8_t> file, const std::string &path) {
  if (file.size() < oldHeader)
    return error("'", path, "' has ", file.size(), " bytes, too few for a llama2.c model");
  int32_t words[9] = {};
  std::memcpy(words, file.data(), oldHeader);
  bool isNew = static_cast<uint32_t>(words[0]) == magic;
  if (file.size() >= 4 && std::memcmp(file.data(), "PK\x03\x04", 4) == 0)
    return error("'", path, "' is a PyTorch file, which may hold code: publishers have model.safetensors beside it");
  if (isNew && words[1] != 1)
    return error("'", path, "' is of version ", words[1], " of llama2.c's format; 0 and 1 are read: export it with --version 1");
  if (isNew && file.size() < newHeader)
    return error("'", path, "' has ", file.size(), " bytes, too few for a llama2.c model");
  if (isNew)
    std::memcpy(words, file.data(), sizeof(words));
  const int32_t *at = isNew ? words + 2 : words;
  int64_t vocabulary = at[5];
  Sizes sizes{at[0], at[1], at[2], at[3], at[4], vocabulary < 0 && !isNew ? -vocabulary : vocabulary, at[6],
              isNew ? file[36] == 1 : vocabulary > 0, isNew ? newHeader : oldHeader, isNew};
  if (isNew && file[36] > 1)
    return error("'", path, "' is no llama2.c model: byte 36 says whether the head is tied, 0 or 1, and is ", int(file[36]));
  TERN_TRY(checkSizes(sizes, path));
  return sizes;
}

static std::vector<Kind> kindsOf(const Sizes &sizes) {
  int64_t keyWidth = sizes.keyHeads * sizes.headSize();
  Kind attentionNorm{"input_layernorm", {sizes.width}, true}, innerNorm{"post_attention_layernorm", {sizes.width}, true};
  Kind lastNorm{"norm", {sizes.width}}, table{"embed_tokens", {sizes.vocabulary, sizes.width}};
  std::vector<Kind> attention = {{"self_attn.q_proj", {sizes.width, sizes.width}, true, sizes.heads},
                                 {"self_attn.k_proj", {keyWidth, sizes.width}, true, sizes.keyHeads},
                                 {"self_attn.v_proj", {keyWidth, sizes.width}, true},
                                 {"self_attn.o_proj", {sizes.width, sizes.width}, true}};
  std::vector<Kind> inner = {{"mlp.gate_proj", {sizes.inner, sizes.width}, true},
                             {"mlp.down_proj", {sizes.width, sizes.inner}, true},
                             {"mlp.up_proj", {sizes.inner, sizes.width}, true}};
  Kind angles{"", {sizes.positions, sizes.headSize() / 2}};
  std::vector<Kind> kinds;
  auto append = [&](const std::vector<Kind> &more) { kinds.insert(kinds.end(), more.begin(), more.end()); };
  append(sizes.hasNormsFirst ? std::vector{attentionNorm, innerNorm, lastNorm, table} : std::vector{table, attentionNorm});
  append(attention);
  if (!sizes.hasNormsFirst)
    append({innerNorm});
  append(inner);
  if (!sizes.hasNormsFirst)
    append({lastNorm, angles, angles});
  if (!sizes.isTied)
    append({{"lm_head", {sizes.vocabulary, sizes.width}}});
  return kinds;
}

static uint64_t bytesOf(const Kind &kind) {
  uint64_t bytes = 4;
  for (int64_t extent : kind.shape)
    bytes *= static_cast<uint64_t>(extent);
  return bytes;
}

static std::string nameOf(const Kind &kind, int64_t layer) {
  std::string name(kind.name);
  std::string scope = name == "lm_head" ? "" : kind.isPerLayer ? "model.layers." + std::to_string(layer) + "." : "model.";
  return scope + name + ".weight";
}

Result<std::vector<SourceTensor>> parseLlama2c(std::span<const uint8_t> file, const std::string &path) {
  TERN_ASSIGN(Sizes sizes, readSizes(file, path));
  std::vector<Kind> kinds = kindsOf(sizes);
  uint64_t expected = sizes.header;
  for (const Kind &kind : kinds)
    expected += bytesOf(kind) * static_cast<uint64_t>(kind.isPerLayer ? sizes.layers : 1);
  if (file.size() != expected)
    return error("'", path, "' has ", file.size(), " bytes, its header asks for ", expected,
                 "; it is truncated, damaged or no llama2.c model");
  std::vector<SourceTensor> tensors;
  uint64_t at = sizes.header;
  for (const Kind &kind : kinds)
    for (int64_t layer = 0; layer < (kind.isPerLayer ? sizes.layers : 1); ++layer, at += bytesOf(kind))
      if (!kind.name.empty())
        tensors.push_back({nameOf(kind, layer), "F32", TERN_F32, kind.shape, file.subspan(at, bytesOf(kind)), kind.pairedHeads});
  return tensors;
}

} // namespace tern::rt
